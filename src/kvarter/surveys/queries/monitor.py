"""How the field goes: of whom so many were asked, how many answered, when and how. Counts alone, never a name.

While the wave is in the field the counts are made from the invitations; once the way to people is cut, from what the
closing kept of them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kvarter.effect.planning import Wave as Planned
from kvarter.effect.planning import margin, share_sd
from kvarter.surveys.actions.drawing import CONTACT
from kvarter.surveys.actions.keys import KeyGone, Use, key_of
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Cell, DayCount, Invitation, KindCount, Mailing, Stratum, Wave
from kvarter.surveys.queries.planning import DESIGN_EFFECT, RATE
from kvarter.surveys.sealing import unseal

ROUNDS = (Mailing.Kind.INVITATION, Mailing.Kind.FIRST, Mailing.Kind.SECOND)
GENDERS = {"f": _("kvinder"), "m": _("mænd"), "x": _("andet køn"), "": _("køn ikke oplyst")}
UNSAID, JOINED = _("ikke oplyst"), _("ikke oplyst, eller for få til at stå for sig")
MOST_TOGETHER = 5  # larger households are counted as one


@dataclass(frozen=True)
class Part:
    """Some of those asked: how many, how many answered, and how many will not be asked again (None: not known)."""

    name: str
    asked: int
    answered: int
    opted_out: int | None = None

    @property
    def rate(self) -> float:
        """The share who answered of all who were asked."""
        return self.answered / self.asked if self.asked else 0.0

    @property
    def percent(self) -> float:
        """The same in per cent, as wide as its bar."""
        return round(100 * self.rate, 1)


@dataclass(frozen=True)
class Precision:
    """The margin of error of a share in an area: as counted on when all is over, and by the answers there are now."""

    area: str
    population: int
    expected: float
    attained: float | None
    answered: int


@dataclass(frozen=True)
class Waiting:
    """How many wait for the next letter, by way and kind. since: the first day it may be sent, None if now."""

    channel: str
    kind: str
    people: int
    since: date | None = None


@dataclass(frozen=True)
class FieldReport:
    """All that is told of the field."""

    whole: Part
    parts: dict[str, list[Part]]
    days: list[tuple[date, dict[str, int], int]]
    modes: Counter[str]
    languages: Counter[str]
    unfinished: int
    by_link: int
    precision: list[Precision]


@dataclass(frozen=True)
class _Counted:
    whom: Cell | KindCount
    asked: int
    answered: int
    opted_out: int | None


def report_of(wave: Wave) -> FieldReport:
    """How the field goes (at most seven SQL queries in one database and two in the other)."""
    cut = wave.cut_at is not None
    counted = _counted_of_cut(wave) if cut else _counted_in_field(wave)
    strata = list(Stratum.objects.filter(wave=wave).select_related("area"))
    areas = {one.pk: str(one.area) for one in strata}
    joined = str(JOINED if cut else UNSAID)
    parts = {
        "area": _parts(counted, lambda whom: areas[whom.stratum_id]),
        "age": _parts(counted, lambda whom: whom.age or joined),
        "gender": _parts(counted, lambda whom: str(GENDERS[whom.gender] if whom.gender else joined)),
    }
    if not cut:
        parts["household"] = _by_household(wave)
    days = _days(wave, cut=cut)
    return FieldReport(
        whole=_joined("", counted),
        parts=parts,
        days=days,
        modes=sum((Counter(modes) for _day, modes, _total in days), Counter()),
        languages=_languages(wave) if cut else Counter(),  # they lie in the envelopes until then
        **_beside(wave),
        precision=_precision(strata, parts["area"]),
    )


def _beside(wave: Wave) -> dict[str, int]:
    """Those of the sample who have begun, and those who sent an answer by the open link and are not of the sample."""
    by_link = Q(kind=Response.Kind.OPEN)
    return Response.objects.filter(wave=wave.key).aggregate(
        unfinished=Count("pk", filter=~by_link & Q(finished=False)),
        by_link=Count("pk", filter=by_link & Q(finished=True)),
    )


def _counted_in_field(wave: Wave) -> list[_Counted]:
    rows = (
        Cell.objects.filter(stratum__wave=wave)
        .annotate(
            asked=Count("invitations"),
            sent=Count("invitations", filter=Q(invitations__answered_on__isnull=False)),
            opted=Count("invitations", filter=Q(invitations__opted_out_on__isnull=False)),
        )
        .order_by("stratum_id", "age", "gender")
    )
    return [_Counted(row, row.asked, row.sent, row.opted) for row in rows if row.asked]


def _counted_of_cut(wave: Wave) -> list[_Counted]:
    """Those joined for being few come last."""
    rows = sorted(KindCount.objects.filter(stratum__wave=wave), key=lambda one: not (one.age and one.gender))
    return [_Counted(row, row.asked, row.answered, None) for row in rows]


def _parts(counted: Sequence[_Counted], name: Callable[[Cell | KindCount], str]) -> list[Part]:
    """Those counted, put together by a name, in the order met."""
    found: dict[str, list[_Counted]] = defaultdict(list)
    for one in counted:
        found[name(one.whom)].append(one)
    return [_joined(called, some) for called, some in found.items()]


def _joined(name: str, counted: Iterable[_Counted]) -> Part:
    some = list(counted)
    known = [one.opted_out for one in some if one.opted_out is not None]
    opted = sum(known) if len(known) == len(some) else None
    return Part(name, sum(one.asked for one in some), sum(one.answered for one in some), opted)


def _by_household(wave: Wave) -> list[Part]:
    """By how many of a household were asked. Nothing once the key to names is gone."""
    try:
        key = key_of(wave, Use.CONTACT)
    except KeyGone:
        return []
    rows = Invitation.objects.filter(wave=wave).values_list("sealed", "answered_on", "opted_out_on")
    homes = [(json.loads(unseal(key, bytes(sealed), CONTACT))["household"], *rest) for sealed, *rest in rows.iterator()]
    sizes = Counter(home for home, *_rest in homes)
    asked: Counter[int] = Counter()
    answered: Counter[int] = Counter()
    opted: Counter[int] = Counter()
    for home, answered_on, opted_out_on in homes:
        size = min(sizes[home], MOST_TOGETHER)
        asked[size] += 1
        answered[size] += answered_on is not None
        opted[size] += opted_out_on is not None
    names = {size: f"{size}+" if size == MOST_TOGETHER else str(size) for size in asked}
    return [Part(names[size], asked[size], answered[size], opted[size]) for size in sorted(asked)]


def _days(wave: Wave, *, cut: bool) -> list[tuple[date, dict[str, int], int]]:
    """Answers of each day by how they were given, and how many there were in all by then."""
    if cut:
        told = list(DayCount.objects.filter(wave=wave).order_by("day", "mode").values_list("day", "mode", "count"))
    else:
        sent = Invitation.objects.filter(wave=wave, answered_on__isnull=False)
        told = list(sent.values_list("answered_on", "mode").annotate(n=Count("pk")).order_by("answered_on", "mode"))
    by_day: dict[date, dict[str, int]] = defaultdict(dict)
    for day, mode, n in told:
        if day:
            by_day[day][mode] = n
    total, found = 0, []
    for day, modes in by_day.items():
        total += sum(modes.values())
        found.append((day, modes, total))
    return found


def ways_of(wave: Wave) -> Counter[str]:
    """How many answered in each way, by what was kept of the field: of the answers themselves it is no longer known
    where few answered that way (one SQL query). Nothing where the wave was collected elsewhere.
    """
    rows = DayCount.objects.filter(wave=wave).values_list("mode").annotate(n=Sum("count"))
    return Counter(dict(rows.order_by("mode")))


def _languages(wave: Wave) -> Counter[str]:
    """In which languages so many answered that it is still known of them."""
    rows = Response.objects.filter(wave=wave.key, finished=True, kind=Response.Kind.SAMPLE).exclude(language="")
    return Counter(dict(rows.values_list("language").annotate(n=Count("pk")).order_by("-n", "language")))


def _precision(strata: Sequence[Stratum], areas: Sequence[Part]) -> list[Precision]:
    people: Counter[str] = Counter()
    for one in strata:
        people[str(one.area)] += one.population
    return [_of_area(area, people[area.name]) for area in areas if people[area.name] > 1]


def _of_area(area: Part, population: int) -> Precision:
    """Of a share of one half, the least certain there is, with the same design effect as when the wave is planned."""
    planned, sd = Planned(population, RATE, DESIGN_EFFECT), share_sd(0.5, population)
    answers = max(int(area.asked * RATE), 1)
    attained = margin(area.answered, sd, planned) if area.answered else None
    return Precision(area.name, population, margin(answers, sd, planned), attained, area.answered)


def waiting_by_round(wave: Wave, today: date) -> list[Waiting]:
    """How many wait for an invitation or a reminder, by way and by when it may be sent: not those who answered or will
    not (one query).
    """
    rows = Invitation.objects.filter(wave=wave, answered_on=None, opted_out_on=None)
    counted = rows.annotate(rounds=Count("codes__mailing__kind", distinct=True), last=Max("codes__mailing__made"))
    waits: Counter[tuple[str, int, date]] = Counter()
    for channel, rounds, last in counted.values_list("channel", "rounds", "last"):
        ready = timezone.localdate(last) + timedelta(days=wave.pause) if last else today
        waits[channel, rounds, max(ready, today)] += 1
    return [
        Waiting(channel, ROUNDS[rounds], n, ready if ready > today else None)
        for (channel, rounds, ready), n in sorted(waits.items())
        if rounds < len(ROUNDS)
    ]


def silent_strata(wave: Wave) -> list[Stratum]:
    """The strata from which people were asked and nobody has answered: without them nothing can be weighted.

    One query.
    """
    heard = (
        KindCount.objects.filter(stratum=OuterRef("pk"), answered__gt=0)
        if wave.cut_at
        else Invitation.objects.filter(cell__stratum=OuterRef("pk"), answered_on__isnull=False)
    )
    rows = Stratum.objects.filter(wave=wave, population__gt=0).select_related("area")
    return list(rows.exclude(Exists(heard)))


def missing_by_cell(wave: Wave, most: int = 12) -> list[tuple[Part, str]]:
    """The kinds of people of whom most have not answered, with their area (two queries)."""
    strata = {one.pk: str(one.area) for one in Stratum.objects.filter(wave=wave).select_related("area")}
    found = [
        (_joined(f"{GENDERS[one.whom.gender]}, {one.whom.age}", [one]), strata[one.whom.stratum_id])
        for one in _counted_in_field(wave)
    ]
    found.sort(key=lambda pair: pair[0].answered + (pair[0].opted_out or 0) - pair[0].asked)
    return found[:most]
