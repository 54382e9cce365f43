"""Figures and publications for tests: a small place with a rest, a municipality, and counts that are easy to add."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from kvarter.agreements.models import Partnership
from kvarter.evidence.actions import indicators as acts
from kvarter.evidence.actions.drafts import send_in
from kvarter.evidence.actions.publishing import Words, publish
from kvarter.evidence.actions.registers import take_in
from kvarter.evidence.drafting import Choice
from kvarter.evidence.importers.extract import Extract, Line, Period, Status, Unit
from kvarter.evidence.models import Indicator, Publication, Register, SavedMapping
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import add_area, add_version, change_area
from kvarter.places.models import Area
from tests.world import World

SOURCE: dict[str, Any] = {
    "key": "optaelling",
    "producer": "Lilleby Kommune",
    "title": "Optællingen",
    "method": "Alle er talt.",
    "limits": "Siger intet om hvorfor.",
    "attribution": "Egne beregninger baseret på optællingen",
    "counted": "full",
}
INDICATOR: dict[str, Any] = {
    "slug": "stemmer",
    "name": "Stemmer",
    "name_en": "Votes",
    "definition": "Stemmer ud af vælgere.",
    "respondents": "Alle vælgere",
    "measure": "share",
    "flow": "flow",
    "grade": "B",
}
DAY = date(2024, 6, 9)


def lay_out(world: World) -> Indicator:
    """Lilleby with its municipality and the rest of it, one source, two themes and an indicator with a recipe."""
    partnership = world.partnership
    area = partnership.area
    assert area
    alike = {"by": OPERATOR, "is_demonstration": partnership.is_demonstration}
    whole = add_area(slug="storby", name="Storby Kommune", name_en="Storby municipality", **alike)
    rest = Area.objects.get(pk=area.reference_id) if area.reference_id else None
    if rest is None:
        rest = add_area(slug="resten", name="Resten", part_of=whole, without=area, **alike)
    else:
        change_area(by=OPERATOR, area=rest, name=rest.name, reference=None, part_of=whole, without=area)
    area = change_area(by=OPERATOR, area=area, name=area.name, reference=rest, part_of=whole)
    partnership.area = area
    for one, codes in ((whole, [("kommune", "900")]), (area, [("valgsted", "900001")]), (rest, [])):
        add_version(by=OPERATOR, area=one, valid_from=date(2000, 1, 1), source="Kort", codes=codes)
    source = acts.add_source(by=OPERATOR, partnership=partnership, **SOURCE)
    theme = acts.add_theme(
        by=OPERATOR, partnership=partnership, slug="tillid", clause="tema-tillid", name="Tillid", name_en="Trust"
    )
    acts.add_theme(by=OPERATOR, partnership=partnership, slug="tryghed", clause="tema-tryghed", name="Tryghed")
    indicator = acts.add_indicator(by=OPERATOR, theme=theme, clauses=["maal-1"], **INDICATOR)
    acts.set_recipe(by=OPERATOR, indicator=indicator, source=source, part=["Stemmer"], whole=["Vælgere"])
    return indicator


def extract(
    counts: Mapping[str, tuple[float, float]], *, day: date = DAY, file: str = "tal.csv", source: str = "optaelling"
) -> Extract:
    """A file of votes by polling district: (votes, voters) by code."""
    lines = tuple(
        Line(Unit("valgsted", code, part_of=("kommune", "900")), Period(day, day), row)
        for row, code in enumerate(counts, 2)
    )
    amounts = np.array(list(counts.values()), dtype=float).reshape(len(lines), 2)
    statuses = np.full(amounts.shape, Status.NORMAL.value)
    return Extract(
        source=source,
        file=file,
        digest=f"{file} {day} {dict(counts)}"[:64],
        label="Valget",
        published=None,
        lines=lines,
        measures=("Stemmer", "Vælgere"),
        amounts=amounts,
        statuses=statuses,
        attribution="Egne beregninger baseret på optællingen",
        footnotes=("Brevstemmer er talt med.",),
    )


def taken_in(world: World, counts: Mapping[str, tuple[float, float]], *, day: date = DAY) -> Register:
    """The counts, taken in."""
    made = extract(counts, day=day)
    return take_in(by=OPERATOR, partnership=world.partnership, extract=made, why="Optællingen er rettet.")


def with_table(world: World) -> None:
    """A table sent in of which it is not said how it is read, and a mapping saved."""
    table = {"tal.csv": "Sted;År;Stemmer\nLilleby;2024;5\n".encode()}
    send_in(by=world.secretariat, partnership=world.partnership, kind="table", files=table, said={})
    SavedMapping.objects.create(partnership=world.partnership, name="Tabel", mapping='{"source": "optaelling"}')


def published(
    partnership: Partnership, *, areas: set[str] | None = None, corrects: int | None = None, title: str = "Tal"
) -> Publication:
    """What was taken in, published."""
    choice = Choice(areas=frozenset(areas) if areas else None, corrects=corrects)
    return publish(by=OPERATOR, partnership=partnership, words=Words(title), choice=choice)
