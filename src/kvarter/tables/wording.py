"""What is wrong with a part of a file that a model reads, in our words: pydantic tells it in English alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def why_wrong(fault: Mapping[str, Any]) -> str:
    """Why a part cannot be used and what to write, a clause without full stop. fault: of ValidationError.errors()."""
    kind, context = str(fault["type"]), fault.get("ctx", {})
    if kind in {"value_error", "assertion_error"} and "error" in context:  # a check of our own, in our own words
        return str(context["error"]).rstrip(".")
    for kinds, told in _told().items():
        if kind.startswith(kinds):
            return told % {
                "said": str(fault.get("input", ""))[:60],
                "known": str(context.get("expected", "")).replace(" or ", ", "),
                "line": _line(context),
                "least": context.get("ge", context.get("gt", 0)),
                "most": context.get("le", context.get("lt", context.get("max_length", 0))),
            }
    return _("den har ikke den rigtige form")


def _told() -> dict[tuple[str, ...], str]:
    return {
        ("json_invalid",): _("teksten er ikke hel JSON. Se efter et tegn for meget eller for lidt ved linje %(line)s"),
        ("missing",): _("den mangler. Skriv den ind"),
        ("extra_forbidden",): _("den kender vi ikke. Slet den, eller ret dens navn"),
        ("enum", "literal_error"): _("“%(said)s” kan ikke stå her. Skriv en af: %(known)s"),
        ("greater_than",): _("tallet er for lille: mindst %(least)s"),
        ("less_than",): _("tallet er for stort: højst %(most)s"),
        ("int",): _("“%(said)s” er ikke et helt tal"),
        ("float", "finite_number", "decimal"): _("“%(said)s” er ikke et tal"),
        ("bool",): _("skriv true eller false"),
        ("date",): _("“%(said)s” er ikke en dag. Skriv den som 2026-12-31"),
        ("string_pattern_mismatch",): _("“%(said)s” har ikke den rigtige form"),
        ("string_too_long",): _("teksten er for lang: højst %(most)s tegn"),
        ("string_too_short", "too_short"): _("den er tom. Skriv mindst én ting"),
        ("list", "tuple"): _("skriv en liste i kantede parenteser"),
        ("string",): _("skriv en tekst i anførselstegn"),
    }


def _line(context: Mapping[str, Any]) -> str:
    found = re.search(r"line (\d+)", str(context.get("error", "")))
    return found[1] if found else "1"
