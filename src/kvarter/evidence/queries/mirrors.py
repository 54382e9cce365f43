"""Whether the area reflects the society around it: wholes parted into categories, held up against what lies around.

Figures are those published; what lies around is the area it lies in, less the place itself. Distances, intervals and
states are `effect.mirror`'s. No state is told where no margin is agreed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from math import isfinite

from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter import effect
from kvarter.effect.mirroring import Composition, Mirror, Ratio, hellinger_margin
from kvarter.evidence.figures import Counted, Figure, Place
from kvarter.evidence.importers.extract import Status
from kvarter.evidence.queries.pages import age_text, share_text
from kvarter.evidence.queries.published import Published, ShareOfUnit, Whole
from kvarter.evidence.showing import Shown, counted_word, number_text, period_text, show


@dataclass(frozen=True)
class CategoryRow:
    """A category: the place's figure, that of what lies around, and how many times as large with its interval."""

    name: str
    own: Shown
    around: Shown
    ratio: str
    interval: str


@dataclass(frozen=True)
class Mirrored:
    """A whole of a place beside the same of what lies around.

    state: mirrors, differs or cannot tell; "" without a margin. verdict: the state in words. distance: how many would
    have to be otherwise. said: what it rests on. base: how many are counted here and around. unit: that the place is a
    larger unit, and how much of it the area is. rows are empty where the place's figures are hidden.
    """

    slug: str
    name: str
    key: str
    place: str
    around: str
    when: str
    state: str
    verdict: str
    distance: str
    said: tuple[str, ...]
    technical: str
    rows: tuple[CategoryRow, ...]
    base: str
    unit: str
    source: str
    attribution: str
    attribution_lang: str
    source_lang: str
    mark: str


@dataclass(frozen=True)
class Group:
    """All wholes of one place, what they say together, and how old they are where they are old."""

    place: Place
    note: ShareOfUnit | None
    mirrors: tuple[Mirrored, ...]
    verdict: str
    age: str


@dataclass(frozen=True)
class _Pair:
    """The categories of a whole at one time: of a place, and of what lies around it."""

    whole: Whole
    own: tuple[Figure, ...]
    around: tuple[Figure, ...]

    @property
    def is_known(self) -> bool:
        return all(figure.numerator is not None for figure in (*self.own, *self.around))

    def counts(self, figures: tuple[Figure, ...]) -> tuple[float, ...]:
        return tuple(figure.numerator or 0.0 for figure in figures)


@dataclass(frozen=True)
class Reflection:
    """A whole of a place held up against what lies around, in numbers; those that the page's words are made of.

    categories: each with its name, and how many times as large a share it is, with its interval.
    """

    whole: Whole
    own: Figure
    around: Figure
    mirror: Mirror
    effective: float
    categories: tuple[tuple[str, Ratio], ...]


def reflections(published: Published, margin: float | None) -> list[Reflection]:
    """Every whole that a page of reflection tells of, but those that are hidden; margin as in `mirror_groups`."""
    found = []
    for whole in published.compositions:
        for pair in _pairs(whole):
            if pair.is_known:
                mirror, ratios, effective = _measured(pair, margin)
                named = tuple(zip(_names(whole), ratios, strict=True))
                found.append(Reflection(whole, pair.own[0], pair.around[0], mirror, effective, named))
    return found


def mirror_groups(published: Published, margin: float | None) -> list[Group]:
    """The area itself first, then units that hold it. margin: the share who may be otherwise, as agreed; None: none."""
    today = timezone.localdate()
    return published.kept(("mirrors", margin, today), lambda: _groups(published, margin, today))


def _groups(published: Published, margin: float | None, today: date) -> list[Group]:
    found: dict[str, list[_Pair]] = {}
    notes: dict[str, ShareOfUnit] = {}
    for whole in published.compositions:
        notes |= {share.whole_key: share for told in whole.categories for share in told.shares}
        for pair in _pairs(whole):
            found.setdefault(pair.own[0].place.key, []).append(pair)
    groups = [_group(pairs, notes.get(key), margin, today) for key, pairs in found.items()]
    return sorted(groups, key=lambda group: not group.place.is_area)


