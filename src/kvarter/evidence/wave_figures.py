"""The figures of a weighted wave, judged together with the waves before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.effect.changes import Aim as WantedAim
from kvarter.effect.counts import Direction
from kvarter.effect.errors import EffectError
from kvarter.evidence.disclosing import Limits
from kvarter.evidence.estimating import Answered, Estimate, Judged, estimates, judged
from kvarter.evidence.models import Aim
from kvarter.journal.actions import ActionError
from kvarter.surveys.actions.waves import State, WrongStep
from kvarter.surveys.breaking import breaks_between
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answers import figures_of
from kvarter.surveys.questionnaire import Item, Questionnaire
from kvarter.surveys.theme_scales import scale_items, scale_key, theme_items

BROKEN = frozenset({"words", "choices", "kind"})


class CannotEstimate(ActionError):
    """The wave's answers cannot become figures: a theme or an area's version is missing, or nobody may be shown."""


@dataclass(frozen=True)
class WaveFigures:
    """All that a wave gives: its estimates, what is judged over all waves, and the items they are of."""

    estimates: tuple[Estimate, ...]
    judged: tuple[Judged, ...]
    items: Mapping[str, tuple[Questionnaire, Item]]
    broken: Mapping[str, date]

    @property
    def digest(self) -> str:
        """SHA-256 of the figures: the same answers with the same weights give the same."""
        told = [[asdict(one) for one in some] for some in (self.estimates, self.judged)]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def estimate_wave(wave: Wave) -> WaveFigures:
    """The figures of a weighted wave, judged together with every weighted wave before it. Raises CannotEstimate."""
    waves = weighted_until(wave)
    items: dict[str, tuple[Questionnaire, Item]] = {}
    made: list[Estimate] = []
    verdicts: list[Judged] = []
    broken: dict[str, date] = {}
    for youth in (False, True):
        pairs = [(each.pk, one) for each in waves if (one := _answered(each, youth)) is not None]
        own = [one for _pk, one in pairs]
        if not pairs or pairs[-1][0] != wave.pk:
            continue
        version = wave.youth if youth else wave.questionnaire
        assert version, "a wave with answers to a questionnaire has it"
        asked = version.questionnaire
        items |= {item.key: (asked, item) for item in told_items(asked)}
        ended = broken_since(waves, youth)
        broken |= ended
        aims = _aims(wave.partnership, list(items))
        reference = wave.reference.slug if wave.reference else None
        try:
            made += estimates(own[-1], minimum=Limits().base)
            verdicts += judged(own, area=wave.area.slug, reference=reference, aims=aims, broken=ended)
        except EffectError as error:
            raise CannotEstimate(_("Tallene kan ikke laves: %(why)s") % {"why": error}) from error
    return WaveFigures(tuple(made), tuple(verdicts), items, broken)


def weighted_until(wave: Wave) -> list[Wave]:
    """This wave and the weighted ones before it, oldest first. Raises WrongStep.

    Of two of one day, as could once be planned, the one made last: no change can be told from both.
    """
    rows = (
        Wave.objects.filter(Q(reference_on__lt=wave.reference_on) | Q(pk=wave.pk))
        .filter(partnership=wave.partnership, area=wave.area, state__in=[State.WEIGHTED, State.PUBLISHED])
        .select_related("partnership", "questionnaire", "youth", "area", "reference")
        .order_by("reference_on", "pk")
    )
    found = list({one.reference_on: one for one in rows}.values())
    if wave.pk not in {one.pk for one in found}:
        raise WrongStep(_("Undersøgelsen er ikke vægtet. Vægt svarene først."))
    return found


def _answered(wave: Wave, youth: bool) -> Answered | None:
    version = wave.youth if youth else wave.questionnaire
    if version is None:
        return None
    asked = version.questionnaire
    table = figures_of(wave, asked, version.digest)
    if table.is_empty():
        return None
    told = [item for item in told_items(asked) if table[item.key].null_count() < table.height]
    shares = tuple(item.key for item in told if is_share(item))
    means = tuple(item.key for item in told if not is_share(item))
    return Answered(wave.reference_on, table, shares, means, _taken_together(asked))


def _taken_together(asked: Questionnaire) -> dict[str, tuple[str, ...]]:
    """The shares that each theme's figure takes together."""
    return {scale_key(theme, asked): tuple(item.key for item in items) for theme, items in theme_items(asked).items()}


def told_items(asked: Questionnaire) -> list[Item]:
    """What becomes figures: each theme's questions taken together, then question by question."""
    return [*scale_items(asked).values(), *(item for item in asked.items if item.told)]


def is_share(item: Item) -> bool:
    """Whether an item's figure is the share who gave certain answers, and not a mean."""
    return bool(item.told and item.told.choices)


def broken_since(waves: Sequence[Wave], youth: bool) -> dict[str, date]:
    """The day from which each item that was asked otherwise before is what it is now. waves: oldest first.

    An item is held to the last wave that had it, and a theme's figure to the last that had the theme.
    """
    versions = [(one.youth if youth else one.questionnaire, one.reference_on) for one in waves]
    found: dict[str, date] = {}
    earlier: list[Questionnaire] = []
    for asked, day in ((version.questionnaire, day) for version, day in versions if version):
        sought = _series(asked)
        for before in reversed(earlier):
            found |= dict.fromkeys(sought & _changed(before, asked), day)
            sought -= _series(before)
        earlier.append(asked)
    return found


def _series(asked: Questionnaire) -> set[str]:
    return {item.key for item in asked.items} | scale_items(asked).keys()


def _changed(before: Questionnaire, after: Questionnaire) -> set[str]:
    """The items that are asked otherwise, and the themes' figures that are made of other questions, or of such."""
    changed = {one.item for one in breaks_between(before, after) if one.what in BROKEN}
    old, new = theme_items(before), theme_items(after)
    return changed | {
        scale_key(theme, after)
        for theme in old.keys() & new.keys()
        if old[theme] != new[theme] or changed & {item.key for item in new[theme]}
    }


def _aims(partnership: Partnership, items: Sequence[str]) -> dict[str, WantedAim]:
    """What was decided of each item's indicator; an item of which nothing is decided has none."""
    rows = Aim.objects.filter(indicator__partnership=partnership, indicator__slug__in=items).order_by("decided_on")
    return {
        slug: WantedAim(Direction(direction), margin)
        for slug, direction, margin in rows.values_list("indicator__slug", "direction", "margin")
    }
