"""Whose answer is keyed in, and how it came."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.surveys.answers.models import Response

BY_STAFF = (Response.Mode.PAPER, Response.Mode.PHONE, Response.Mode.HELPER)


class KeyingForm(forms.Form):
    """The code that is printed on the paper or the letter, and how the answer came."""

    code = forms.CharField(
        label=_("Koden"),
        help_text=_("18 tegn, som de står på papiret eller i brevet."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "input-width-m"}),
    )
    mode = forms.ChoiceField(
        label=_("Hvordan kom svaret?"),
        widget=forms.RadioSelect,
        choices=[(mode.value, mode.label) for mode in BY_STAFF],
    )
