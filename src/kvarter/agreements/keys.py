"""Letters for addresses: Danish spelling-out of æ, ø and å."""

from django.utils.text import slugify

_PLAIN = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


def plain_letters(text: str) -> str:
    """The text with æ, ø and å written with letters every address can hold."""
    return text.translate(_PLAIN)


def fresh_key(words: str, taken: set[str]) -> str:
    """A key from a clause's first words that no clause has had."""
    stem = slugify(plain_letters(words))[:40].strip("-") or "punkt"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key
