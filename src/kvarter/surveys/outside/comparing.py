"""Whether a file of answers can be compared with the wave nearest to it at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kvarter.surveys.breaking import breaks_between
from kvarter.surveys.outside.findings import Odd, Weight
from kvarter.surveys.questionnaire import Questionnaire

FEW, FAR_APART, LONGER = 1 / 3, 0.2, 2.0
MOST_BREAKS = 12


@dataclass(frozen=True)
class Round:
    """A wave as far as two are compared: its questionnaires by "adults" and "youth", days, areas and modes."""

    name: str
    reference_on: date
    opens: date
    closes: date
    area: str
    reference: str
    forms: Mapping[str, Questionnaire]
    modes: Mapping[str, int]

    @property
    def answers(self) -> int:
        """How many answered."""
        return sum(self.modes.values())


def odd_beside(own: Round, other: Round) -> Iterator[Odd]:
    """What keeps a wave from being compared with another, or asks for care. Nothing here stops a file."""
    before, after = (other, own) if other.reference_on < own.reference_on else (own, other)
    for of in ("adults", "youth"):
        if of in before.forms and of in after.forms:
            yield from _odd_form(before.forms[of], after.forms[of], other)
    yield from _odd_size(own, other)
    yield from _odd_period(own, other)
    yield from _odd_modes(own, other)
    if (own.area, own.reference) != (other.area, other.reference):
        told = _("“%(name)s” var om andre områder (%(areas)s), så ændringer kan ikke bedømmes.")
        areas = ", ".join(filter(None, (other.area, other.reference)))
        yield Odd("other-areas", Weight.NOTE, told % {"name": other.name, "areas": areas})


def _odd_form(before: Questionnaire, after: Questionnaire, other: Round) -> Iterator[Odd]:
    told = {item.key for item in before.items if item.told}
    if not told & {item.key for item in after.items if item.told}:
        words = _("Intet spørgsmål er det samme som i “%(name)s”. Intet kan sammenlignes.") % {"name": other.name}
        yield Odd("nothing-alike", Weight.NOTE, words)
    what = {
        "words": _("andre ord"),
        "choices": _("andre svar eller en anden skala"),
        "kind": _("svares på en anden måde"),
    }
    broken = [one for one in breaks_between(before, after) if one.what in what]
    for one in broken[:MOST_BREAKS]:
        words = _("“%(item)s”: %(what)s end i “%(name)s”. Tallene er ikke én serie.")
        yield Odd("changed-item", Weight.NOTE, words % {"item": one.item, "what": what[one.what], "name": other.name})
    if len(broken) > MOST_BREAKS:
        words = _("%(n)s spørgsmål til er stillet på en anden måde end i “%(name)s”.")
        yield Odd("changed-item", Weight.NOTE, words % {"n": len(broken) - MOST_BREAKS, "name": other.name})


def _odd_size(own: Round, other: Round) -> Iterator[Odd]:
    if (other.answers and own.answers <= FEW * other.answers) or (own.answers and other.answers <= FEW * own.answers):
        told = _(
            "%(own)s svar mod %(other)s i “%(name)s”. Så forskellig en størrelse tyder på, at ikke de samme er spurgt."
        )
        yield Odd("wave-size", Weight.NOTE, told % {"own": own.answers, "other": other.answers, "name": other.name})


def _odd_period(own: Round, other: Round) -> Iterator[Odd]:
    lengths = [(one.closes - one.opens).days + 1 for one in (own, other)]
    if max(lengths) > LONGER * min(lengths):
        told = _("Der kunne svares i %(own)s dage mod %(other)s i “%(name)s”.")
        yield Odd("field-period", Weight.NOTE, told % {"own": lengths[0], "other": lengths[1], "name": other.name})
    if not _months(own) & _months(other):
        told = _("Der er spurgt på en anden tid af året end i “%(name)s”.") % {"name": other.name}
        yield Odd("other-season", Weight.NOTE, told)


def _months(one: Round) -> set[int]:
    count = (one.closes.year - one.opens.year) * 12 + one.closes.month - one.opens.month
    return {(one.opens.month - 1 + step) % 12 for step in range(min(count, 11) + 1)}


def _odd_modes(own: Round, other: Round) -> Iterator[Odd]:
    shares = [_shares(one.modes) for one in (own, other)]
    if "imported" in shares[0]:
        yield Odd("mode-untold", Weight.NOTE, _("Det er ikke sagt, hvordan der er svaret (på nettet, på papir …)."))
    if all(shares) and not any("imported" in one for one in shares):
        apart = max(abs(shares[0].get(mode, 0.0) - shares[1].get(mode, 0.0)) for mode in {*shares[0], *shares[1]})
        if apart > FAR_APART:
            told = _("Der er svaret på andre måder end i “%(name)s”, og det kan flytte svarene.") % {"name": other.name}
            yield Odd("other-modes", Weight.NOTE, told)


def _shares(modes: Mapping[str, int]) -> dict[str, float]:
    every = sum(modes.values())
    return {mode: n / every for mode, n in Counter(modes).items() if n} if every else {}
