"""Forms for what falls due."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Obligation, Partnership
from kvarter.agreements.queries.pages import has_clause
from kvarter.people.fields import DayField, why_field

MOST_REMINDERS = 6
LONGEST_INTERVAL = 1200  # months; the exchange format allows no more


class ObligationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new or changed obligation."""

    due = DayField(
        label=_("Senest"), required=False, help_text=_("Sidste dag. Lad feltet stå tomt, til datoen er kendt.")
    )
    remind = forms.CharField(
        label=_("Påmind så mange dage før"),
        required=False,
        help_text=_("Tal med komma imellem, for eksempel 90, 30. Påmindelser sendes med e-mail."),
    )
    why = why_field()
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Obligation
        fields = (
            "title",
            "title_en",
            "duty",
            "due",
            "precision",
            "every_months",
            "responsible",
            "agreement",
            "clause_key",
            "visibility",
        )

    field_order = (*Meta.fields[:6], "remind", *Meta.fields[6:], "why", "seen")

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.partnership = partnership
        bound = Q(left=None) | Q(left__gt=timezone.localdate()) | Q(pk=self.instance.responsible_id)
        self.fields["responsible"].queryset = partnership.parties.filter(bound).select_related("organisation")  # type: ignore[attr-defined]
        self.fields["every_months"].validators.append(MaxValueValidator(LONGEST_INTERVAL))
        self.fields["seen"].initial = self.instance.sequence if self.instance.pk else None
        self.fields["agreement"].queryset = partnership.agreements.all()  # type: ignore[attr-defined]
        self.fields["every_months"].help_text = _("36 betyder hvert tredje år. Tomt, hvis det kun sker én gang.")
        self.fields["remind"].initial = ", ".join(str(days) for days in self.instance.remind_days)

    def clean_remind(self) -> list[int]:
        """Whole days, largest first."""
        parts = [part.strip() for part in self.cleaned_data["remind"].split(",") if part.strip()]
        if any(not part.isdecimal() or int(part) > 3650 for part in parts) or len(parts) > MOST_REMINDERS:
            raise forms.ValidationError(_("Skriv højst seks hele tal med komma imellem, for eksempel 90, 30."))
        return sorted({int(part) for part in parts}, reverse=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        agreement, key = data.get("agreement"), data.get("clause_key")
        if key and not (agreement and has_clause(agreement, key)):
            self.add_error("clause_key", _("Der er ikke noget punkt med den nøgle i aftalen."))
        return data

    def obligation(self) -> Obligation:
        """What the form says, unsaved."""
        row: Obligation = self.instance
        row.remind_days = self.cleaned_data["remind"]
        return row


class DoneForm(forms.Form):
    """That something due has been done."""

    on = DayField(label=_("Opfyldt den"))
    why = why_field()
    seen = forms.IntegerField(widget=forms.HiddenInput)


class DropForm(forms.Form):
    """That something due will not happen."""

    why = why_field(required=True)
