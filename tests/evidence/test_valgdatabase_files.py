"""Files of Den Danske Valgdatabase as they come: every dress is read, every damage is told with its remedy."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter.evidence.importers.extract import Severity, Status
from kvarter.evidence.importers.valgdatabase import read_election, read_valgdatabase
from kvarter.evidence.importers.valgdatabase_cells import LARGEST, check_size
from kvarter.tables.limits import BadFile
from tests.evidence.valgdatabase import EV2024, FULL, SHIPPED, SOME_DAY, needs_full, of_kind, read, small


@pytest.mark.parametrize("name", ["FV2005_valgdat.csv", "FV2015_befolk.csv", EV2024])
@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("latin-1"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: ("\n" + text + "\n\n").encode(),
        lambda text: _with_commas(text).encode("utf-8-sig"),
    ],
    ids=["bom", "latin-1", "crlf", "empty lines", "commas"],
)
def test_every_dress_of_a_file_gives_the_same_figures(name: str, written: Callable[[str], bytes]) -> None:
    text = (SHIPPED / name).read_text(encoding="utf-8")
    plainly, dressed = (read_valgdatabase({name: data}, SOME_DAY[name[:6]]) for data in (text.encode(), written(text)))
    assert dressed.measures == plainly.measures
    assert [line.unit for line in dressed.lines] == [line.unit for line in plainly.lines]
    assert np.array_equal(dressed.amounts, plainly.amounts, equal_nan=True)


def _with_commas(text: str) -> str:
    """The producer's cells are all in quotation marks, so none of them is cut."""
    return text.replace('";"', '","')


def test_both_files_of_an_election_are_read_together() -> None:
    names = [f"FV2015_{kind}.csv" for kind in ("befolk", "valgdat", "geodat")]
    files = {name: (SHIPPED / name).read_bytes() for name in names}
    people, votes = read_election(files)
    assert (people.lines[0].period.first, votes.lines[0].period.first) == (date(2010, 1, 1), date(2015, 6, 18))
    assert people.lines[3].unit == votes.lines[3].unit
    with pytest.raises(BadFile, match="én fil med tal ad gangen"):
        read_valgdatabase(files)


GOOD = small().decode()
LATER = "ValgId;ValgstedId;Stemmeberettigede;Afgivne stemmer\n28;159004;100;80\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "er tom"),
        (b"\xef\xbb\xbf  \n", "er tom"),
        (b"PK\x03\x04rest of a workbook", "Excel-fil"),
        (b"\x00\x01\x02\x03", "ikke en tekstfil"),
        (GOOD.encode("utf-16"), "ikke en tekstfil"),
        (b"a;b\n1;2\n", "ikke en fil fra Den Danske Valgdatabase"),
        (b"ValgstedId;Kommune\n159004;159\n", "ikke en fil fra Den Danske Valgdatabase"),
        (b"ValgId;ValgstedId;Stemmeberettigede\n28;159004;1\n", "mangler kolonnen “Afgivne stemmer”"),
        (LATER.split("\n")[0].encode(), "ingen rækker"),
        ((LATER + "28;159005;100\n").encode(), "række 3: Der er 3 felter, men 4 kolonner.*“Afgivne stemmer”.*Hent"),
        ((LATER + "28;159005;100;80;1\n").encode(), "række 3: Der er 5 felter"),
        ((LATER + "28;159004;100;80\n").encode(), "række 3, kolonne “ValgstedId”: 159004 står også i række 2"),
        (
            (LATER + "28;159005;1.000;80\n").encode(),
            "række 3, kolonne “Stemmeberettigede”: “1.000” er ikke et tal.*Ret",
        ),
        ((LATER + "28;159005;nan;80\n").encode(), "“nan” er ikke et tal"),
        ((LATER + "28;159005;1e3;80\n").encode(), "“1e3” er ikke et tal"),
        ((LATER + "28;1,59E+05;100;80\n").encode(), "række 3: “1,59E.05” er ikke koden"),
        ((LATER + "30;159005;100;80\n").encode(), "flere valg"),
        ((LATER + '28;"159005;100;80\n').encode(), "citationstegn"),
        (small(**{"Afgivne stemmer ": "80"}), "står to gange"),
        (small(**{"": "80"}), "har intet navn"),
        (small(**{"Ø. Enhedslisten": "1"}).decode().encode("utf-8").decode("cp1252").encode(), "forkerte æ, ø eller å"),
        (small(**{"Boligtype_Antal boliger_01. Parcelhuse": "1"}), "i samme tabel"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_remedy(data: bytes, said: str) -> None:
    with pytest.raises(BadFile, match=said) as refused:
        read_valgdatabase({"fil.csv": data})
    assert "fil.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("159004;159;Grønnemose;20150631;99991231", "række 2, kolonne “Valgsted start”: “20150631”"),
        ("159004;159;Grønnemose;20150601;i dag", "række 2, kolonne “Valgsted stop”: “i dag”"),
        ("159004;;Grønnemose;20150601;99991231", "kolonne “KommuneNr”"),
        ("159004;159;Grønnemose;20150601", "Der er 4 felter"),
    ],
)
def test_a_damaged_geography_is_refused(cells: str, said: str) -> None:
    header = "Valgsted Id;KommuneNr;Valgsted navn;Valgsted start;Valgsted stop"
    with pytest.raises(BadFile, match=said):
        read_valgdatabase({"v.csv": small(), "geo.csv": f"{header}\n{cells}\n".encode()})
    with pytest.raises(BadFile, match="mangler kolonnen “Valgsted stop”"):
        read_valgdatabase({"v.csv": small(), "geo.csv": header.rsplit(";", 1)[0].encode()})


