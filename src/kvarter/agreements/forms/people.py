"""Forms for parties, signatures and members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Agreement, Partnership, Party, Role
from kvarter.people.fields import DayField, why_field
from kvarter.people.kinds import OrganisationKind


class JoinForm(forms.Form):
    """An organisation joins."""

    name = forms.CharField(label=_("Organisation"), max_length=120)
    kind = forms.ChoiceField(label=_("Slags"), choices=OrganisationKind.choices)
    joined = DayField(label=_("Tiltrådt"))
    why = why_field()


class LeaveForm(forms.Form):
    """A party leaves."""

    left = DayField(label=_("Udtrådt"))
    why = why_field(required=True)


class PartyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the partnership's parties."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Party.objects.none(), **options)


class SignatureForm(forms.Form):
    """Someone signs for a party."""

    agreement = forms.ModelChoiceField(label=_("Aftale"), queryset=Agreement.objects.none())
    party = PartyChoice(label=_("Part"))
    name = forms.CharField(label=_("Underskriver"), max_length=120)
    capacity = forms.CharField(label=_("I egenskab af"), max_length=120, help_text=_("For eksempel: borgmester"))
    signed_on = DayField(label=_("Underskrevet den"))

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreement"].queryset = partnership.agreements.all()  # type: ignore[attr-defined]
        self.fields["party"].queryset = partnership.parties.select_related("organisation")  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Someone is given a role."""

    name = forms.CharField(label=_("Navn"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), help_text=_("Personen får en mail om, hvordan man logger ind."))
    role = forms.ChoiceField(label=_("Rolle"), choices=Role.choices)
    party = PartyChoice(label=_("På vegne af"), required=False, help_text=_("Kun for den, der taler for en part."))
    since = DayField(label=_("Fra"))

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = partnership.parties.filter(left=None).select_related("organisation")  # type: ignore[attr-defined]
