"""What every page of figures does alike."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.agreements.views.shared import language, the_partnership
from kvarter.evidence.queries import pages
from kvarter.evidence.queries.published import Published


def enter_figures(request: HttpRequest, slug: str, *crumbs: tuple[str, str]) -> tuple[Partnership, Published]:
    """The partnership of a page of figures and all it has published, with the way there told to the shell."""
    partnership = the_partnership(request, slug)
    steps = [(_("Tal"), reverse("themes", args=[slug])), *crumbs]
    request.crumbs.extend(steps)  # type: ignore[attr-defined]
    return partnership, pages.published_for(request.user, partnership, language())
