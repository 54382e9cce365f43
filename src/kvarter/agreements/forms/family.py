"""Forms for the family of agreements and the partnership's own facts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Agreement, Partnership, Visibility
from kvarter.agreements.text import AgreementKind
from kvarter.people.fields import DayField, why_field
from kvarter.places.models import Area


class AgreementForm(forms.Form):
    """An agreement known by name and term."""

    title = forms.CharField(label=_("Titel"), max_length=200)
    kind = forms.ChoiceField(label=_("Slags"), choices=AgreementKind.choices)
    starts = DayField(label=_("Begynder"), required=False)
    ends = DayField(label=_("Udløber"), required=False)
    visibility = forms.ChoiceField(label=_("Vises for"), choices=Visibility.choices)
    framed_by = forms.ModelChoiceField(
        label=_("Hører til rammen om"),
        queryset=Agreement.objects.none(),
        required=False,
        empty_label=_("ingen anden aftale"),
    )
    why = why_field()

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["framed_by"].queryset = partnership.agreements.all()  # type: ignore[attr-defined]


class AgreementFactsForm(forms.Form):
    """What may be changed about an agreement without touching its words."""

    kind = forms.ChoiceField(label=_("Slags"), choices=AgreementKind.choices)
    ends = DayField(label=_("Udløber"), required=False)
    visibility = forms.ChoiceField(label=_("Vises for"), choices=Visibility.choices)
    why = why_field()

    def __init__(self, *args: Any, has_text: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_text:  # then the term is in the words, and a decision changes it
            del self.fields["ends"]


class PartnershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """A partnership's own facts."""

    why = why_field()

    class Meta:
        model = Partnership
        fields = ("name", "area", "visibility")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = Area.objects.filter(is_demonstration=self.instance.is_demonstration)
        self.fields["area"].queryset = alike  # type: ignore[attr-defined]


class NewPartnershipForm(forms.Form):
    """A new partnership."""

    name = forms.CharField(label=_("Navn"), max_length=120)
    slug = forms.CharField(
        label=_("Adresse"), max_length=60, help_text=_("Små bogstaver, tal og bindestreg. Kan ikke ændres senere.")
    )
    why = why_field()
