"""Proposing a change: drafted clause by clause, seen side by side, proposed, withdrawn."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.actions import amendments as actions
from kvarter.agreements.forms.amendment import (
    DecisionForm,
    DraftForm,
    NewClauseForm,
    ProposeForm,
    WithdrawForm,
    WordsForm,
)
from kvarter.agreements.keys import fresh_key
from kvarter.agreements.merging import ChangeKind, Place, ProposedChange
from kvarter.agreements.models import Amendment
from kvarter.agreements.queries import pages
from kvarter.agreements.queries.amendments import amendments_of, standpoint_of
from kvarter.agreements.queries.versions import latest
from kvarter.agreements.reading.facts import approving_body, term_of
from kvarter.agreements.text import ClauseText, Kind
from kvarter.agreements.views.comparison import compared
from kvarter.agreements.views.shared import enter, the_agreement, today, tried
from kvarter.people.policy import can, require


def the_amendment(request: HttpRequest, pk: int) -> Amendment:
    """The amendment of a page, or 404."""
    found = pages.amendment_for(request.user, pk)
    enter(request, found.agreement.partnership, found.agreement)
    return found


def amendments(request: HttpRequest, slug: str) -> HttpResponse:
    """An agreement's amendments."""
    agreement = the_agreement(request, slug)
    context = {
        "agreement": agreement,
        "amendments": list(amendments_of(request.user, agreement)),
        "may_draft": can(request.user, "amendment.draft", agreement),
        "named": can(request.user, "names.read", agreement),
    }
    return render(request, "agreements/amendments.html", context)


def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin an amendment."""
    agreement = the_agreement(request, slug)
    require(request.user, "amendment.draft", agreement)
    form = DraftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made: list[Amendment] = []
        data = form.cleaned_data
        if tried(
            request,
            form,
            lambda: made.append(actions.draft_amendment(by=request.user, agreement=agreement, **data)),
            _("Kladden er gemt. Vælg nu de punkter, der skal ændres."),
        ):
            return redirect("amendment", made[0].pk)
    context = {"form": form, "partnership": agreement.partnership, "heading": _("Foreslå en ændring")}
    return render(request, "agreements/simple_form.html", context)


def amendment(request: HttpRequest, pk: int) -> HttpResponse:
    """An amendment: old and new side by side, and what someone may do with it."""
    found = the_amendment(request, pk)
    standpoint = standpoint_of(found)
    may_edit = can(request.user, "amendment.edit", found)
    is_draft = found.state == Amendment.State.DRAFT
    context = {
        "amendment": found,
        "agreement": found.agreement,
        "standpoint": standpoint,
        "changes": compared(standpoint.current, standpoint.merged.clauses),
        "touched": {change.key for change in standpoint.changes},
        "clauses": standpoint.base if may_edit and is_draft else (),
        "may_edit": may_edit and is_draft,
        "may_withdraw": may_edit and _waits(found),
        "named": can(request.user, "names.read", found),
        "may_rebase": may_edit and _waits(found) and standpoint.is_behind,
        "may_decide": can(request.user, "amendment.bring_into_force", found)
        and found.state == Amendment.State.PROPOSED,
        "propose_form": ProposeForm(),
        "withdraw_form": WithdrawForm(),
        "decision_form": DecisionForm(initial={"in_force_from": today()}),
        "body": (latest(found.agreement) or found.base).approving_body,
        "term_said": _other_term(found, standpoint.merged.clauses),
        "body_said": _other_body(found, standpoint.merged.clauses),
    }
    return render(request, "agreements/amendment.html", context)


def _other_term(amendment: Amendment, clauses: tuple[ClauseText, ...]) -> date | None:
    """The end of term that the words would name, when it is not the one the agreement would have."""
    said = term_of(clauses)
    kept = amendment.ends or amendment.base.term_ends
    return said[0] if _waits(amendment) and said and said[0] != kept else None


def _other_body(amendment: Amendment, clauses: tuple[ClauseText, ...]) -> str:
    """Who the words would name to approve changes, when it is not who the amendment says."""
    said = approving_body(clauses)
    kept = amendment.approving_body or amendment.base.approving_body
    return said if _waits(amendment) and said.casefold() != kept.casefold() else ""


def _waits(amendment: Amendment) -> bool:
    return amendment.state in (Amendment.State.DRAFT, Amendment.State.PROPOSED)


def _editable(request: HttpRequest, pk: int) -> Amendment:
    found = the_amendment(request, pk)
    require(request.user, "amendment.edit", found)
    return found


def change(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Other words for a clause."""
    found = _editable(request, pk)
    standpoint = standpoint_of(found)
    clause = _clause(standpoint.merged.clauses, key) or _clause(standpoint.base, key)
    before = _clause(standpoint.base, key)
    if clause is None:
        raise Http404
    form = WordsForm(request.POST or None, initial=_initial(clause))
    if request.method == "POST" and form.is_valid():
        new = _changed(form, clause, is_new=before is None, changes=standpoint.changes)
        if _put(request, form, found, new):
            return redirect("amendment", pk)
    context = {"form": form, "amendment": found, "clause": clause, "heading": _("Ret punktet")}
    return render(request, "agreements/change.html", context)


