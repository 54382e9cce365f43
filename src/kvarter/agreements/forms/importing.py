"""Forms of the import: the file, and what was read from it, clause by clause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.actions.importing import Outcome, Plan
from kvarter.agreements.models import Visibility
from kvarter.agreements.text import AgreementKind, AgreementText, ClauseText, DutyFound, Kind, PartyFound
from kvarter.people.fields import DayField, why_field
from kvarter.people.kinds import OrganisationKind


class UploadForm(forms.Form):
    """The file to read."""

    file = forms.FileField(
        label=_("Fil med aftalen"),
        help_text=_("Tekst (.txt), Markdown (.md), Word (.docx) eller PDF med tekst. Højst 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".txt,.md,.docx,.pdf"}),
    )


class FactsForm(forms.Form):
    """What the agreement says of itself."""

    title = forms.CharField(label=_("Titel"), max_length=200)
    subtitle = forms.CharField(label=_("Undertitel"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Slags"), choices=AgreementKind.choices)
    in_force_from = DayField(
        label=_("Gælder fra"), required=False, help_text=_("Tomt: den dag, indlæsningen godkendes.")
    )
    term_ends = DayField(label=_("Udløber"), required=False)
    approving_body = forms.CharField(label=_("Ændringer godkendes af"), max_length=200, required=False)


class ClauseForm(forms.Form):
    """One clause as it was read."""

    keep = forms.BooleanField(label=_("Med"), required=False)
    kind = forms.ChoiceField(label=_("Slags"), choices=Kind.choices)
    parent = forms.CharField(
        label=_("Hører under"), required=False, max_length=80, widget=forms.TextInput(attrs={"list": "keys"})
    )
    heading = forms.CharField(label=_("Overskrift"), required=False, max_length=300)
    text = forms.CharField(label=_("Tekst"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    key = forms.SlugField(max_length=80, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("keep") and not data.get("heading") and not data.get("text"):
            self.add_error("text", _("Punktet er tomt. Skriv en tekst, eller fjern fluebenet."))
        return data


class PartyFoundForm(forms.Form):
    """One party as it was read."""

    keep = forms.BooleanField(label=_("Med"), required=False)
    name = forms.CharField(label=_("Part"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Slags"), choices=OrganisationKind.choices)


class DutyFoundForm(forms.Form):
    """One dated duty as it was read."""

    keep = forms.BooleanField(label=_("Med"), required=False)
    title = forms.CharField(label=_("Forpligtelse"), max_length=200)
    due = DayField(label=_("Senest"), required=False)
    every_months = forms.IntegerField(label=_("Gentages hver (måneder)"), required=False, min_value=1, max_value=1200)


ClauseForms = forms.formset_factory(ClauseForm, extra=0)
PartyForms = forms.formset_factory(PartyFoundForm, extra=2)
DutyForms = forms.formset_factory(DutyFoundForm, extra=0)


class AcceptForm(forms.Form):
    """Storing what the review has. `visibility` says who sees a new agreement from the moment it is stored."""

    visibility = forms.ChoiceField(
        label=_("Vises for"),
        choices=Visibility.choices,
        initial=Visibility.PARTIES,
        help_text=_("Vælg alle, når parterne har skrevet under."),
    )
    why = why_field()

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if plan.agreement:
            self.fields["visibility"].initial = plan.agreement.visibility
        if plan.outcome in (Outcome.AMENDMENT, Outcome.NOTHING):  # the agreement is there, and is shown as before
            del self.fields["visibility"]


class ReviewForms:
    """All forms of one review, filled from what was read or from what a person sent."""

    def __init__(self, text: AgreementText, sent: Any = None) -> None:
        self.text = text
        self.facts = FactsForm(
            sent, prefix="facts", initial={name: getattr(text, name) for name in FactsForm.base_fields}
        )
        self.clauses = ClauseForms(sent, prefix="c", initial=[_clause(c) for c in text.clauses])
        self.parties = PartyForms(
            sent, prefix="p", initial=[{"keep": True, "name": p.name, "kind": p.kind} for p in text.parties]
        )
        self.duties = DutyForms(sent, prefix="d", initial=[_duty(d) for d in text.duties])

    def is_valid(self) -> bool:
        """Whether every form is filled in right; all are checked, so that every mistake is shown at once."""
        return all(form.is_valid() for form in (self.facts, self.clauses, self.parties, self.duties))

    def corrected(self) -> AgreementText:
        """What was read, with the person's corrections."""
        facts = dict(self.facts.cleaned_data)
        facts["kind"] = AgreementKind(facts["kind"])
        clauses = self._clauses()
        kept = {clause.key for clause in clauses}
        duties = tuple(replace(d, clause=d.clause if d.clause in kept else "") for d in self._duties())
        return replace(self.text, **facts, clauses=clauses, parties=self._parties(), duties=duties)

    def _clauses(self) -> tuple[ClauseText, ...]:
        kept = [data for data in self.clauses.cleaned_data if data.get("keep")]
        return tuple(
            ClauseText(d["key"], Kind(d["kind"]), d["heading"], _paragraphs(d["text"]), d["parent"] or None)
            for d in kept
        )

    def _parties(self) -> tuple[PartyFound, ...]:
        kept = [data for data in self.parties.cleaned_data if data.get("keep") and data.get("name")]
        return tuple(PartyFound(d["name"], OrganisationKind(d["kind"])) for d in kept)

    def _duties(self) -> tuple[DutyFound, ...]:
        pairs = zip(self.text.duties, self.duties.cleaned_data, strict=False)
        return tuple(
            replace(duty, title=d["title"], due=d["due"], every_months=d["every_months"])
            for duty, d in pairs
            if d.get("keep")
        )


def _paragraphs(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _clause(clause: ClauseText) -> dict[str, Any]:
    return {
        "keep": True,
        "key": clause.key,
        "kind": clause.kind,
        "parent": clause.parent or "",
        "heading": clause.heading,
        "text": clause.text,
    }


def _duty(duty: DutyFound) -> dict[str, Any]:
    return {"keep": True, "title": duty.title, "due": duty.due, "every_months": duty.every_months}
