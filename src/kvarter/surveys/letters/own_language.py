"""A line in a letter for whoever reads neither Danish nor English: that their own language will do, and where.

For the languages that answering speaks: what is promised is then met by every button.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.surveys.speaking import INTERFACES, NAMES_OF_LANGUAGES

OF_THE_LETTER = ("da", "en")


def own_lines(languages: Iterable[str], site: str) -> tuple[tuple[str, str], ...]:
    """The line in each of the languages that can be answered in and the letter is not in: (language, line)."""
    return tuple((one, _line(one, site)) for one in languages if one in INTERFACES and one not in OF_THE_LETTER)


def _line(language: str, site: str) -> str:
    with override(language):
        told = {"site": site, "language": NAMES_OF_LANGUAGES[language]}
        return _("Du kan svare på dit eget sprog: skriv koden på %(site)s, og vælg %(language)s.") % told
