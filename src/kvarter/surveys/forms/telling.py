"""What those who are asked are told: what is the same in every language, and four texts in each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.people.fields import why_field
from kvarter.surveys.models import Wave
from kvarter.surveys.telling import LABELS, NOBODY, TEXTS, contact_in, standard, told_in

HELP = {
    "purpose": _("Én eller to sætninger. Står i brevet."),
    "legal_basis": _("Vis det til jeres databeskyttelsesrådgiver. Står i brevet."),
    "retention": _("Én sætning. Står i brevet."),
    "source": _("Fx folkeregistret eller boligorganisationens liste. Står i brevet."),
}
LONGEST = 300  # so that a letter keeps to its sheet


def _text(name: str, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=LABELS[name],
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=HELP[name],
    )


class TellingForm(forms.Form):
    """In Danish, with names and addresses that are the same in every language."""

    contact = forms.CharField(
        label=LABELS["contact"],
        max_length=200,
        help_text=_("Telefon og e-mail. Hertil ringer den, der vil svare på papir eller have hjælp."),
    )
    officer = forms.CharField(
        label=LABELS["officer"],
        max_length=200,
        help_text=_("Telefon eller e-mail, så folk kan spørge om deres rettigheder."),
    )
    processors = forms.CharField(
        label=LABELS["processors"],
        max_length=300,
        help_text=_(
            "Firmaer, der fx driver serveren, trykker breve eller sender Digital Post. Er der ingen, så skriv "
            "“%(nobody)s”."
        )
        % {"nobody": NOBODY},
    )

    def __init__(self, data: Any, *, wave: Wave) -> None:
        names = ("contact", "officer", "processors", *TEXTS)
        super().__init__(data, initial={name: getattr(wave, name) for name in names})
        self.fields |= {name: _text(name, required=True) for name in TEXTS} | {"why": why_field()}


class TranslationForm(forms.Form):
    """The four texts in another language. What is left empty is the usual, where the Danish is."""

    def __init__(self, data: Any, *, wave: Wave, language: str) -> None:
        initial = {name: told_in(wave, name, language) for name in TEXTS} | {"contact": contact_in(wave, language)}
        super().__init__(data, initial=initial, prefix=language)
        self.language = language
        self.fields["contact"] = forms.CharField(
            label=LABELS["contact"],
            required=False,
            max_length=200,
            help_text=_("Kun hvis der står danske ord, som “telefon”."),
        )
        for name in TEXTS:
            self.fields[name] = _text(name, required=False)
            self.fields[name].widget.attrs |= {"lang": language, "dir": "auto"}

    def own(self) -> dict[str, str]:
        """The texts that are the wave's own: the usual ones are kept nowhere, and go where the Danish is another."""
        usual = {name: standard(name, self.language) for name in TEXTS}
        given = {name: self.cleaned_data[name].strip() for name in (*TEXTS, "contact")}
        return {name: text for name, text in given.items() if text and text != usual.get(name)}