def _clause(clauses: tuple[ClauseText, ...], key: str) -> ClauseText | None:
    return next((clause for clause in clauses if clause.key == key), None)


def _initial(clause: ClauseText) -> dict[str, str]:
    english = clause.translations.get("en")
    return {
        "heading": clause.heading,
        "text": clause.text,
        "heading_en": english.heading if english else "",
        "text_en": english.text if english else "",
    }


def _changed(form: WordsForm, clause: ClauseText, *, is_new: bool, changes: list[ProposedChange]) -> ProposedChange:
    """The form's words for the clause, at the place that an earlier change of it gave it."""
    earlier = next((change for change in changes if change.key == clause.key), None)
    heading, text = form.words()
    return ProposedChange(
        ChangeKind.ADD if is_new else ChangeKind.CHANGE,
        clause.key,
        clause.kind,
        heading,
        text,
        earlier.place if earlier else None,
        form.translations(),
    )


def _put(request: HttpRequest, form: forms.BaseForm | None, amendment: Amendment, change: ProposedChange) -> bool:
    return tried(
        request,
        form,
        lambda: actions.put_change(by=request.user, amendment=amendment, change=change),
        _("Ændringen er gemt i kladden."),
    )


def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new clause."""
    found = _editable(request, pk)
    standpoint = standpoint_of(found)
    form = NewClauseForm(request.POST or None, clauses=standpoint.merged.clauses)
    if request.method == "POST" and form.is_valid():
        parent, _slash, after = form.cleaned_data["place"].partition("/")
        kind = Kind(form.cleaned_data["kind"])
        heading, text = form.words()
        taken = pages.keys_ever_used(found.agreement) | {change.key for change in standpoint.changes}
        new = ProposedChange(
            ChangeKind.ADD,
            fresh_key(heading or text, taken),
            kind,
            heading,
            text,
            Place(parent or None, after or None),
            form.translations(),
        )
        if _put(request, form, found, new):
            return redirect("amendment", pk)
    context = {"form": form, "amendment": found, "clause": None, "heading": _("Nyt punkt")}
    return render(request, "agreements/change.html", context)


@require_POST
def remove(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take a clause out."""
    _put(request, None, _editable(request, pk), ProposedChange(ChangeKind.REMOVE, key))
    return redirect("amendment", pk)


@require_POST
def undo(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Leave a clause as it is after all."""
    found = _editable(request, pk)
    tried(
        request,
        None,
        lambda: actions.undo_change(by=request.user, amendment=found, key=key),
        _("Punktet er igen, som det var."),
    )
    return redirect("amendment", pk)


@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay the draft before the parties."""
    found = _editable(request, pk)
    public = "public" in request.POST
    tried(
        request,
        None,
        lambda: actions.propose_amendment(by=request.user, amendment=found, public=public),
        _("Forslaget er fremsat."),
    )
    return redirect("amendment", pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the proposal up."""
    found = _editable(request, pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Skriv, hvorfor forslaget opgives."))
        return redirect("amendment", pk)
    why = form.cleaned_data["why"]
    was_draft = found.state == Amendment.State.DRAFT
    tried(
        request,
        None,
        lambda: actions.withdraw_amendment(by=request.user, amendment=found, why=why),
        _("Kladden er opgivet.") if was_draft else _("Forslaget er trukket tilbage."),
    )
    return redirect("amendments", found.agreement.slug)
