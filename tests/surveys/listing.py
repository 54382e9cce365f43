"""Lists of made-up people to draw from, as files."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence

HEADINGS = (
    "Pseudonym",
    "Område",
    "Husstand",
    "Køn",
    "Alder",
    "Vej",
    "Spurgt sidst",
    "Navn",
    "Adresse",
    "Postnr",
    "By",
    "E-mail",
)
Rows = list[list[str]]


def rows_of(area: int = 60, rest: int = 400, *, seed: int = 1, youngest: int = 18) -> Rows:
    """People of Lilleby and of the rest, one to four to a household, most reached by Digital Post."""
    chance = random.Random(seed)
    rows = []
    home = number = 0
    for name, many in (("Lilleby", area), ("resten", rest)):
        left = many
        while left > 0:
            home += 1
            for _one in range(min(left, chance.choice((1, 1, 2, 2, 3, 4)))):
                number += 1
                rows.append(_row(chance, number, home, name, youngest))
                left -= 1
    return rows


def _row(chance: random.Random, number: int, home: int, area: str, youngest: int) -> list[str]:
    way = chance.choices(("Digital Post", "brev", "e-mail"), (70, 20, 10))[0]
    return [
        f"p{number:06d}",
        area,
        f"h{home}",
        chance.choice("km"),
        str(chance.randint(youngest, 95)),
        way,
        "ja" if chance.random() < 0.2 else "nej",
        f"Åse Sørensen {number}",
        f"Birkevej {home}, 2. th.",
        "2860",
        "Søborg",
        f"a{number}@lilleby.example" if way == "e-mail" else "",
    ]


def as_csv(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS, *, separator: str = ";") -> bytes:
    """The rows as a CSV file in UTF-8."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([headings, *rows])
    return text.getvalue().encode()


def as_xlsx(rows: Sequence[Sequence[object]], headings: Sequence[str] = HEADINGS) -> bytes:
    """The same as an Excel workbook; figures as numbers."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Liste")
    for row in [headings, *rows]:
        sheet.append([int(cell) if str(cell).isdigit() else cell for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed(rows: Rows, at: int, **fields: str) -> Rows:
    """The rows with fields of one of them changed, by the headings of `names`."""
    names = {
        "pseudonym": 0,
        "area": 1,
        "household": 2,
        "gender": 3,
        "age": 4,
        "channel": 5,
        "panel": 6,
        "name": 7,
        "address": 8,
        "postcode": 9,
        "town": 10,
        "email": 11,
    }
    made = [list(row) for row in rows]
    for name, value in fields.items():
        made[at][names[name]] = value
    return made
