"""Forms for proposing and deciding changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.text import ClauseText, Kind, Wording
from kvarter.people.fields import DayField, why_field


class DraftForm(forms.Form):
    """What an amendment is about."""

    title = forms.CharField(label=_("Titel"), max_length=200)
    why = forms.CharField(label=_("Begrundelse"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    ends = DayField(label=_("Nyt udløb"), required=False, help_text=_("Kun hvis aftalens løbetid skal ændres."))
    approving_body = forms.CharField(
        label=_("Ny godkender af ændringer"),
        required=False,
        max_length=200,
        help_text=_("Kun hvis et andet forum skal godkende ændringer fremover."),
    )


class WordsForm(forms.Form):
    """A clause's words, in the agreement's language and in English."""

    heading = forms.CharField(label=_("Overskrift"), required=False, max_length=300)
    text = forms.CharField(label=_("Tekst"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    heading_en = forms.CharField(label=_("Overskrift på engelsk"), required=False, max_length=300)
    text_en = forms.CharField(
        label=_("Tekst på engelsk"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Valgfrit. Uden en ny oversættelse falder den gamle bort."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("heading") and not data.get("text"):
            self.add_error("text", _("Punktet er tomt. Skriv en tekst, eller fjern punktet i stedet."))
        return data

    def translations(self) -> dict[str, Wording]:
        """The English words, when there are any: an old translation does not stay beside new words."""
        words = Wording(self.cleaned_data["heading_en"], _lines(self.cleaned_data["text_en"]))
        changed = set(self.changed_data)
        stale = changed & {"heading", "text"} and not changed & {"heading_en", "text_en"}
        return {} if stale or words == Wording() else {"en": words}

    def words(self) -> tuple[str, str]:
        """Heading and text as they are stored."""
        return self.cleaned_data["heading"].strip(), _lines(self.cleaned_data["text"])


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


class NewClauseForm(WordsForm):
    """A clause that is not there yet, and where it goes."""

    kind = forms.ChoiceField(label=_("Slags"), choices=Kind.choices)
    place = forms.ChoiceField(label=_("Placering"))

    field_order = ("kind", "place", "heading", "text", "heading_en", "text_en")

    def __init__(self, *args: Any, clauses: Sequence[ClauseText], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places(clauses)  # type: ignore[attr-defined]


def places(clauses: Sequence[ClauseText]) -> list[tuple[str, str]]:
    """Every place a clause can go, as "parent/after" with a label in words."""
    found: list[tuple[str, str]] = []
    for clause in clauses:
        name = (clause.heading or clause.text)[:60]
        found.append((f"{clause.parent or ''}/{clause.key}", str(_("efter: %(name)s") % {"name": name})))
        found.append((f"{clause.key}/", str(_("under: %(name)s") % {"name": name})))
    return found


class ProposeForm(forms.Form):
    """Laying a draft before the parties."""

    public = forms.BooleanField(
        label=_("Send i offentlig høring"), required=False, help_text=_("Så kan alle læse forslaget.")
    )


class WithdrawForm(forms.Form):
    """Giving a proposal up."""

    why = why_field(required=True)


class DecisionForm(forms.Form):
    """The decision that brings an amendment into force."""

    body = forms.CharField(label=_("Besluttet af"), required=False, max_length=200)
    decided_on = DayField(label=_("Besluttet den"), required=False)
    reference = forms.CharField(
        label=_("Beslutning"),
        required=False,
        max_length=200,
        help_text=_("Hvor den står, for eksempel: møde 3. december 2026, punkt 4."),
    )
    in_force_from = DayField(label=_("Gælder fra"))


class AnswerForm(forms.Form):
    """What a clause in conflict shall be."""

    THEIRS, OURS, OTHER = "theirs", "ours", "other"
    answer = forms.ChoiceField(
        label=_("Hvad skal der stå?"),
        choices=[(THEIRS, _("Som i den nye udgave")), (OURS, _("Som i forslaget")), (OTHER, _("Teksten herunder"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("Egen tekst"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == self.OTHER and not data.get("text"):
            self.add_error("text", _("Skriv den tekst, der skal stå."))
        return data
