"""Forms for what the neighbourhood is held up against."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import AgreementVersion, Partnership
from kvarter.people.fields import DayField, why_field
from kvarter.places.models import Area


class MarginForm(forms.Form):
    """How unlike its surroundings the area may be, as it was decided."""

    version = forms.ModelChoiceField(label=_("Aftalens udgave"), queryset=AgreementVersion.objects.none())
    decision = forms.CharField(
        label=_("Beslutning"), max_length=200, help_text=_("Forum, møde og punkt, der satte margenen.")
    )
    decided_on = DayField(label=_("Besluttet den"))
    percent = forms.FloatField(
        label=_("Hvor mange procent må være anderledes?"),
        min_value=0.1,
        max_value=99.9,
        help_text=_("Så mange ud af hundrede må være i en anden gruppe, og området ligner stadig omgivelserne."),
    )
    why = why_field()

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = AgreementVersion.objects.filter(agreement__partnership=partnership).select_related("agreement")
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """What an action is given."""
        data = dict(self.cleaned_data)
        return {"margin": data.pop("percent") / 100} | data


class PeersForm(forms.Form):
    """The areas that the partnership's own is seen among."""

    areas = forms.ModelMultipleChoiceField(
        label=_("Områder"),
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Mindst fem med tal fra samme dag, før rækken vises."),
    )
    why = why_field()

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = partnership.area
        apart = [pk for pk in (own.pk, own.reference_id, own.part_of_id) if pk] if own else []
        alike = Area.objects.filter(is_demonstration=partnership.is_demonstration)
        self.fields["areas"].queryset = alike.exclude(pk__in=apart)  # type: ignore[attr-defined]
        self.fields["areas"].initial = partnership.peers.values_list("area_id", flat=True)
