"""What the law asks a public site to tell: personal data and accessibility."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kvarter.journal.personal import personal_fields


def privacy(request: HttpRequest) -> HttpResponse:
    """Every piece of personal data kept here, what for and how long."""
    by_model = [(model, list(fields)) for model, fields in groupby(personal_fields(), key=lambda field: field.model)]
    return render(request, "web/privacy.html", {"by_model": by_model})


def accessibility(request: HttpRequest) -> HttpResponse:
    """How the site is made to be used by everyone, and what to do when it fails."""
    return render(request, "web/accessibility.html")
