"""Bringing an amendment into force by a decision, and rebasing one that others came before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kvarter.agreements.actions.coming_into_force import (
    Answer,
    DecisionReference,
    bring_into_force,
    rebase_amendment,
)
from kvarter.agreements.comparing import compare_words
from kvarter.agreements.forms.amendment import AnswerForm, DecisionForm
from kvarter.agreements.merging import Conflict
from kvarter.agreements.models import AgreementVersion, Amendment
from kvarter.agreements.queries.amendments import standpoint_of
from kvarter.agreements.queries.versions import latest
from kvarter.agreements.text import ClauseText
from kvarter.agreements.views.amendments import the_amendment
from kvarter.agreements.views.comparison import whole_words
from kvarter.agreements.views.shared import today, tried
from kvarter.people.policy import require


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision's reference; without a right one the answer is no, and why."""
    found = the_amendment(request, pk)
    require(request.user, "amendment.bring_into_force", found)
    form = DecisionForm(request.POST or None, initial={"in_force_from": today()})
    if request.method == "POST" and form.is_valid():
        made: list[AgreementVersion] = []
        later = form.cleaned_data["in_force_from"] > today()
        done = _("Ændringen er besluttet og gælder fra den valgte dag.") if later else _("Ændringen gælder nu.")
        if tried(request, form, lambda: made.append(_bring(request, found, form.cleaned_data)), done):
            return redirect("agreement_numbered", found.agreement.slug, made[0].number)
    context = {"form": form, "amendment": found, "body": (latest(found.agreement) or found.base).approving_body}
    return render(request, "agreements/decide.html", context)


def _bring(request: HttpRequest, amendment: Amendment, data: dict[str, Any]) -> AgreementVersion:
    decision = DecisionReference(data["body"], data["reference"], data["decided_on"])
    return bring_into_force(
        by=request.user, amendment=amendment, decision=decision, in_force_from=data["in_force_from"]
    )


def rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """Each clause in conflict with both texts in view, and a choice."""
    found = the_amendment(request, pk)
    require(request.user, "amendment.edit", found)
    newest = latest(found.agreement) or found.base
    onto = request.POST.get("onto", "")
    seen = int(onto) if onto.isdecimal() and len(onto) < 6 else newest.number
    conflicts = list(standpoint_of(found).merged.conflicts)
    rows = [(conflict, _form_for(conflict, request), _seen(conflict)) for conflict in conflicts]
    if request.method == "POST" and (seen != newest.number or all(form.is_valid() for _conflict, form, _words in rows)):
        answers = {c.key: _answer(c, form.cleaned_data) for c, form, _words in rows if form.is_valid()}
        if tried(
            request,
            None,
            lambda: rebase_amendment(by=request.user, amendment=found, onto=seen, answers=answers),
            _("Forslaget er flettet med den nye udgave."),
        ):
            return redirect("amendment", pk)
    if not conflicts and request.method != "POST":
        messages.info(request, _("Intet støder sammen. Forslaget kan flettes, som det er."))
    return render(request, "agreements/rebase.html", {"amendment": found, "rows": rows, "newest": newest})


def _form_for(conflict: Conflict, request: HttpRequest) -> AnswerForm:
    ours = conflict.ours.text if conflict.ours else ""
    return AnswerForm(request.POST or None, prefix=conflict.key, initial={"text": ours})


def _seen(conflict: Conflict) -> dict[str, Any]:
    base, theirs, ours = (whole_words(clause) for clause in (conflict.base, conflict.theirs, conflict.ours))
    return {"theirs": compare_words(base, theirs), "ours": compare_words(base, ours)}


def _answer(conflict: Conflict, data: dict[str, Any]) -> Answer:
    if data["answer"] == AnswerForm.THEIRS:
        return Answer(conflict.theirs, as_proposed=False)
    if data["answer"] == AnswerForm.OURS:
        return Answer(conflict.ours)
    known = conflict.ours or conflict.theirs or conflict.base
    assert known is not None, "a conflict has a side"
    text = data["text"].replace("\r\n", "\n").strip()
    return Answer(ClauseText(known.key, known.kind, known.heading, text, known.parent))