def test_a_choice_of_files_without_figures_or_with_two_geographies_is_refused() -> None:
    geography = (SHIPPED / "FV2015_geodat.csv").read_bytes()
    with pytest.raises(BadFile, match="ingen fil med tal"):
        read_valgdatabase({"geo.csv": geography})
    with pytest.raises(BadFile, match="ingen fil med tal"):
        read_valgdatabase({})
    with pytest.raises(BadFile, match="to filer med geografi"):
        read_valgdatabase({"v.csv": small(), "a.csv": geography, "b.csv": geography})


def test_a_huge_file_is_refused_by_its_size() -> None:
    check_size("fil.csv", LARGEST)
    with pytest.raises(BadFile, match="højst læses 200 MB"):
        check_size("fil.csv", LARGEST + 1)
    with pytest.raises(BadFile, match="højst læses 200 MB"):
        read_valgdatabase({"fil.csv": bytes(LARGEST + 1)})


@needs_full
def test_the_largest_file_is_read_and_checked_in_well_under_two_seconds() -> None:
    data = (FULL / EV2024).read_bytes()
    start = time.perf_counter()
    extract = read_valgdatabase({EV2024: data})
    assert time.perf_counter() - start < 2
    assert extract.amounts.shape == (1285, 264)


SAMPLES = {
    name: b"".join((SHIPPED / name).read_bytes().splitlines(keepends=True)[:3])
    for name in ("FV2015_valgdat.csv", "FV2015_geodat.csv", "FV2015_befolk.csv", "EV2024_Befolkning_land.csv")
}
HARMS = [b";", b'"', b"\n", b"-", b",", b"\r", b"99991231", b"\xff", b"\x00", b"1" * 30]


@given(
    name=st.sampled_from([name for name in SAMPLES if "geodat" not in name]),
    geography=st.booleans(),
    harm=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(st.binary(max_size=6), st.sampled_from(HARMS))),
        max_size=6,
    ),
)
def test_any_damage_gives_figures_or_a_refusal(
    name: str, geography: bool, harm: list[tuple[float, int, bytes]]
) -> None:
    files = {name: SAMPLES[name]} | ({"FV2015_geodat.csv": SAMPLES["FV2015_geodat.csv"]} if geography else {})
    for number, (place, length, put) in enumerate(harm):
        target = list(files)[number % len(files)]
        at = int(place * len(files[target]))
        files[target] = files[target][:at] + put + files[target][at + length :]
    try:
        extract = read_valgdatabase(files)
    except BadFile:
        return
    figures = ~np.isnan(extract.amounts)
    has = np.array([[Status(status).has_figure for status in row] for row in extract.statuses]).reshape(figures.shape)
    assert (figures == has).all()
    assert not np.isinf(extract.amounts).any()
    assert len({line.unit.code for line in extract.lines}) == len(extract.lines)


def test_a_file_that_lacks_some_of_a_municipalitys_districts_is_stopped() -> None:
    figures, geography = (f"FV2005_{kind}.csv" for kind in ("valgdat", "geodat"))
    head, *rows = (SHIPPED / figures).read_bytes().splitlines(keepends=True)
    cut = head + b"".join(rows[:-2])
    files = {figures: cut, geography: (SHIPPED / geography).read_bytes()}
    (stopped,) = read_valgdatabase(files).stopped
    assert stopped.kind == "districts-without-figures"
    assert stopped.told.startswith("2 valgsteder")
    assert not read_valgdatabase(files | {figures: head + b"".join(rows)}).stopped


def test_a_file_cut_short_is_stopped_without_its_geography_where_the_districts_are_shipped() -> None:
    name = "FV2005_valgdat.csv"
    rows = (SHIPPED / name).read_bytes().splitlines(keepends=True)
    (stopped,) = read_valgdatabase({name: b"".join(rows[:-2])}).stopped
    assert stopped.kind == "districts-without-figures"
    whole = read_valgdatabase({name: b"".join(rows)})
    assert not of_kind(whole, "districts-without-figures") + of_kind(whole, "districts-unseen")


def test_it_is_told_where_nothing_says_which_districts_a_file_should_have() -> None:
    (told,) = of_kind(read_valgdatabase({EV2024: (SHIPPED / EV2024).read_bytes()}), "districts-unseen")
    assert told.severity is Severity.NOTE
    country = "EV2024_Befolkning_land.csv"
    assert not of_kind(read_valgdatabase({country: (SHIPPED / country).read_bytes()}), "districts-unseen")


def test_a_geography_of_another_election_stops_the_file() -> None:
    both = {name: (SHIPPED / name).read_bytes() for name in ("FV2015_befolk.csv", "FV2005_geodat.csv")}
    assert [one.kind for one in read_valgdatabase(both).stopped] == ["geography-of-another-election"]


@needs_full
def test_no_full_file_lacks_any_of_its_districts() -> None:
    for label in ("FV2005", "FV2007", "FV2015"):
        for kind in ("valgdat", "befolk"):
            assert not of_kind(read(FULL, label, kind), "districts-without-figures")
