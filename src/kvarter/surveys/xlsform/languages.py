"""Languages as the headings of a form name them: “Dansk (da)”, “English (en)”, or the name alone."""

from __future__ import annotations

import re
from functools import cache

from django.conf.locale import LANG_INFO
from pyxform.validators.pyxform.iana_subtags.validation import get_languages_with_bad_tags

_WITH_CODE = re.compile(r".*\(([A-Za-z]{2,3})\)")


def code_of(named: str) -> str | None:
    """The code (ISO 639) of a language by its name, its code or both; None for one that is not known."""
    with_code = _WITH_CODE.fullmatch(named.strip())
    said = (with_code[1] if with_code else named.strip()).lower()
    if re.fullmatch(r"[a-z]{2,3}", said):
        return None if get_languages_with_bad_tags([f"- ({said})"]) else said
    return _by_name().get(said)


def heading_of(code: str) -> str:
    """How a heading names a language: “Dansk (da)”."""
    name = LANG_INFO.get(code, {}).get("name_local", code)
    return f"{name[:1].upper()}{name[1:]} ({code})"


@cache
def _by_name() -> dict[str, str]:
    """Codes by the names of languages, in English and in their own."""
    return {
        info[kind].lower(): code
        for code, info in LANG_INFO.items()
        if "name" in info and "-" not in code
        for kind in ("name", "name_local")
    }
