"""Form fields that every room shares: a day, and the reason for what one does."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _


class DayInput(forms.DateInput):
    """The browser's own date field; the value travels as yyyy-mm-dd in every language."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **options)


class DayField(forms.DateField):
    """A day. Accepts what a browser's date field sends, and day-month-year as Danes write it."""

    widget = DayInput

    def __init__(self, *, earliest: int = 1990, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y"], **options)
        within = _("Er året rigtigt? Skriv en dag mellem %(earliest)s og 2100.") % {"earliest": earliest}
        first, last = date(earliest, 1, 1), date(2100, 12, 31)
        self.validators += [MinValueValidator(first, within), MaxValueValidator(last, within)]


def why_field(*, required: bool = False) -> forms.CharField:
    """The reason, which stands in the journal."""
    return forms.CharField(
        label=_("Hvorfor"),
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Står i journalen."),
    )
