"""A file of answers that were collected elsewhere, and its mapping, for tests."""

from __future__ import annotations

import csv
import io
import random
from typing import Any

from kvarter.surveys.outside.reading import AnswersTable, read_answers
from tests.surveys.waves import areas, asked
from tests.world import World

HEADINGS = ("respnr", "omr", "koen", "alder", "vaegt", "q1", "q2", "lys", "trafik", "aar", "ord")
WAVE = """
[wave]
slug = "2018"
name = "Undersøgelsen 2018"
area = "lilleby"
reference = "resten"
reference_on = 2018-03-01
opens = 2018-03-01
closes = 2018-04-15
controller = "Lilleby Kommune"
purpose = "Statistik om kvarteret"
legal_basis = "Databeskyttelseslovens § 10"
retention = "Svarene gemmes uden vej til en person."

[questionnaire]
adults = "lille"
"""
PEOPLE = """
[people]
id = "respnr"
area = "omr"
areas = { "1" = "lilleby", "2" = "resten" }
gender = "koen"
genders = { "1" = "m", "2" = "f" }
age = "alder"
"""
WEIGHT = 'weight = "vaegt"\n'
ITEMS = """
[[items]]
item = "tillid-naboer"
column = "q1"
codes = { "1" = "1", "2" = "2", "3" = "3", "4" = "4", "5" = "5", "8" = "ved-ikke", "9" = "vil-ikke" }

[[items]]
item = "tryg"
column = "q2"
codes = { "1" = "ja", "2" = "nej", "8" = "ved-ikke" }

[[items]]
item = "hvorfor-utryg"
columns = { "lys" = "lys", "trafik" = "trafik" }

[[items]]
item = "flyttet-ind"
column = "aar"
codes = { "9999" = "" }

[[items]]
item = "ord"
column = "ord"
"""
MAPPING = WAVE + PEOPLE + WEIGHT + ITEMS
WITHOUT_WEIGHTS = 'ignore = ["vaegt"]\n' + WAVE + PEOPLE + ITEMS
STRATA = """
[[strata]]
name = "lilleby"
area = "lilleby"
people = 300
asked = 300

[[strata]]
name = "resten"
area = "resten"
people = 4000
asked = 400
"""


def some_rows(many: int = 120, *, seed: int = 3) -> list[dict[str, Any]]:
    """Rows of a file: two thirds of the area, the others of the rest."""
    chance = random.Random(seed)
    rows = []
    for number in range(1, many + 1):
        safe = chance.choice(["1", "1", "2", "8"])
        rows.append(
            {
                "respnr": 1000 + number,
                "omr": 1 if number % 3 else 2,
                "koen": chance.choice([1, 2]),
                "alder": chance.randrange(18, 90),
                "vaegt": f"{chance.uniform(0.5, 2.5):.4f}",
                "q1": chance.choice([1, 2, 3, 4, 4, 5, 8, 9]),
                "q2": safe,
                "lys": int(safe == "2" and chance.random() < 0.5),
                "trafik": int(safe == "2" and chance.random() < 0.5),
                "aar": chance.choice([1999, 2010, 2017, 9999]),
                "ord": f"Et ord til sidst, nummer {number}" if number % 10 == 0 else "",
            }
        )
    return rows


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else HEADINGS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def table_of(rows: list[dict[str, Any]]) -> AnswersTable:
    return read_answers(as_csv(rows), "svar.csv")


def ready(world: World) -> None:
    """The areas and the questionnaire that the mapping names."""
    areas(world.partnership)
    asked(world)
