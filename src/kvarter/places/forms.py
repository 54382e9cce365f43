"""Forms for areas and boundaries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.people.fields import DayField, why_field
from kvarter.places.geometry import LARGEST
from kvarter.places.models import Area, AreaShare, AreaVersion

EARLIEST = 1800  # areas are older than any agreement about them


class AreaForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new area, or another name or yardstick for one."""

    why = why_field()

    class Meta:
        model = Area
        fields = ("name", "name_en", "slug", "reference", "part_of", "without")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = Area.objects.filter(is_demonstration=self.instance.is_demonstration)
        for name in ("reference", "part_of", "without"):
            self.fields[name].queryset = alike  # type: ignore[attr-defined]
        self.fields["slug"].label = _("Adresse")
        self.fields["slug"].help_text = _("Små bogstaver, tal og bindestreg. Kan ikke ændres senere.")
        self.fields["reference"].help_text = _("Det område, tallene sammenlignes med.")
        self.fields["part_of"].help_text = _("Det større område, som dette ligger i.")
        self.fields["without"].help_text = _("Kun for “resten af”: det område, der er trukket fra.")
        if self.instance.pk:
            del self.fields["slug"]


class BoundaryForm(forms.Form):
    """A border from a file."""

    file = forms.FileField(
        label=_("Grænse som GeoJSON"),
        help_text=_("Ét område i længde- og breddegrad (WGS 84). Højst 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json"}),
    )
    valid_from = DayField(
        label=_("Gælder fra"),
        earliest=EARLIEST,
        help_text=_("Første dag i en udgave, der står i forvejen, eller en senere dag: så bliver det en ny udgave."),
    )
    source = forms.CharField(label=_("Kilde"), max_length=200, help_text=_("Hvem grænsen kommer fra, og hvornår."))
    source_en = forms.CharField(label=_("Kilde på engelsk"), max_length=200, required=False)
    why = why_field()

    def clean_file(self) -> bytes:
        """The file's bytes, one more than the largest at most."""
        content: bytes = self.cleaned_data["file"].read(LARGEST + 1)
        return content


class VersionForm(forms.Form):
    """What an area is from a day on, and what producers of figures call it."""

    valid_from = DayField(label=_("Gælder fra"), earliest=EARLIEST)
    valid_until = DayField(
        label=_("Gælder til"), earliest=EARLIEST, required=False, help_text=_("Første dag, den ikke gælder mere.")
    )
    source = forms.CharField(label=_("Kilde"), max_length=200)
    codes = forms.CharField(
        label=_("Koder"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "En på hver linje: kodeliste og kode, fx “valgsted 159004”, “kommune 159” eller “afdeling AAB 52”."
        ),
    )
    why = why_field()

    def clean_codes(self) -> list[tuple[str, str]]:
        """The codes as pairs of scheme and code."""
        pairs = [line.strip().partition(" ") for line in self.cleaned_data["codes"].splitlines() if line.strip()]
        if any(not code.strip() for _scheme, _space, code in pairs):
            raise forms.ValidationError(_("Skriv både kodeliste og kode på hver linje."))
        return [(scheme, code.strip()) for scheme, _space, code in pairs]


class MapForm(forms.Form):
    """The day a map shows."""

    dag = DayField(label=_("Dag"), earliest=EARLIEST, help_text=_("Kortet viser de grænser, der gjaldt den dag."))


YEAR_OR_DAY = _("Et år eller en dag, fx 2005 eller 2010-01-01. Tomt, hvis det ikke er oplyst.")


class ShareForm(forms.Form):
    """How much of a reported unit an area is."""

    part = forms.ModelChoiceField(label=_("Udgave af området"), queryset=AreaVersion.objects.none())
    whole = forms.ModelChoiceField(label=_("Enheden, tallene er for"), queryset=AreaVersion.objects.none())
    basis = forms.ChoiceField(label=_("Målt i"), choices=AreaShare.Basis.choices)
    of_part = forms.DecimalField(label=_("Områdets"), min_value=0, max_digits=14, decimal_places=2)
    of_whole = forms.DecimalField(label=_("Hele enhedens"), min_value=0, max_digits=14, decimal_places=2)
    part_on = forms.CharField(label=_("Områdets er talt"), required=False, max_length=10, help_text=YEAR_OR_DAY)
    whole_on = forms.CharField(label=_("Hele enhedens er talt"), required=False, max_length=10, help_text=YEAR_OR_DAY)
    source = forms.CharField(label=_("Kilde"), max_length=300)
    source_en = forms.CharField(label=_("Kilde på engelsk"), required=False, max_length=300)
    joins = forms.BooleanField(
        label=_("Tallene må forbindes"), required=False, help_text=_("Kun når de to er så godt som det samme område.")
    )
    why = why_field()

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = AreaVersion.objects.filter(area__is_demonstration=area.is_demonstration)
        versions = alike.select_related("area").order_by("area__name", "valid_from")
        self.fields["part"].queryset = versions.filter(area=area)  # type: ignore[attr-defined]
        self.fields["whole"].queryset = versions.exclude(area=area)  # type: ignore[attr-defined]
