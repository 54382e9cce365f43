"""Taking in files of figures: send them, look at what would come of it, take them in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.models import Partnership
from kvarter.agreements.views.shared import language, tried
from kvarter.evidence.actions import drafts
from kvarter.evidence.actions.outside import write_outside_figure
from kvarter.evidence.actions.registers import drop_register, look_through
from kvarter.evidence.documents import words
from kvarter.evidence.forms import AcceptForm, DropRegisterForm, OutsideForm, SendForm
from kvarter.evidence.forms_mapping import areas_for
from kvarter.evidence.forms_statbank import FiguresForm
from kvarter.evidence.importers.reading import MAPPED, check_size
from kvarter.evidence.models import Draft, Indicator, Register
from kvarter.evidence.queries.registers import coming, corrected, register_rows
from kvarter.evidence.queries.sheets import needs_mapping, takes_figures
from kvarter.evidence.views.shared import enter_figures
from kvarter.journal.actions import ActionError
from kvarter.people.policy import can, require, visible


def enter_registers(request: HttpRequest, slug: str) -> Partnership:
    """The partnership of a page about files of figures, for those at work with them."""
    partnership, _published = enter_figures(request, slug)
    require(request.user, "register.read", partnership)
    return partnership


def registers(request: HttpRequest, slug: str) -> HttpResponse:
    """Every file taken in, those waiting to be looked through, and the form to send one."""
    partnership = enter_registers(request, slug)
    form = SendForm(request.POST or None, request.FILES or None, partnership=partnership)
    if request.method == "POST":
        require(request.user, "register.take_in", partnership)
        draft = _sent(request, form, partnership) if form.is_valid() else None
        if draft:
            return redirect("register_draft", slug, draft.pk)
    context = {
        "partnership": partnership,
        "form": form,
        "may_write": can(request.user, "indicator.write", partnership),
        "registers": list(visible(request.user, partnership.registers.select_related("source"))),
        "mappings": list(visible(request.user, partnership.mappings.all())),
        "waiting": list(visible(request.user, partnership.register_drafts.all())),
    }
    return render(request, "evidence/registers.html", context)


def _sent(request: HttpRequest, form: SendForm, partnership: Partnership) -> Draft | None:
    data = form.cleaned_data
    try:
        for file in data["sent"]:
            check_size(file.name or "", file.size or 0)
        files = {file.name or "": file.read() for file in data["sent"]}
        return drafts.send_in(
            by=request.user, partnership=partnership, kind=data["kind"], files=files, said=form.said(), why=data["why"]
        )
    except ActionError as error:
        form.add_error("sent", list(getattr(error, "faults", [str(error)])))
        return None


def draft(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What would come of a file: its figures, what is odd, what is left out. Then it is taken in, whole."""
    partnership = enter_registers(request, slug)
    found = draft_of(request, partnership, pk)
    if needs_mapping(found):
        return redirect("register_mapping", slug, pk)
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        done = _("Tallene er læst ind.")
        if tried(request, form, lambda: drafts.accept(by=request.user, draft=found, why=why), done):
            return redirect("registers", slug)
    request.crumbs.append((_("Registre"), reverse("registers", args=[slug])))  # type: ignore[attr-defined]
    try:
        extract = drafts.read_draft(found)
        loading = look_through(partnership, extract)
    except ActionError as error:  # it could be read when it was sent: more is known since
        messages.error(request, str(error))
        return redirect(*(("register_mapping", slug, pk) if found.kind in MAPPED else ("registers", slug)))
    names = {one.slug: str(one) for one in Indicator.objects.filter(partnership=partnership)}
    context = {
        "partnership": partnership,
        "draft": found,
        "extract": loading.extract,
        "loading": loading,
        "without": [names[slug] for slug in loading.without],
        "copies": list(dict.fromkeys(names[figure.indicator] for figure in loading.copies)),
        "rows": coming(loading, names),
        "corrected": corrected(loading, names),
        "areas": areas_for(partnership) if loading.unmatched else (),
        "is_mapped": found.kind in MAPPED,
        "figures_form": FiguresForm(partnership=partnership, extract=extract) if takes_figures(found) else None,
        "form": form,
    }
    return render(request, "evidence/register_draft.html", context)


def draft_of(request: HttpRequest, partnership: Partnership, pk: int) -> Draft:
    """A file to be looked through, or 404."""
    found = visible(request.user, Draft.objects.filter(partnership=partnership, pk=pk)).first()
    if found is None:
        raise Http404
    found.partnership = partnership
    return found


@require_POST
def give_up(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Forget a file."""
    partnership = enter_registers(request, slug)
    found = draft_of(request, partnership, pk)
    tried(request, None, lambda: drafts.give_up(by=request.user, draft=found), _("Filen er glemt."))
    return redirect("registers", slug)


def register(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A file taken in: what it gave, and what was found odd."""
    partnership = enter_registers(request, slug)
    found = _register(request, partnership, pk)
    request.crumbs.append((_("Registre"), reverse("registers", args=[slug])))  # type: ignore[attr-defined]
    context = {
        "partnership": partnership,
        "register": found,
        "rows": register_rows(found),
        "notes": [one if isinstance(one, str) else words(one, language()) for one in found.footnotes],
        "findings": [one | {"words": words(one["told"], language())} for one in found.findings],
        "form": DropRegisterForm(),
        "may_drop": can(request.user, "register.take_in", partnership),
    }
    return render(request, "evidence/register.html", context)


def _register(request: HttpRequest, partnership: Partnership, pk: int) -> Register:
    rows = Register.objects.filter(partnership=partnership, pk=pk).select_related("source")
    found = visible(request.user, rows).first()
    if found is None:
        raise Http404
    found.partnership = partnership
    return found


def outside(request: HttpRequest, slug: str) -> HttpResponse:
    """Write in one figure that others have published."""
    partnership = enter_registers(request, slug)
    require(request.user, "register.take_in", partnership)
    form = OutsideForm(request.POST or None, partnership=partnership)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if tried(
            request,
            form,
            lambda: write_outside_figure(by=request.user, **facts),
            _("Tallet er gemt. Offentliggør det nu."),
        ):
            return redirect("registers", slug)
    heading = _("Et tal, som andre har offentliggjort")
    return render(request, "agreements/simple_form.html", {"form": form, "heading": heading})


@require_POST
def drop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a file's figures out again."""
    partnership = enter_registers(request, slug)
    found = _register(request, partnership, pk)
    form = DropRegisterForm(request.POST)
    if form.is_valid():
        why = form.cleaned_data["why"]
        done = _("Tallene er taget ud. Det, der er offentliggjort, står der stadig.")
        tried(request, None, lambda: drop_register(by=request.user, register=found, why=why), done)
        return redirect("registers", slug)
    return redirect("register", slug, pk)
