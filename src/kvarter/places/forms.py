"""Forms for areas and boundaries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.people.fields import DayField, why_field
from kvarter.places.geometry import LARGEST
from kvarter.places.models import Area


class AreaForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new area, or another name or yardstick for one."""

    why = why_field()

    class Meta:
        model = Area
        fields = ("name", "name_en", "slug", "reference", "part_of", "without")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
    valid_from = DayField(label=_("Gælder fra"))
    source = forms.CharField(label=_("Kilde"), max_length=200, help_text=_("Hvem grænsen kommer fra, og hvornår."))
    why = why_field()

    def clean_file(self) -> bytes:
        """The file's bytes, one more than the largest at most."""
        content: bytes = self.cleaned_data["file"].read(LARGEST + 1)
        return content
