"""What is said wherever something that is made up for a demonstration is shown, leaves in a file, or is sent."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.models import Partnership


def mark_of(partnership: Partnership) -> str:
    """The word for what is made up, for a title or a line; nothing for what is real."""
    return mark() if partnership.is_demonstration else ""


def mark() -> str:
    """The word for what is made up."""
    return _("OPDIGTET")


def told_of(partnership: Partnership) -> str:
    """That all of it is made up, in a sentence; nothing for what is real."""
    return told() if partnership.is_demonstration else ""


def told() -> str:
    """That all of it is made up."""
    return _("Alt her er opdigtet til en demonstration. Det handler ikke om nogen.")


def marked_texts(partnership: Partnership, texts: Mapping[str, str]) -> dict[str, str]:
    """A text in several languages, each with the word before it: in English where we have none in the language."""
    found = {}
    for language, text in texts.items():
        with override(language if language in ("da", "en") else "en"):
            found[language] = marked(partnership, text)
    return found


def marked(partnership: Partnership, text: str) -> str:
    """A title or line with the word before it, where it is of something made up."""
    return f"{mark()}: {text}" if partnership.is_demonstration else text
