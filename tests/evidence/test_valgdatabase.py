"""Den Danske Valgdatabase: the figures come out as the producer's, and every trap in them is found and told."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from kvarter.evidence.importers.extract import Severity, Status
from kvarter.evidence.importers.valgdatabase import ATTRIBUTION, ELECTIONS, Election, read_valgdatabase
from kvarter.evidence.importers.valgdatabase_checks import check_population, counted
from kvarter.evidence.importers.valgdatabase_copies import copied_lines, same_measurement
from kvarter.evidence.importers.valgdatabase_places import changed_places, municipality_code
from kvarter.tables.limits import BadFile
from tests.conftest import SHARED
from tests.evidence.valgdatabase import (
    EV2024,
    FULL,
    SHIPPED,
    SOME_DAY,
    VOTERS,
    VOTES,
    background,
    needs_full,
    of_kind,
    read,
    row_of,
    shipping,
    small,
)

EXPORTS = SHARED / "data" / "statbank_exports"
BACKGROUND = "EV2024 - Personer efter forsørgelsestype"
CARS = "Husstande efter bilrådighed_"


# The figures


@pytest.mark.parametrize(
    ("label", "name", "voters", "votes", "from_day", "until"),
    [
        ("FV2005", "Høje Gladsaxe", 2695, 2228, date(1970, 4, 1), date(2007, 1, 1)),
        ("FV2007", "Høje Gladsaxe", 2635, 2153, date(2007, 1, 1), date(2015, 5, 31)),
        ("FV2015", "Grønnemose", 6360, 5395, date(2015, 6, 1), None),
    ],
)
def test_turnout_of_the_code_with_its_name_and_dates(
    label: str, name: str, voters: int, votes: int, from_day: date, until: date | None
) -> None:
    extract = read(SHIPPED, label, "valgdat")
    row = row_of(extract, "159004")
    assert (extract.column(VOTERS)[row], extract.column(VOTES)[row]) == (voters, votes)
    unit = extract.lines[row].unit
    assert (unit.name, unit.valid_from, unit.valid_until, unit.part_of) == (name, from_day, until, ("kommune", "159"))
    assert extract.lines[row].period.first == extract.lines[row].period.last == SOME_DAY[label].day
    assert (extract.label, extract.attribution, extract.published) == (label, ATTRIBUTION, None)


@pytest.mark.parametrize(("label", "district", "municipality"), [("FV2005", 82.7, 85.3), ("FV2007", 81.7, 87.4)])
def test_the_gap_in_turnout_between_the_district_and_gladsaxe(label: str, district: float, municipality: float) -> None:
    extract = read(SHIPPED, label, "valgdat")
    row = row_of(extract, "159004")
    voters, votes = extract.column(VOTERS), extract.column(VOTES)
    assert round(100 * votes[row] / voters[row], 1) == district
    assert round(100 * votes.sum() / voters.sum(), 1) == municipality


def test_almost_every_dwelling_of_hoeje_gladsaxe_is_almen_and_three_tables_count_the_same() -> None:
    extract = read(SHIPPED, "FV2005", "befolk")
    row = row_of(extract, "159004")
    assert extract.column("Ejerforhold_Antal boliger_03. Almennyttig bolig")[row] == 1899
    for table in ("Boligstørrelse", "Boligtype", "Ejerforhold"):
        parts = [name for name in extract.measures if name.startswith(f"{table}_Antal boliger_")]
        assert counted(extract, parts)[row] == 1924


def test_a_dash_is_no_figure_and_a_count_of_one_is() -> None:
    extract = read(SHIPPED, "FV2005", "befolk")
    row = row_of(extract, "159004")
    statuses = {str(status) for status in extract.statuses[row]}
    assert statuses == {Status.NORMAL, Status.ZERO_OR_SUPPRESSED}
    assert (np.isnan(extract.amounts) == (extract.statuses == Status.ZERO_OR_SUPPRESSED)).all()
    assert (extract.amounts == 1).any()
    assert of_kind(extract, "sign-of-nothing")


def test_recalculated_districts_are_estimates() -> None:
    extract = read(SHIPPED, "EV2024", "Befolkning", geography=False)
    estimated = {
        line.unit.code for line, row in zip(extract.lines, extract.statuses, strict=True) if Status.ESTIMATED in row
    }
    assert estimated == {"159001", "159009"}
    assert extract.column("EV2024 - Husstande efter bilrådighed_1. Husstande uden bil")[0] == 1392.91
    assert of_kind(extract, "recalculated")


@needs_full
@pytest.mark.parametrize("name", [name for name in shipping.FILES if not name.endswith("geodat.csv")])
def test_the_lines_for_the_country_are_the_sums_of_the_full_files(name: str) -> None:
    label, kind = name.removesuffix(".csv").split("_")
    whole = read(FULL, label, kind, geography=False)
    country = read(SHIPPED, label, f"{kind}_land", geography=False)
    assert [(line.unit.scheme, line.unit.code) for line in country.lines] == [("land", "000")]
    assert str(len(whole.lines)) in country.footnotes[0]
    for measure in country.measures:
        assert country.column(measure)[0] == pytest.approx(np.nansum(whole.column(measure)), abs=1e-3)
    assert not any("percentil" in measure for measure in country.measures)


@needs_full
def test_what_is_shipped_is_what_the_tool_makes(tmp_path: Path) -> None:
    shipping.main(FULL, tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SHIPPED.iterdir()}
    assert sum(map(len, made.values())) < 400_000
    assert ATTRIBUTION in made["README.md"].decode()


@needs_full
def test_every_raw_cell_of_gladsaxe_is_read_as_it_stands() -> None:
    with (FULL / "gladsaxe_extract_long.csv").open(encoding="utf-8") as file:
        raw = [row for row in csv.DictReader(file) if row["file"] == EV2024 and row["variable"].startswith("EV2024")]
    extract = read(FULL, "EV2024", "Befolkning", geography=False)
    rows = {line.unit.code: number for number, line in enumerate(extract.lines)}
    assert len(raw) > 2000
    for cell in raw:
        found = extract.column(cell["variable"])[rows[cell["valgsted_id"]]]
        if cell["raw_value"] == "-":
            assert np.isnan(found)
        else:
            assert found == float(cell["raw_value"].replace(",", "."))


# The day


def folk1a() -> dict[str, float]:
    """The population of each municipality on 1 January 2020 by code; Christiansø's stands without one."""
    with (EXPORTS / "dst_kommunegrupper.csv").open(encoding="utf-8-sig") as file:
        codes = {row["TITEL"]: row["KODE"] for row in csv.DictReader(file, delimiter=";") if row["NIVEAU"] == "2"}
    codes["Christiansø"] = "0411"
    with (EXPORTS / "api_csv_FOLK1A-1.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["CIVILSTAND"] == "I alt"]
    assert {row["TID"] for row in rows} == {"2020K1"}
    return {codes[row["OMRÅDE"]]: float(row["INDHOLD"]) for row in rows if row["OMRÅDE"] in codes}


@needs_full
def test_ev2024_holds_the_population_of_2020() -> None:
    totals = folk1a()
    extract = read(FULL, "EV2024", "Befolkning", geography=False)
    people = extract.column(f"{BACKGROUND}_12. Antal personer i alt")
    gladsaxe = [line.unit.part_of == ("kommune", "159") for line in extract.lines]
    assert people[gladsaxe].sum() == totals["159"] == 69_262
    assert extract.lines[0].period.first == date(2020, 1, 1)
    finding = check_population(extract, totals)
    assert (finding.kind, finding.severity) == ("population-agrees", Severity.NOTE)
    assert "92 af 99" in finding.told
    elsewhen = {code: people * 1.01 for code, people in totals.items()}
    assert check_population(extract, elsewhen).severity is Severity.STOP


@needs_full
def test_fv2015_holds_the_population_of_2010() -> None:
    with (EXPORTS / "api_csv_FOLK1A-2.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["CIVILSTAND"] == "I alt"]
    by_quarter = {row["TID"]: float(row["INDHOLD"]) for row in rows if row["OMRÅDE"] == "København"}
    extract = read(FULL, "FV2015", "befolk")
    fits = [
        quarter
        for quarter, people in by_quarter.items()
        if check_population(extract, {"101": people}).severity is Severity.NOTE
    ]
    assert fits == ["2010K1"]
    assert extract.lines[0].period.first == date(2010, 1, 1)


@pytest.mark.parametrize("kind", ["Befolkning", "Befolkning_land"])
def test_the_reader_says_that_label_and_day_differ(kind: str) -> None:
    (finding,) = of_kind(read(SHIPPED, "EV2024", kind, geography=False), "reference-date")
    assert finding.severity is Severity.NOTE
    assert "EV2024" in finding.told
    assert "1. januar 2020" in finding.told
    assert "offentliggjort for den dag" in finding.told


def test_another_edition_of_a_known_background_is_stopped() -> None:
    data = (SHIPPED / EV2024).read_bytes()
    other = data.replace(b'"159002";"159002"', b'"159010";"159010"').splitlines()
    extract = read_valgdatabase({EV2024: b"\n".join(other[:-1])})
    assert [finding.kind for finding in extract.stopped] == ["reference-date"]


@pytest.mark.parametrize("label", ["FV2005", "FV2007"])
def test_an_unknown_day_must_be_given(label: str) -> None:
    files = {"befolk.csv": (SHIPPED / f"{label}_befolk.csv").read_bytes()}
    with pytest.raises(BadFile, match="hvilken dag"):
        read_valgdatabase(files)
    extract = read_valgdatabase(files, SOME_DAY[label])
    assert {line.period.first for line in extract.lines} == {date(2005, 1, 1)}


def test_an_unknown_election_must_be_given_and_a_known_one_cannot_be_another() -> None:
    new = {"valgdat.csv": small(ValgId="400")}
    with pytest.raises(BadFile, match="ValgId “400”"):
        read_valgdatabase(new)
    extract = read_valgdatabase(new, Election("FV2026", "400", date(2026, 3, 24)))
    assert (extract.label, extract.lines[0].period.first) == ("FV2026", date(2026, 3, 24))
    with pytest.raises(BadFile, match="et andet valg end FV2005"):
        read_valgdatabase({"valgdat.csv": small()}, ELECTIONS[0])
    with pytest.raises(BadFile, match="et andet valg end FV2005"):
        read_valgdatabase({EV2024: (SHIPPED / EV2024).read_bytes()}, SOME_DAY["FV2005"])


# What is wrong with the figures


@pytest.mark.parametrize("kind", ["Befolkning", "Befolkning_land"])
def test_branches_that_stand_twice_are_withheld_and_never_added(kind: str) -> None:
    extract = read(SHIPPED, "EV2024", kind, geography=False)
    (finding,) = of_kind(extract, "doubled-columns")
    assert len(finding.measures) == 136
    assert all("Socio-økonomisk" in name for name in finding.measures)
    assert set(finding.measures) <= extract.withheld
    people = np.nansum(extract.column(f"{BACKGROUND}_12. Antal personer i alt"))
    assert np.nansum(counted(extract, finding.measures)) == pytest.approx(2 * people, rel=0.01)


def test_the_one_set_that_proves_whole_is_kept() -> None:
    columns = {
        "Personer efter forsørgelsestype_12. Antal personer i alt": ["10", "20"],
        "Brancher_Ansat_01. Landbrug": ["4", "5"],
        "Brancher_Ansat_02. Handel": ["6", "15"],
        "Brancher_Ansat_Landbrug": ["4", "5"],
        "Brancher_Ansat_Handel": ["7", "14"],
    }
    extract = read_valgdatabase(
        {"b.csv": background(columns)}, Election("EV2024", "", date(2024, 6, 9), date(2020, 1, 1))
    )
    assert extract.withheld == {"EV2024 - Brancher_Ansat_Landbrug", "EV2024 - Brancher_Ansat_Handel"}


@pytest.mark.parametrize("kind", ["Befolkning", "Befolkning_land"])
def test_swapped_labels_of_cars_are_withheld_not_mended(kind: str) -> None:
    extract = read(SHIPPED, "EV2024", kind, geography=False)
    (finding,) = of_kind(extract, "swapped-labels")
    assert len(finding.measures) == 3
    assert all(name.startswith(f"EV2024 - {CARS}") for name in finding.measures)
    one, more = (np.nansum(extract.column(name)) for name in finding.measures[1:])
    assert more > one
    if kind.endswith("land"):
        assert "17,9 %" in finding.told
        assert "50,9 %" in finding.told


def test_cars_with_plausible_labels_are_not_withheld() -> None:
    names = ("1. Husstande uden bil", "2. Husstande med 1 bil", "3. Husstande med 2 eller flere biler")
    columns = {CARS + name: [count] for name, count in zip(names, ("31", "51", "18"), strict=True)}
    assert read_valgdatabase({"b.csv": background(columns)}).withheld == frozenset()


@needs_full
def test_parts_that_do_not_make_their_total_are_told_with_their_districts() -> None:
    (income,) = of_kind(read(FULL, "EV2024", "Befolkning", geography=False), "unequal-sums")
    assert "31 af 1285" in income.told
    assert "219014" in income.told
    assert income.severity is Severity.NOTE
    dwellings = of_kind(read(FULL, "FV2005", "befolk"), "unequal-sums")
    assert len(dwellings) == 4
    assert all("719001" in finding.told for finding in dwellings)
    assert of_kind(read(FULL, "FV2015", "befolk"), "unequal-sums") == []


def test_parts_far_from_their_total_are_withheld() -> None:
    kind = "Personer efter forsørgelsestype_"
    columns = {
        kind + "01. Dagpenge": ["5", "5"],
        kind + "02. Ingen": ["5", "15"],
        kind + "12. Antal personer i alt": ["10", "30"],
    }
    election = Election("EV2024", "", date(2024, 6, 9), date(2020, 1, 1))
    assert len(read_valgdatabase({"b.csv": background(columns)}, election).withheld) == 3


@pytest.mark.parametrize("label", ["FV2005", "FV2007", "FV2015"])
def test_results_add_up(label: str) -> None:
    extract = read(SHIPPED, label, "valgdat")
    assert of_kind(extract, "unequal-sums") == []
    assert extract.withheld == frozenset()


def test_votes_that_do_not_add_up_or_outnumber_the_voters_are_withheld() -> None:
    votes = {"Blanke stemmer": "1", "Andre ugyldige stemmer": "1", "Gyldige stemmer": "60", "A. Parti": "60"}
    assert read_valgdatabase({"v.csv": small(**votes)}).withheld == {VOTES, *list(votes)[:3]}
    assert read_valgdatabase({"v.csv": small(**{VOTES: "101"})}).withheld == {VOTERS, VOTES}


def test_background_copied_between_elections_is_one_measurement() -> None:
    old, new = read(SHIPPED, "FV2005", "befolk"), read(SHIPPED, "FV2007", "befolk")
    assert copied_lines(old, new) == tuple(f"1590{number:02d}" for number in range(1, 12))
    finding = same_measurement(old, new)
    assert finding is not None
    assert (finding.kind, finding.severity, len(finding.measures)) == ("same-measurement", Severity.NOTE, 42)
    assert same_measurement(old, read(SHIPPED, "FV2015", "befolk")) is None
    assert same_measurement(read(SHIPPED, "FV2005", "valgdat"), read(SHIPPED, "FV2007", "valgdat")) is None


@needs_full
def test_nearly_five_hundred_districts_were_copied() -> None:
    assert len(copied_lines(read(FULL, "FV2005", "befolk"), read(FULL, "FV2007", "befolk"))) == 489


# Codes and places


def test_one_code_is_two_places() -> None:
    old, new = read(SHIPPED, "FV2007", "valgdat"), read(SHIPPED, "FV2015", "valgdat")
    told = {match[0]: one for one in changed_places(old, new) if (match := re.search(r"159\d{3}", one.told))}
    assert {one.kind for one in told.values()} == {"another-place"}
    assert "Høje Gladsaxe" in told["159004"].told
    assert "30. maj 2015" in told["159004"].told
    assert "Grønnemose" in told["159004"].told
    assert "“Mørkhøj” står nu ved 159005" in told["159007"].told
    assert not {"159001", "159003"} & told.keys()


def test_a_name_kept_over_the_reform_of_2007_may_be_another_boundary() -> None:
    (finding,) = changed_places(read(SHIPPED, "FV2005", "valgdat"), read(SHIPPED, "FV2007", "valgdat"))
    assert finding.kind == "other-dates"
    assert finding.told.startswith("11 valgsteder")


def test_names_of_another_time_are_not_given() -> None:
    files = {name: (SHIPPED / name).read_bytes() for name in ("FV2015_valgdat.csv", "FV2005_geodat.csv")}
    extract = read_valgdatabase(files)
    assert {line.unit.name for line in extract.lines} == {""}
    assert {finding.kind for finding in extract.findings} >= {"geography-of-another-election", "no-name"}


@needs_full
def test_a_code_with_two_names_at_once_gets_neither() -> None:
    extract = read(FULL, "FV2007", "valgdat")
    assert extract.lines[row_of(extract, "779014")].unit.name == ""
    (finding,) = of_kind(extract, "no-name")
    assert "779014, 779016, 779018" in finding.told


@needs_full
def test_christiansoe_is_told_and_its_empty_row_is_missing_not_nothing() -> None:
    extract = read(FULL, "EV2024", "Befolkning", geography=False)
    (finding,) = of_kind(extract, "christiansoe")
    assert "99 koder" in finding.told
    assert set(extract.statuses[row_of(extract, "411001")]) == {Status.MISSING}
    assert "411001" in of_kind(extract, "empty-rows")[0].told


@pytest.mark.parametrize("code", [159, "159", "0159", "159004", 159004, " 159 "])
def test_three_ways_of_writing_one_municipality(code: str | int) -> None:
    assert municipality_code(code) == "159"


@pytest.mark.parametrize("code", ["", "15", "1590", "059", "Gladsaxe", "1590040", "15९"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        municipality_code(code)
