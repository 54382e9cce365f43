"""The form to send answers that were collected elsewhere."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.people.fields import why_field
from kvarter.surveys.outside.mapping import LONGEST


class AnswersForm(forms.Form):
    """A file of answers, what its columns are, and the form that was asked where it is not stored yet."""

    file = forms.FileField(label=_("Fil med svar"), help_text=_("CSV, .xlsx, .ods, .sav eller .dta, højst 50 MB."))
    mapping = forms.CharField(
        label=_("Opskrift"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 24, "class": "kv-code", "spellcheck": "false"}),
        help_text=_("Hvad hver kolonne er. Lad feltet stå tomt, så kommer der et forslag, du kan rette."),
    )
    form = forms.FileField(
        label=_("Spørgeskemaet"),
        required=False,
        help_text=_("Kun når opskriften nævner en fil (XLSForm), og skemaet ikke er lagt ind før."),
    )
    why = why_field()
