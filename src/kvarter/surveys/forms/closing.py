"""Forms for what comes after the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.people.fields import why_field
from kvarter.surveys.weights import Method

USUAL_BOUNDS = (0.3, 4.0)


class CloseForm(forms.Form):
    """That the field ends for ever: said outright, since nothing of it can be undone."""

    sure = forms.BooleanField(
        label=_("Jeg ved, at koderne bliver ødelagt, og at ingen kan svare mere"),
        error_messages={"required": _("Sæt kryds, hvis undersøgelsen skal lukkes. Det kan ikke fortrydes.")},
    )
    why = why_field()


class CallOffForm(forms.Form):
    """That a wave is given up for ever, and why: people were asked, and are owed a reason."""

    sure = forms.BooleanField(
        label=_("Jeg ved, at svarene går tabt, og at det ikke kan fortrydes"),
        error_messages={"required": _("Sæt kryds, hvis undersøgelsen skal aflyses. Det kan ikke fortrydes.")},
    )
    why = why_field(required=True)


class WeightForm(forms.Form):
    """How the answers are weighted."""

    bounded = forms.BooleanField(
        label=_("Hold vægtene inden for grænser"),
        required=False,
        help_text=_("Så bliver ingen vægt meget større eller mindre end den, udtrækket gav."),
    )
    low = forms.FloatField(label=_("Mindste faktor"), min_value=0.01, max_value=0.99, required=False)
    high = forms.FloatField(label=_("Største faktor"), min_value=1.01, max_value=100, required=False)
    trim = forms.FloatField(
        label=_("Skær vægte over så mange gange den midterste"),
        min_value=1.5,
        max_value=100,
        required=False,
        help_text=_("Tomt: ingen skæres. Skårne vægte passer ikke helt med listen mere; det står ved tallene."),
    )

    @staticmethod
    def told(method: Method) -> dict[str, Any]:
        """A way as the form has it."""
        low, high = method.bounds or USUAL_BOUNDS
        return {"bounded": method.bounds is not None, "low": low, "high": high, "trim": method.trim}

    def method(self) -> Method:
        """What was chosen."""
        data = self.cleaned_data
        usual_low, usual_high = USUAL_BOUNDS
        bounds = (data["low"] or usual_low, data["high"] or usual_high) if data["bounded"] else None
        return Method(bounds=bounds, trim=data["trim"])
