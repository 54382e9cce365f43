"""Figures that stand already: those of the same file are left alone, and others become another by a correction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kvarter.agreements.models import Partnership
from kvarter.evidence.documents import in_effect, read_document
from kvarter.evidence.figures import figure_key
from kvarter.evidence.models import Observation, Register
from kvarter.evidence.recipes import Made


@dataclass(frozen=True)
class Replaced:
    """A figure to come, and the one it would stand instead of. published: whether that one holds on the pages."""

    figure: Made
    before: Observation
    published: bool


@dataclass(frozen=True)
class Before:
    """What the very same file gave before. standing: the figures to come that stand in it already, as they are."""

    register: Register
    standing: tuple[Made, ...]


def before_of(partnership: Partnership, digest: str, figures: Sequence[Made]) -> Before | None:
    """What a file gave when it was taken in before, if it was (one SQL query, and one more if so)."""
    register = partnership.registers.filter(digest=digest).select_related("source").first()
    if register is None:
        return None
    known = {
        (row.indicator.slug, row.version_id, row.first): row
        for row in register.observations.filter(cut="").select_related("indicator")
    }
    pairs = [(one, known.get((one.indicator, one.version.pk, one.period.first))) for one in figures]
    return Before(register, tuple(one for one, row in pairs if row is not None and not _differ(row, one)))


def replaced_by(partnership: Partnership, figures: Sequence[Made]) -> tuple[Replaced, ...]:
    """Those figures that stand already with another number (one SQL query, and one more where there are any)."""
    rows = Observation.objects.filter(
        register__partnership=partnership, cut="", indicator__slug__in={figure.indicator for figure in figures}
    )
    newest = {
        (row.indicator.slug, row.version_id, row.first): row
        for row in rows.select_related("indicator", "register").order_by("register__taken_in", "register_id")
    }
    pairs = [(one, newest.get((one.indicator, one.version.pk, one.period.first))) for one in figures]
    changed = [(one, before) for one, before in pairs if before is not None and _differ(before, one)]
    if not changed:
        return ()
    texts = partnership.publications.order_by("number").values_list("document", flat=True)
    published = {
        figure.key
        for document in in_effect([read_document(text) for text in texts])
        for figure in document.figures("da")
    }
    return tuple(
        Replaced(one, before, figure_key(one.indicator, one.version.key, one.period.first.isoformat()) in published)
        for one, before in changed
    )


def _differ(before: Observation, now: Made) -> bool:
    """Whether they are two numbers; the same sums in another order are one."""
    numbers = ((getattr(before, name), getattr(now, name)) for name in ("value", "numerator", "denominator"))
    return any(not _same(*pair) for pair in numbers)


def _same(a: float | None, b: float | None) -> bool:
    return a == b if a is None or b is None else math.isclose(a, b, rel_tol=1e-12)
