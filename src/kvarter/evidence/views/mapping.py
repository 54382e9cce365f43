"""Saying how somebody's table is read: which column is what, and which areas its texts are."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.models import Partnership
from kvarter.agreements.views.shared import tried
from kvarter.evidence.actions import drafts
from kvarter.evidence.forms_mapping import MappingForm, areas_for
from kvarter.evidence.importers.beboerdata import SOURCE as BEBOERDATA
from kvarter.evidence.importers.mapping import Mapping, read_mapping
from kvarter.evidence.importers.reading import MAPPED
from kvarter.evidence.importers.suggesting import found_header, suggest
from kvarter.evidence.models import Draft
from kvarter.evidence.queries.sheets import fits, fitting, gone, shown
from kvarter.evidence.views.registers import draft_of, enter_registers
from kvarter.journal.actions import ActionError
from kvarter.people.policy import require, visible
from kvarter.tables.limits import BadFile
from kvarter.tables.workbook import Sheet


def mapping(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The first rows of a file, and the questions of what its columns are."""
    partnership = enter_registers(request, slug)
    found = draft_of(request, partnership, pk)
    require(request.user, "register.take_in", partnership)
    if found.kind not in MAPPED:
        raise Http404
    sheets = drafts.sheets_in(drafts.files_of(found))
    begun = _begun(request, partnership, found, sheets)
    sheet, header = _looked_at(request, sheets, begun)
    known = _known(begun, sheet, header, found)
    form = _form(request, partnership, sheet, header, known)
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        try:
            drafts.say_how_to_read(by=request.user, draft=found, mapping=form.mapping())
        except ActionError as error:
            form.add_error(None, list(getattr(error, "faults", [str(error)])))
        else:
            return redirect("register_draft", slug, pk)
    request.crumbs.append((_("Registre"), reverse("registers", args=[slug])))  # type: ignore[attr-defined]
    context = {
        "partnership": partnership,
        "draft": found,
        "sheets": sheets,
        "sheet": sheet,
        "header": header,
        "shown": shown(sheet, header),
        "gone": gone(begun, sheet, header) if begun else [],
        "form": form,
    }
    return render(request, "evidence/mapping.html", context)


def _begun(request: HttpRequest, partnership: Partnership, draft: Draft, sheets: list[Sheet]) -> Mapping | None:
    """What was said before: of this file, by the mapping chosen, or by a saved one that fits."""
    said = draft.options.get("mapping") or draft.options.get("before")
    saved = None if said else fitting(partnership, sheets)
    if saved and request.method == "GET" and not request.GET:
        messages.info(request, _("Den gemte opskrift “%(name)s” passer til filen.") % {"name": saved.name})
    text = said or (saved.mapping if saved else "")
    try:
        return read_mapping(str(text)) if text else None
    except BadFile:  # it was saved by an earlier form of mappings
        return None


def _looked_at(request: HttpRequest, sheets: list[Sheet], begun: Mapping | None) -> tuple[Sheet, int]:
    """The sheet chosen, and its row of headings, from 1: as was said, as it was before, or as it seems to be."""
    said = request.POST if request.method == "POST" else request.GET
    wanted = said.get("sheet", begun.sheet if begun else "")
    sheet = next((one for one in sheets if one.name == wanted), sheets[0])
    row = said.get("header", "")
    if row.isdecimal() and 1 <= int(row) < len(sheet.rows):
        return sheet, int(row)
    if begun and fits(begun, sheet):
        return sheet, begun.header_row
    try:
        return sheet, found_header(sheet) + 1
    except BadFile:  # the person says which row it is
        return sheet, 1


def _known(begun: Mapping | None, sheet: Sheet, header: int, draft: Draft) -> Mapping:
    """What the form begins with: what was said before with what is gone from the sheet left out, or what seems so."""
    source = BEBOERDATA if draft.kind == "beboerdata" else "?"
    seems = suggest(sheet, source=source, header_row=header)
    if begun is None:
        return seems
    return begun.model_copy(update={"sheet": sheet.name, "header_row": header, "last_row": seems.last_row})


def _form(request: HttpRequest, partnership: Partnership, sheet: Sheet, header: int, known: Mapping) -> MappingForm:
    said = request.POST
    given = said.get("rows", "")
    rows = int(given) if given.isdecimal() else len(known.makes) or 1
    if "more" in said:
        made = MappingForm(partnership=partnership, sheet=sheet, header=header, known=known, rows=rows + 1)
        made.initial = {**made.initial, **said.dict()}
        return made
    return MappingForm(said or None, partnership=partnership, sheet=sheet, header=header, known=known, rows=rows)


@require_POST
def areas(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say which areas the texts of a file are that are neither code nor name."""
    partnership = enter_registers(request, slug)
    found = draft_of(request, partnership, pk)
    known = set(areas_for(partnership).values_list("slug", flat=True)) | {""}
    texts, given = request.POST.getlist("text"), request.POST.getlist("area")
    said = {text: area for text, area in zip(texts, given, strict=False) if area in known or area == LEFT_OUT}
    told = {text: "" if area == LEFT_OUT else area for text, area in said.items() if area}
    tried(request, None, lambda: drafts.say_areas(by=request.user, draft=found, areas=told), _("Områderne er husket."))
    return redirect("register_draft", slug, pk)


# What stands in the form for a text that is no area of ours and is not to be read.
LEFT_OUT = "-"


def mapping_file(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A saved mapping as the JSON that the command line and another partnership read."""
    partnership = enter_registers(request, slug)
    found = visible(request.user, partnership.mappings.filter(pk=pk)).first()
    if found is None:
        raise Http404
    answer = HttpResponse(found.mapping, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(found.name) or "opskrift"}.json"'
    return answer
