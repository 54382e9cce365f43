"""Statistics Denmark's StatBank, where the operator has turned the connector on: find a table, choose, look through."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.views.shared import tried
from kvarter.evidence.actions import drafts
from kvarter.evidence.actions.fetching import fetch_table, say_what_figures_are
from kvarter.evidence.forms_statbank import ChooseValuesForm, FiguresForm, FindTableForm
from kvarter.evidence.importers.statbank.client import Client, TableEntry
from kvarter.evidence.importers.statbank.errors import SETTING
from kvarter.evidence.views.registers import draft_of, enter_registers
from kvarter.journal.actions import ActionError
from kvarter.people.policy import require
from kvarter.places.models import AreaCode

MOST_SHOWN = 40


def client_of(language: str) -> Client:
    """The connector in a language. Raises ConnectorOff."""
    return Client(settings.STATBANK_URL, Path(settings.HOME) / "statbank", "en" if language == "en" else "da")


def catalogue(request: HttpRequest, slug: str) -> HttpResponse:
    """The tables there are, by subject and words; how the connector is turned on, where it is off."""
    partnership = enter_registers(request, slug)
    require(request.user, "register.take_in", partnership)
    request.crumbs.append((_("Registre"), reverse("registers", args=[slug])))  # type: ignore[attr-defined]
    context: dict[str, object] = {"partnership": partnership, "setting": SETTING, "is_on": bool(settings.STATBANK_URL)}
    if settings.STATBANK_URL:
        try:
            context |= _found(request)
        except ActionError as error:
            context["trouble"] = str(error)
    return render(request, "evidence/statbank.html", context)


def _found(request: HttpRequest) -> dict[str, object]:
    """The form, and the tables that it finds; none before something is asked for. Raises what `Client` raises."""
    client = client_of(get_language() or "da")
    subjects = [(one.code, one.text) for one in client.subjects() if one.active]
    form = FindTableForm(request.GET or None, subjects=subjects)
    if not (form.is_valid() and any(form.cleaned_data.values())):
        return {"form": form}
    words, subject = form.cleaned_data["words"].casefold().split(), form.cleaned_data["subject"]
    every = client.tables(subjects=[subject] if subject else [])
    tables = [one for one in every if all(word in _words_of(one) for word in words)]
    return {"form": form, "tables": tables[:MOST_SHOWN], "many": len(tables), "asked": True}


def _words_of(entry: TableEntry) -> str:
    return " ".join((entry.table, entry.text, entry.unit, *entry.variables)).casefold()


def table(request: HttpRequest, slug: str, table: str) -> HttpResponse:
    """A table's variables to choose from; what is chosen is fetched and then looked through."""
    partnership = enter_registers(request, slug)
    require(request.user, "register.take_in", partnership)
    request.crumbs.extend(  # type: ignore[attr-defined]
        [(_("Registre"), reverse("registers", args=[slug])), (_("Statistikbanken"), reverse("statbank", args=[slug]))]
    )
    try:
        about = client_of(get_language() or "da").tableinfo(table)
    except ActionError as error:
        context = {"partnership": partnership, "trouble": str(error), "is_on": True}
        return render(request, "evidence/statbank.html", context)
    known = {("land", "DK"), *AreaCode.objects.values_list("scheme", "code")}
    form = ChooseValuesForm(request.POST or None, about=about, known=known)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = fetch_table(
                by=request.user,
                partnership=partnership,
                clients={language: client_of(language) for language in ("da", "en")},
                table=about.table,
                asked=form.asked(),
                area=data["area"],
                first_day=data["timing"] == "first",
                why=data["why"],
            )
        except ActionError as error:
            form.add_error(None, list(getattr(error, "faults", [str(error)])))
        else:
            return redirect("register_draft", slug, made.pk)
    return render(request, "evidence/statbank_table.html", {"partnership": partnership, "about": about, "form": form})


@require_POST
def figures(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say which figures of a table make an indicator."""
    partnership = enter_registers(request, slug)
    found = draft_of(request, partnership, pk)
    require(request.user, "register.take_in", partnership)
    form = FiguresForm(request.POST, partnership=partnership, extract=drafts.read_draft(found))
    if form.is_valid():
        said = form.cleaned_data
        done = _("Det er husket. Se tallene her.")
        tried(request, None, lambda: say_what_figures_are(by=request.user, draft=found, **said), done)
    else:
        messages.error(request, _("Vælg både indikator og tal."))
    return redirect("register_draft", slug, pk)
