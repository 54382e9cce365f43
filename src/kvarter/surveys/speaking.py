"""Which language a page of answering speaks, and where one asks for it.

Buttons, faults and explanations are there in Danish, English and Arabic. The site around is in the first two, with
addresses of their own; Arabic has none: it is asked for (`?sprog=ar`), or known of whoever sits at the questions.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, override

INTERFACES = ("da", "en", "ar")
ASKED_FOR = "sprog"
NAMES_OF_LANGUAGES = {
    "ar": "العربية",
    "bs": "Bosanski",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "fa": "فارسی",
    "fr": "Français",
    "ku": "کوردی",
    "pl": "Polski",
    "ps": "پښتو",
    "ro": "Română",
    "so": "Soomaali",
    "sr": "Srpski",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
}


def interface_in(language: str) -> str:
    """The language itself where buttons are there in it; else that of the address."""
    return language if language in INTERFACES else get_language() or "da"


def asking_for(language: str) -> str:
    """What an address ends with to speak a language that has no addresses of its own."""
    return "" if language in dict(settings.LANGUAGES) else f"?{ASKED_FOR}={language}"


def address_in(language: str, name: str, *args: object) -> str:
    """The address of a page in a language."""
    with override(language):
        return reverse(name, args=args) + asking_for(language)