def _pairs(whole: Whole) -> list[_Pair]:
    """The newest complete figures of the area itself, and of each unit that holds it."""
    first = whole.categories[0]
    units = {share.whole_key for share in first.shares}
    places = {f.place.area: f.place for f in first.figures if f.place.is_area or f.place.key in units}
    found = []
    for area in places:
        own = sorted((f for f in first.figures if f.place.area == area), key=lambda f: f.period.last, reverse=True)
        pairs = (_pair(whole, figure) for figure in own)
        found += [pair for pair in pairs if pair][:1]
    return found


def _pair(whole: Whole, like: Figure) -> _Pair | None:
    own, around = [], []
    for told in whole.categories:
        there = [figure for figure in told.figures if figure.period == like.period]
        mine = next((figure for figure in there if figure.place == like.place), None)
        outer = next((figure for figure in there if figure.place.area == like.place.part_of), None)
        if mine is None or outer is None:
            return None
        named = next((figure for figure in there if figure.place.is_reference and like.place.is_area), None)
        own.append(mine)
        around.append(named or _less(outer, mine))
    return _Pair(whole, tuple(own), tuple(around))


def _less(outer: Figure, mine: Figure) -> Figure:
    """The figure of an area without one that lies in it."""
    name = _("%(whole)s uden %(part)s") % {"whole": outer.place.name, "part": mine.place.name}
    place = replace(outer.place, key=f"{outer.place.key}-{mine.place.key}", name=name)
    numbers = (outer.numerator, outer.denominator, mine.numerator, mine.denominator)
    if any(number is None for number in numbers):
        return replace(outer, place=place, value=None, numerator=None, denominator=None, status=Status.SUPPRESSED)
    part, whole = (numbers[0] or 0) - (numbers[2] or 0), (numbers[1] or 0) - (numbers[3] or 0)
    return replace(
        outer, place=place, numerator=part, denominator=whole, value=effect.share(part, whole), processed=True
    )


@lru_cache(maxsize=512)
def _held_up(
    name: str, own: tuple[float, ...], around: tuple[float, ...], design_effect: float, margin: float
) -> tuple[Mirror, list[Ratio], float]:
    """The distance, the ratios, and how many on their own it is reckoned as; kept, for what is published stays."""
    one, other = (
        Composition.from_counts({str(at): count for at, count in enumerate(counts)}, design_effect)
        for counts in (own, around)
    )
    return effect.mirror(name, one, other, margin), effect.ratio_table(one, other), one.effective


def _measured(pair: _Pair, margin: float | None) -> tuple[Mirror, list[Ratio], float]:
    counts = (pair.counts(figures) for figures in (pair.own, pair.around))
    return _held_up(pair.whole.slug, *counts, pair.whole.design_effect, hellinger_margin(margin or 0.0))


def _group(pairs: list[_Pair], note: ShareOfUnit | None, margin: float | None, today: date) -> Group:
    newest = max((pair.own[0] for pair in pairs), key=lambda figure: figure.period.last)
    place = newest.place
    known = [pair for pair in pairs if pair.is_known]
    verdict = _together(known, margin) if known and margin is not None else ""
    return Group(
        place,
        None if place.is_area else note,
        tuple(_mirrored(pair, None if place.is_area else note, margin) for pair in pairs),
        verdict,
        age_text(newest, today),
    )


def _together(pairs: list[_Pair], margin: float) -> str:
    """All wholes at once: like what lies around only where each is."""
    mirrors = {pair.whole.slug: _measured(pair, margin)[0] for pair in pairs}
    names = {pair.whole.slug: pair.whole.name for pair in pairs}
    found = effect.over_all(list(mirrors.values()))
    if found.state == "mirrors":
        return _("Alt i alt: ligner omgivelserne, inden for det aftalte.")
    if found.state == "differs":
        where = ", ".join(names[slug] for slug in found.differing)
        return _("Alt i alt: adskiller sig fra omgivelserne. Det gælder: %(where)s.") % {"where": where}
    return _("Alt i alt: kan ikke afgøres.")


