"""Error pages: what happened and what to do, in the look of the site."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """The request could not be understood."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """The request was refused."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """There is nothing at the address, or nothing for this person."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """The site failed: a page that needs nothing of the site to be drawn."""
    return HttpResponse(render_to_string("500.html"), status=500)
