"""The report as a page, as files, and its charts: for whoever may see the partnership."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.exports import ExportError
from kvarter.agreements.models import Partnership, Visibility
from kvarter.agreements.views.shared import language, the_partnership
from kvarter.evidence.queries.pages import published_for
from kvarter.web.report.building import OVERVIEW
from kvarter.web.report.content import Report
from kvarter.web.report.drawings import WIDE, drawn
from kvarter.web.report.files import TYPES, written
from kvarter.web.report.reading import report_from, report_of
from kvarter.web.report.themes import picture_of, small_picture_of
from kvarter.web.report.until import NoSuchWave, as_of, years_of

NARROW, SMALL = 300, 160


def effect_report(request: HttpRequest, slug: str) -> HttpResponse:
    """The report's front, with every theme at a glance: of all that is published, or with ?aar=2024 as of that year."""
    partnership = _enter(request, slug)
    year = _year(request)
    published = published_for(request.user, partnership, language())
    context = {"partnership": partnership, "year": year, "years": years_of(published), "address": request.path}
    try:
        report = report_from(request.user, partnership, published, year)
    except NoSuchWave as error:
        context["refusal"] = str(error)
        return render(request, "web/report/none.html", context, status=404 if year is not None else 200)
    return render(request, "web/report/report.html", context | _shown(report, year))


def effect_report_part(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """A part of the report: a theme, what is not measured yet, forecasts, or the method."""
    partnership = _enter(request, slug)
    year = _year(request)
    query = _query(year)
    request.crumbs.append((_("Effektrapport"), reverse("effect_report", args=[slug]) + query))  # type: ignore[attr-defined]
    report = _report(request, partnership, year)
    number = next((number for number, one in enumerate(report.parts) if one.anchor == part), None)
    if number is None or part == OVERVIEW:
        raise Http404
    context = {"partnership": partnership, "part": report.parts[number], **_shown(report, year)}
    context["before"] = report.parts[number - 1] if number and report.parts[number - 1].anchor != OVERVIEW else None
    context["after"] = report.parts[number + 1] if number + 1 < len(report.parts) else None
    return render(request, "web/report/part.html", context)


def _shown(report: Report, year: int | None) -> dict[str, Any]:
    """What both kinds of page need. The overview stands on the front, and has no page of its own."""
    overview = [part for part in report.parts if part.anchor == OVERVIEW]
    return {
        "report": report,
        "overview": overview[0] if overview else None,
        "parts": [part for part in report.parts if part.anchor != OVERVIEW],
        "query": _query(year),
        "wide": WIDE,
        "narrow": NARROW,
        "small": SMALL,
    }


def _query(year: int | None) -> str:
    return f"?aar={year}" if year else ""


def effect_report_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The report as a tagged PDF or an editable .docx."""
    partnership = the_partnership(request, slug)
    year = _year(request)
    report = _report(request, partnership, year)
    try:
        content = written(report, form)
    except ExportError as error:
        messages.error(request, str(error))
        return redirect(reverse("effect_report", args=[slug]) + _query(year))
    response = HttpResponse(content, content_type=TYPES[form])
    kind = "inline" if form == "pdf" else "attachment"
    name = "-".join([_("effektrapport"), slug, *([str(year)] if year else []), language()])
    response["Content-Disposition"] = f'{kind}; filename="{name}.{form}"'
    return response


def effect_report_chart(request: HttpRequest, slug: str, key: str, width: int) -> HttpResponse:
    """One of the report's charts, the smallest of the area and its reference alone."""
    partnership = the_partnership(request, slug)
    published = published_for(request.user, partnership, language())
    try:
        told = as_of(published, _year(request)).indicators.get(key)
    except NoSuchWave as error:
        raise Http404 from error
    if told is None or width not in (WIDE, NARROW, SMALL):
        raise Http404
    picture = small_picture_of(told) if width == SMALL else picture_of(told)
    if width == SMALL and picture.headline is None:
        raise Http404
    response = HttpResponse(drawn(picture, width, language()), content_type="image/svg+xml")
    if partnership.visibility == Visibility.PUBLIC:
        response["Cache-Control"] = "public, max-age=300"
    return response


def _enter(request: HttpRequest, slug: str) -> Partnership:
    partnership = the_partnership(request, slug)
    request.crumbs.append((_("Tal"), reverse("themes", args=[slug])))  # type: ignore[attr-defined]
    return partnership


def _report(request: HttpRequest, partnership: Partnership, year: int | None) -> Report:
    try:
        return report_of(request.user, partnership, language(), year)
    except NoSuchWave as error:
        raise Http404 from error


def _year(request: HttpRequest) -> int | None:
    """The year that is asked for, if any; what is no year is not found."""
    asked = request.GET.get("aar", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) == 4):
        raise Http404
    return int(asked)
