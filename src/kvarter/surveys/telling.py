"""What a wave tells those it asks, by the law: in every language that it is asked in.

Articles 13 and 14 of the General Data Protection Regulation say what. Much of it is the same for every wave and stands
on the page; a wave gives the rest. Four of its texts come with words that fit most, in the languages that answering
speaks; a wave that says it otherwise in Danish must say it otherwise in the others too.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kvarter.surveys.models import Wave
from kvarter.surveys.speaking import INTERFACES, NAMES_OF_LANGUAGES

STANDARD = {
    "purpose": gettext_lazy(
        "Vi laver statistik om, hvordan det er at bo i området. Så kan alle se, om det går, som det er aftalt."
    ),
    "legal_basis": gettext_lazy(
        "Vi løser en opgave for fællesskabet (databeskyttelsesforordningen, artikel 6, stk. 1, litra e). Svar om "
        "helbred må bruges til statistik (artikel 9, stk. 2, litra j, og databeskyttelsesloven § 10)."
    ),
    "retention": gettext_lazy(
        "Svarene gemmes uden navn og uden vej til en person, så man kan følge, hvordan det går over årene."
    ),
    "source": gettext_lazy("Vi har dit navn og din adresse fra folkeregistret (CPR)."),
}
TEXTS = tuple(STANDARD)
NOBODY = "ingen"


def standard(name: str, language: str = "da") -> str:
    """The words that come with Kvarter; "" in a language that answering does not speak."""
    if language not in INTERFACES:
        return ""
    with override(language):
        return str(STANDARD[name])


def told_in(wave: Wave, name: str, language: str) -> str:
    """A text of the wave in a language; "" where it is not there."""
    danish: str = getattr(wave, name)
    if language == "da":
        return danish
    own: str = wave.told.get(language, {}).get(name, "")
    return own or (standard(name, language) if danish == standard(name) else "")


def contact_in(wave: Wave, language: str) -> str:
    """Whom to ask, where the wave says it otherwise in a language; numbers and addresses are mostly the same in all."""
    own: str = wave.told.get(language, {}).get("contact", "")
    return wave.contact if language == "da" else own


def texts_of(wave: Wave, language: str) -> dict[str, dict[str, str]]:
    """The four texts and the contact in a language, and in Danish beside it: {name: {language: text}}."""
    both = ("da", language)
    found = {name: {code: told_in(wave, name, code) for code in both} for name in TEXTS}
    found["contact"] = {code: contact_in(wave, code) for code in both}
    return {name: {code: text for code, text in texts.items() if text} for name, texts in found.items()}


def languages_of(wave: Wave) -> list[str]:
    """The languages that the wave is asked in, Danish first."""
    asked = [form.questionnaire.languages for form in (wave.questionnaire, wave.youth) if form]
    return ["da", *dict.fromkeys(code for codes in asked for code in codes if code != "da")]


def lacking(wave: Wave) -> Iterator[str]:
    """What the wave must still tell before anybody is asked."""
    for name in ("controller", "contact", "officer", "processors"):
        if not getattr(wave, name).strip():
            yield _("“%(what)s” er ikke udfyldt.") % {"what": label_of(name)}
    for language in languages_of(wave):
        for name in TEXTS:
            if not told_in(wave, name, language).strip():
                yield _("“%(what)s” mangler på sproget %(language)s.") % {
                    "what": label_of(name),
                    "language": NAMES_OF_LANGUAGES.get(language, language),
                }


def label_of(name: str) -> str:
    """What a field of the wave is called on a page."""
    return str(LABELS[name])


LABELS = {
    "controller": gettext_lazy("Dataansvarlig"),
    "contact": gettext_lazy("Kontakt"),
    "officer": gettext_lazy("Databeskyttelsesrådgiver"),
    "processors": gettext_lazy("De, der arbejder for jer med oplysningerne"),
    "purpose": gettext_lazy("Formål"),
    "legal_basis": gettext_lazy("Hjemmel"),
    "retention": gettext_lazy("Hvor længe svarene gemmes"),
    "source": gettext_lazy("Hvor navne og adresser kommer fra"),
}
