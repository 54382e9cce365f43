"""The area held up against what is around it: does it reflect it, and where does it lie among areas like it?"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.views.shared import language, tried
from kvarter.evidence.actions import comparing as acts
from kvarter.evidence.forms_comparing import MarginForm, PeersForm
from kvarter.evidence.queries import pages
from kvarter.evidence.queries.mirrors import mirror_groups, percent
from kvarter.evidence.queries.spine import spine_line, spine_rows
from kvarter.evidence.views.charts import spine_chart_of
from kvarter.evidence.views.files import file_links, mirrored
from kvarter.evidence.views.reading import NARROW, WIDE, drawing
from kvarter.evidence.views.shared import enter_figures
from kvarter.people.policy import can, require


def mirrors(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether the area reflects the society around it, whole by whole and over all."""
    partnership, published = enter_figures(request, slug)
    margin = pages.mirror_margin(request.user, partnership)
    context = {
        "partnership": partnership,
        "margin": margin,
        "margin_text": percent(margin.margin) if margin else "",
        "groups": mirror_groups(published, margin.margin if margin else None),
        "files": file_links("mirrors_file", slug, indicators=mirrored(published), is_mirrored=True),
        "may_write": can(request.user, "indicator.write", partnership),
    }
    return render(request, "evidence/mirrors.html", context)


def margin(request: HttpRequest, slug: str) -> HttpResponse:
    """Write in how unlike its surroundings the area may be, as it was decided."""
    partnership, _published = enter_figures(request, slug, (_("Afspejling"), reverse("mirrors", args=[slug])))
    require(request.user, "indicator.write", partnership)
    form = MarginForm(request.POST or None, partnership=partnership)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        if tried(
            request,
            form,
            lambda: acts.agree_margin(by=request.user, partnership=partnership, **facts),
            _("Margenen er gemt."),
        ):
            return redirect("mirrors", slug)
    return render(request, "agreements/simple_form.html", {"form": form, "heading": _("Hvor stor må forskellen være?")})


def spine(request: HttpRequest, slug: str) -> HttpResponse:
    """The area among areas like it, drawn and as a table."""
    partnership, published = enter_figures(request, slug)
    rows = spine_rows(published)
    context = {
        "partnership": partnership,
        "lines": [spine_line(row) for row in rows],
        "files": file_links("spine_file", slug, indicators=[row.told for row in rows]),
        "title": _spine_title(str(partnership.area or partnership.name)),
        "wide": WIDE,
        "narrow": NARROW,
        "may_write": can(request.user, "indicator.write", partnership),
    }
    return render(request, "evidence/spine.html", context)


def spine_drawing(request: HttpRequest, slug: str, width: int) -> HttpResponse:
    """The same, drawn."""
    partnership, published = enter_figures(request, slug)
    rows = spine_rows(published)
    if not rows or width not in (WIDE, NARROW):
        raise Http404
    title = _spine_title(str(partnership.area or partnership.name))
    return drawing(partnership, spine_chart_of(rows, title, width, language()))


def _spine_title(area: str) -> str:
    return _("%(area)s blandt andre områder") % {"area": area}


def peers(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the areas that the partnership's own is seen among."""
    partnership, _published = enter_figures(request, slug, (_("Blandt andre områder"), reverse("spine", args=[slug])))
    require(request.user, "indicator.write", partnership)
    form = PeersForm(request.POST or None, partnership=partnership)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if tried(
            request,
            form,
            lambda: acts.choose_peers(by=request.user, partnership=partnership, **facts),
            _("Valget er gemt. Det ses, når tallene offentliggøres igen."),
        ):
            return redirect("spine", slug)
    return render(request, "agreements/simple_form.html", {"form": form, "heading": _("Hvem skal området ses blandt?")})
