"""Makes what the product ships of Den Danske Valgdatabase: Gladsaxe's polling districts, and sums for the country.

Run with the folder of the full files: `python tools/make_gladsaxe_extract.py FOLDER`. Rows of Gladsaxe are copied as
they stand (UTF-8, otherwise the producer's own layout). A file ending in `_land` is processed: one line of sums over
all districts. Columns that do not add up over districts (percentiles, the richest fifth) are left out of it.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

MUNICIPALITY = "159"
FILES = (
    *(
        f"{election}_{kind}.csv"
        for election in ("FV2005", "FV2007", "FV2015")
        for kind in ("befolk", "valgdat", "geodat")
    ),
    "EV2024_Befolkning.csv",
)
OUT = Path(__file__).resolve().parent.parent / "src" / "kvarter" / "evidence" / "registers" / "valgdatabase"
ABOUT = ("ValgId", "Gruppe", "ValgstedId", "KredsNr", "StorKredsNr", "LandsdelsNr")
NOT_ADDITIVE = ("percentil", "der tjener mest")
NOTHING = "-"
README = """# Den Danske Valgdatabase: Gladsaxe, and sums for the country

Producer: Danmarks Statistik (Statistics Denmark), Den Danske Valgdatabase, valgdatabase.dst.dk: background figures,
results and geography by polling district.

Terms: free to use, also commercially, when the source is named (dst.dk/da/Statistik/brug-statistikken/kildeangivelse);
the producer's logo may not be used. Beside processed figures must stand, in Danish:
**Egne beregninger baseret på tal fra Danmarks Statistik**

## What is here

Made by `tools/make_gladsaxe_extract.py` from the full files below. They were taken from the public repositories
github.com/anerv/dk_network_analysis (commit 9cb9dbd7, EV2024) and github.com/martinvinaes/housing (commit 655d189f,
FV2005 to FV2015), which hold them as the producer's web site gives them.

- `FV2005_…`, `FV2007_…`, `FV2015_…`, `EV2024_…`: the producer's rows of municipality 159, Gladsaxe, cell for cell, with
  the producer's header; encoded as UTF-8. Nothing is mended: what is wrong in them is found when they are read.
- `…_land.csv`: **processed**. One line of sums over all polling districts of the full file, a “-” counted as nothing.
  “Afstemningsområder” is how many districts there are, “Uden tal” how many of them have no figure at all and are not
  in the sums. Columns that do not add up over districts are left out.

## What to know

- The background of EV2024 is the population of 1 January 2020, that of FV2015 of 1 January 2010. Of FV2005 and FV2007
  the day is not known; the producer's columns are the same figures twice in Gladsaxe.
- Code 159004 is Høje Gladsaxe until 30 May 2015, and Grønnemose, a much larger district, after.

## The full files (sha256)

{digests}
"""


def rows_of(path: Path) -> list[list[str]]:
    """Every row of a file, the header first."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return list(csv.reader(text.splitlines(), delimiter=";"))


def write(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write rows as the producer does, in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)


def of_municipality(rows: list[list[str]]) -> list[list[str]]:
    """The header and the rows of the municipality."""
    at = next(place for place, name in enumerate(rows[0]) if name.replace(" ", "") == "ValgstedId")
    return [rows[0], *(row for row in rows[1:] if row[at].startswith(MUNICIPALITY))]


def of_country(rows: list[list[str]]) -> list[list[str]]:
    """A header and one row of sums."""
    header = rows[0]
    added = [
        place
        for place, name in enumerate(header)
        if name not in ABOUT and not any(word in name for word in NOT_ADDITIVE)
    ]
    without = sum(all(row[place] == NOTHING for place in added) for row in rows[1:])
    election = {"ValgId": rows[1][header.index("ValgId")]} if "ValgId" in header else {}
    about = {**election, "Land": "000", "Afstemningsområder": str(len(rows) - 1), "Uden tal": str(without)}
    sums = [total([row[place] for row in rows[1:]]) for place in added]
    return [[*about, *(header[place] for place in added)], [*about.values(), *sums]]


def total(cells: list[str]) -> str:
    """The sum of a column, as the producer writes a number; “-” when it has no figure."""
    figures = [Decimal(cell.replace(",", ".")) for cell in cells if cell != NOTHING]
    return str(sum(figures)).replace(".", ",") if figures else NOTHING


def main(folder: Path, out: Path = OUT) -> int:
    """Write the files."""
    out.mkdir(parents=True, exist_ok=True)
    digests = []
    for name in FILES:
        path = folder / name
        digests.append(f"- `{hashlib.sha256(path.read_bytes()).hexdigest()}` {name} ({path.stat().st_size:,} bytes)")
        rows = rows_of(path)
        write(out / name, of_municipality(rows))
        if not name.endswith("_geodat.csv"):
            write(out / f"{path.stem}_land.csv", of_country(rows))
    (out / "README.md").write_text(README.format(digests="\n".join(digests)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