def _mirrored(pair: _Pair, note: ShareOfUnit | None, margin: float | None) -> Mirrored:
    own = show(pair.own[0])
    common = {
        "slug": pair.whole.slug,
        "name": pair.whole.name,
        "key": own.key,
        "place": own.place,
        "around": pair.around[0].place.name,
        "when": period_text(pair.own[0].period),
        "base": _base(pair),
        "unit": share_text(note) if note else "",
        "source": own.source,
        "attribution": own.attribution,
        "attribution_lang": own.attribution_lang,
        "source_lang": own.source_lang,
        "mark": own.mark,
    }
    if not pair.is_known:
        hidden = _("Tallene er skjult, for en gruppe er for lille til at blive vist.")
        return Mirrored(state="", verdict=hidden, distance="", said=(), technical="", rows=(), **common)
    found, ratios, effective = _measured(pair, margin)
    state = found.state if margin is not None else ""
    return Mirrored(
        state=state,
        verdict=_state_text(state),
        distance=percent(found.dissimilarity.value),
        said=tuple(_said(pair, found)),
        technical=_technical(found, effective),
        rows=tuple(map(_row, _names(pair.whole), pair.own, pair.around, ratios)),
        **common,
    )


def _base(pair: _Pair) -> str:
    """How many are counted in the place, and how many around it."""
    own, around = (number_text(figures[0].denominator or 0) for figures in (pair.own, pair.around))
    facts = {"own": own, "around": around, "unit": counted_word(pair.whole.counted)}
    return _("%(own)s %(unit)s holdt op mod %(around)s") % facts if pair.is_known else ""


def _state_text(state: str) -> str:
    return {
        "mirrors": _("Ligner omgivelserne, inden for det aftalte"),
        "differs": _("Adskiller sig fra omgivelserne"),
        "cannot tell": _("Kan ikke afgøres"),
    }.get(state, "")


def _said(pair: _Pair, found: Mirror) -> list[str]:
    unit = {"people": _("beboerne"), "households": _("husstandene"), "dwellings": _("boligerne")}[pair.whole.counted]
    low, high = found.interval
    said = [
        _("Forskellighed: %(share)s af %(unit)s skulle være i en anden gruppe, før de to var ens.")
        % {"share": percent(found.dissimilarity.value), "unit": unit},
        _("Var der ingen forskel, ville den af sig selv være omkring %(expected)s.")
        % {"expected": percent(found.dissimilarity.expected)},
        _(
            "Afstand er et andet mål, som en dom bygger på: %(value)s på en skala fra 0 (ens) til 1 (intet fælles), "
            "usikkert fra %(low)s til %(high)s."
        )
        % {name: number_text(end, 3) for name, end in (("value", found.hellinger.value), ("low", low), ("high", high))},
    ]
    if pair.own[0].counted is Counted.FULL:
        chance = _("Alle er talt med. Grænserne siger, hvor meget der kan være tilfældigt i, hvem der netop bor der.")
        said.append(chance)
    return [*said, *([pair.whole.grounds] if pair.whole.grounds else [])]


def _technical(found: Mirror, effective: float) -> str:
    low, high = found.dissimilarity_bounds
    return _(
        "Afstanden er Hellingers, med 95 %%-interval; ventet uden forskel %(expected)s. Regnet som %(n)s, der ikke har "
        "med hinanden at gøre. Med det interval kan andelen, der skulle være anderledes, ikke være under %(low)s eller "
        "over %(high)s."
    ) % {
        "expected": number_text(found.hellinger.expected, 3),
        "n": number_text(effective),
        "low": percent(low),
        "high": percent(high),
    }


def _row(name: str, own: Figure, around: Figure, ratio: Ratio) -> CategoryRow:
    known = isfinite(ratio.ratio) and isfinite(ratio.high)
    times = _("%(n)s gange") % {"n": number_text(ratio.ratio, 2)} if known else "–"
    ends = {"low": number_text(ratio.low, 2), "high": number_text(ratio.high, 2)} if known else {}
    return CategoryRow(name, show(own), show(around), times, _("mellem %(low)s og %(high)s") % ends if known else "")


def _names(whole: Whole) -> list[str]:
    """The categories' own names, without that of the whole before them."""
    names = [told.name.removeprefix(f"{whole.name}: ") for told in whole.categories]
    return [name[:1].upper() + name[1:] for name in names]


def percent(share: float) -> str:
    """A share in per cent with one decimal."""
    return _("%(n)s %%") % {"n": number_text(100 * share, 1)}
