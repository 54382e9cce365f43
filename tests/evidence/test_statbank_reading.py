"""What StatBank answers becomes figures that can stand alone: units, days, statuses and notes; damage is refused."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter.evidence.importers.extract import Period, Status, Unit
from kvarter.evidence.importers.statbank.areas import MUNICIPALITIES, municipality_code, unit_of
from kvarter.evidence.importers.statbank.breaks import breaks_in
from kvarter.evidence.importers.statbank.csv_answer import read_csv
from kvarter.evidence.importers.statbank.jsonstat import read_jsonstat
from kvarter.evidence.importers.statbank.layout import StatbankExtract
from kvarter.evidence.importers.statbank.periods import end_of_month, first_day, period_of
from kvarter.evidence.importers.statbank.reading import read_answer
from kvarter.tables.limits import BadFile
from tests.evidence.statbank import AREAS, FOLK, QUARTERS, info, jsonstat


def folk(figures: list[Any], **more: Any) -> StatbankExtract:
    """The Extract of a made-up FOLK1A: six areas, both quarters."""
    cells = read_jsonstat(
        jsonstat({"OMRÅDE": [code for code, _name in AREAS], "Tid": ["2019K4", "2020K1"]}, figures), "T"
    )
    return read_answer(cells, info(FOLK, **more), "digest", timing=first_day)


def test_areas_are_units_and_quarters_their_first_day() -> None:
    made = folk(list(range(1, 13)))
    assert [(line.unit.scheme, line.unit.code) for line in made.lines[::2]] == [
        ("land", "DK"),
        ("region", "084"),
        ("kommune", "101"),
        ("kommune", "159"),
        ("kommune", "411"),
        ("statbank", "998"),
    ]
    assert made.lines[1].period == Period(date(2020, 1, 1), date(2020, 1, 1))
    assert made.amounts.ravel().tolist() == list(range(1, 13))
    assert {"99th-unit", "unknown-area", "left-out-variable"} == {finding.kind for finding in made.findings}


def test_a_parish_has_four_digits_and_the_second_area_must_be_chosen() -> None:
    parishes = {"SOGN": [("9071", "Haralds"), ("7001", "Vor Frue")], "Tid": [("2024", "2024")]}
    cells = read_csv(b"SOGN;TID;INDHOLD\r\n7001;2024;3\r\n9071;2024;4\r\n", "svar")
    made = read_answer(cells, info(parishes), "digest", timing=first_day)
    assert [(line.unit.scheme, line.unit.code, line.unit.name) for line in made.lines] == [
        ("sogn", "7001", "Vor Frue"),
        ("sogn", "9071", "Haralds"),
    ]
    moves = {"FRAKOM": AREAS, "TILKOM": AREAS, "Tid": [("2024", "2024")]}
    cells = read_csv(b"FRAKOM;TILKOM;TID;INDHOLD\r\n101;159;2024;3\r\n159;101;2024;4\r\n", "svar")
    with pytest.raises(BadFile, match="FRAKOM, TILKOM"):
        read_answer(cells, info(moves), "digest")
    chosen = read_answer(cells, info(moves), "digest", area="tilkom")
    assert (chosen.measures, chosen.called["FRAKOM=101"]) == (("FRAKOM=101", "FRAKOM=159"), "København")
    with pytest.raises(BadFile, match="9999"):
        read_answer(read_csv(b"SOGN;TID;INDHOLD\r\n9999;2024;3\r\n", "svar"), info(parishes), "digest")


def test_a_total_is_no_area_and_an_english_quarter_is_the_danish_one() -> None:
    kinds = {"ART": [("000", "I alt"), ("1", "Hus")], "Tid": QUARTERS}
    cells = read_csv(b"ART;TID;INDHOLD\r\n000;2020Q1;3\r\n1;2020Q1;4\r\n", "svar")
    made = read_answer(cells, info(kinds), "digest", timing=first_day)
    assert (made.measures, str(made.lines[0].period)) == (("ART=000", "ART=1"), "2020-01-01")
    assert "no-area" in {finding.kind for finding in made.findings}


def test_a_zero_may_be_hidden_and_a_gap_is_no_zero() -> None:
    made = folk([5, 0, None, "..", 1, 2, 3, 4, 5, 6, 7, "-"])
    assert made.statuses.ravel().tolist()[:5] == ["A", "ZQ", "O", "O", "A"]
    assert made.statuses.ravel()[-1] == Status.ZERO_OR_SUPPRESSED
    assert np.isnan(made.amounts[made.statuses != "A"]).all()
    kinds = {finding.kind: finding for finding in made.findings}
    assert kinds["zero-may-be-hidden"].measures == ("T1",)
    assert "2 tal" in kinds["missing-figures"].told
    assert folk([5, 0, *[1] * 10], suppressedDataValue="").statuses.ravel()[1] == Status.NORMAL


def test_a_break_in_a_footnote_is_marked_and_an_optional_note_is_told() -> None:
    broken = {"text": "Der er databrud mellem 2019K4 og 2020K1.", "mandatory": True}
    made = folk(list(range(1, 13)), footnote=broken)
    assert made.statuses.ravel().tolist() == ["A", "B"] * 6
    assert made.footnotes == (broken["text"],)
    optional = folk([1] * 12, footnote={"text": "Kun til orientering", "mandatory": False}, active=False)
    assert optional.footnotes == ()
    assert {"footnote", "not-updated"} <= {finding.kind for finding in optional.findings}
    odd = folk([1] * 12, footnote="Skal vises")
    assert odd.footnotes == ("Skal vises",)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Seriebrud fra 2014.", [date(2014, 1, 1)]),
        ("Data breaks in 2011 and 2016", [date(2011, 1, 1), date(2016, 1, 1)]),
        ("Der er ikke databrud i 2016.", None),
        ("Indbrud i 2016 er talt med. Lovbrud i 2017 er ikke.", None),
        ("Break-ins in 2016", None),
        ("There is a break in the series.", []),
    ],
)
def test_only_what_is_a_break_is_one(text: str, after: list[date] | None) -> None:
    assert [list(found.after) for found in breaks_in([text])] == ([] if after is None else [after])


def test_one_municipality_has_many_codes_and_an_age_has_none() -> None:
    assert {municipality_code(code) for code in (159, "159", "0159", "159xxx", "159004")} == {"159"}
    assert municipality_code("999") is None
    assert len(MUNICIPALITIES) == 99
    assert unit_of("101", "101 år") is None
    assert unit_of("000", "Afgørelsestype i alt") is None
    assert unit_of("101", "Gladsaxe") is None
    assert unit_of("9071", "Haralds", parishes=True) == Unit("sogn", "9071", "Haralds")


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2020", "2020-01-01", "2020-12-31"),
        ("2020K1", "2020-01-01", "2020-03-31"),
        ("2020Q4", "2020-10-01", "2020-12-31"),
        ("2020H1", "2020-01-01", "2020-06-30"),
        ("2020M02", "2020-02-01", "2020-02-29"),
        ("2020U53", "2020-12-28", "2021-01-03"),
        ("2020M02D29", "2020-02-29", "2020-02-29"),
        ("2018:2020", "2018-01-01", "2020-12-31"),
    ],
)
def test_times_are_days(code: str, first: str, last: str) -> None:
    assert period_of(code) == Period(date.fromisoformat(first), date.fromisoformat(last))


def test_what_is_no_time_is_none() -> None:
    for code in ("", "2020K5", "2021U53", "2020M13", "2021M02D29", "20201", "0159", "I alt"):
        assert period_of(code) is None, code
    whole = period_of("2020")
    assert whole is not None
    assert end_of_month(11)(whole) == Period(date(2020, 11, 30), date(2020, 11, 30))


def test_jsonstat_is_read_dense_and_sparse_by_list_and_by_object() -> None:
    dense = json.loads(jsonstat({"A": ["x", "y"], "Tid": ["2019", "2020"]}, [1, 2, None, 4]))
    sparse = json.loads(json.dumps(dense))
    sparse["dataset"]["value"] = {"0": 1, "1": 2, "3": 4}
    sparse["dataset"]["dimension"]["A"]["category"] = {"index": ["x", "y"], "label": {"y": "Y", "x": "X"}}
    sparse["dataset"]["status"] = {"0": "p", "2": ".", "3": "q"}
    one, other = (read_jsonstat(json.dumps(told).encode(), "t") for told in (dense, sparse))
    assert np.array_equal(one.amounts, other.amounts, equal_nan=True)
    assert one.statuses.tolist() == ["A", "A", "O", "A"]
    assert other.statuses.tolist() == ["P", "A", "M", "A"]
    assert other.unknown == ("q",)
    turned = json.loads(json.dumps(dense))
    turned["dataset"]["dimension"]["A"]["category"]["index"] = {"x": 1, "y": 0}
    assert [value.code for value in read_jsonstat(json.dumps(turned).encode(), "t").dimensions[0].values] == ["y", "x"]


def test_a_wrong_answer_is_named() -> None:
    good = jsonstat({"Tid": ["2020"]}, [1])
    for raw, words in [
        (good[:-5], "klippet over"),
        (b"", "tom"),
        (b'{"class":"dataset","version":"2.0"}', "version 2"),
        (good.replace(b"[1]}", b"[1,2]}"), "value"),
        (good.replace(b'"2020": 0', b'"2020": 7'), "Tid.category.index"),
        (b'{"errorTypeCode":"X","message":"sorry"}', "X – sorry"),
        ("æ".encode("latin-1"), "række 1.*UTF-8"),
        (good.replace(b"[1]}", b'["mange"]}'), "tal nummer 1.*mange"),
    ]:
        with pytest.raises(BadFile, match=words):
            read_jsonstat(raw, "svar.json")
    for text, words in [
        ("\ufeffA;TID;INDHOLD\r\nx;2020;1\r\nx;2021", "afsluttet"),
        ("A;TID;INDHOLD\r\nx;2020;mange\r\n", "række 2, kolonne INDHOLD: “mange”"),
        ("A;TID;INDHOLD\r\nx;2020\r\n", "række 2: 2 felter"),
        ("A;TID;INDHOLD\r\nx;2020;1\r\nx;2020;2\r\n", "række 2 og 3"),
        ("A,TID,INDHOLD\r\nx,2020,1\r\n", "semikolon"),
    ]:
        with pytest.raises(BadFile, match=words):
            read_csv(text.encode(), "svar.csv")


GOOD_JSON = jsonstat({"A": ["x", "y"], "Tid": ["2019", "2020"]}, [1, 2.5, None, ".."], status={"0": "p"}, label="æ")
GOOD_CSV = "\ufeffOMRÅDE;TID;INDHOLD\r\n159;2020K1;69262\r\n101;2020K1;..\r\n".encode()
PIECES = (
    b"",
    b"0",
    b"-1",
    b"null",
    b"{}",
    b"[",
    b'"',
    b";",
    b"\r\n",
    b"\xff",
    b"1e999",
    b"9" * 400,
    b"true",
    b"\x00",
    b"NaN",
)


@given(st.data())
def test_a_damaged_answer_is_read_or_refused_but_never_breaks(data: st.DataObject) -> None:
    raw, read = data.draw(st.sampled_from([(GOOD_JSON, read_jsonstat), (GOOD_CSV, read_csv)]))
    for _step in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.integers(0, 6)))
        raw = raw[:start] + data.draw(st.sampled_from(PIECES) | st.binary(max_size=3)) + raw[end:]
    try:
        found = read(raw, "svar")
    except BadFile:
        return
    assert np.isfinite(found.amounts[[Status(one).has_figure for one in found.statuses]]).all()


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(scrap=SCRAPS, at=st.integers(0, 60))
def test_an_answer_with_one_part_replaced_is_read_or_refused(scrap: Any, at: int) -> None:
    tree = json.loads(GOOD_JSON)
    spots: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key in node if isinstance(node, dict) else range(len(node)):
            spots.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    walk(tree)
    node, key = spots[at % len(spots)]
    node[key] = scrap
    try:
        found = read_jsonstat(json.dumps(tree).encode(), "svar")
    except BadFile:
        return
    assert len(found.places) == len(found.amounts) == len(found.statuses)
