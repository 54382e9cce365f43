"""Anybody's table by its mapping: areas by code or name, merged fields, every fault at once, corrections told."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from kvarter.cli.main import main
from kvarter.cli.register import KINDS
from kvarter.evidence.actions.drafts import send_in
from kvarter.evidence.actions.registers import Loading, NeedsReason, NotLoadable, look_through, take_in
from kvarter.evidence.importers.extract import Extract, Severity, Status
from kvarter.evidence.importers.mapping import Making, Mapping, read_mapping
from kvarter.evidence.importers.reading import READERS
from kvarter.evidence.importers.suggesting import suggest
from kvarter.evidence.importers.tables import read_mapped
from kvarter.evidence.models import Observation, Register
from kvarter.evidence.outside import read_outside
from kvarter.journal.models import Entry
from kvarter.people.policy import OPERATOR
from kvarter.tables.limits import BadFile
from kvarter.tables.sheets import read_sheets
from tests.evidence.figures import extract, lay_out, published, taken_in
from tests.evidence.test_tables import as_csv, as_ods, as_xlsx
from tests.world import World

HEAD: list[object] = ["Område", "Dag", "Stemmer", "Vælgere"]
BY_NAME = Mapping(
    unit_column="Område",
    period_column="Dag",
    source="optaelling",
    label="Valget",
    makes=[Making(indicator="stemmer", part=["Stemmer"], whole=["Vælgere"])],
)


def read(rows: list[list[object]], **changes: object) -> Extract:
    return read_mapped(as_csv([HEAD, *rows]), "tal.csv", BY_NAME.model_copy(update=changes))


def looked(world: World, rows: list[list[object]], **changes: object) -> Loading:
    return look_through(world.partnership, read(rows, **changes))


def faults(content: bytes, mapping: Mapping = BY_NAME, name: str = "tal.xlsx") -> tuple[str, ...]:
    with pytest.raises(BadFile) as refused:
        read_mapped(content, name, mapping)
    return refused.value.faults


@pytest.mark.parametrize("heading", ["dag", "Dato", "date", "Periode", "år", "År ", "Opgjort pr.", "Måned"])
def test_a_column_of_times_is_known_by_its_heading(heading: str) -> None:
    (sheet,) = read_sheets(as_csv([["Sted", heading, "Antal"], ["A", "2024", 5]]), "t.csv")
    assert suggest(sheet, source="s").period_column == heading.strip()


def test_a_column_of_days_is_known_by_what_stands_in_it() -> None:
    rows: list[list[object]] = [["Sted", "Målt", "Dagpenge"], ["A", "1. april 2024", 5], ["B", "2. kvartal 2024", 6]]
    (sheet,) = read_sheets(as_csv(rows), "t.csv")
    assert suggest(sheet, source="s").period_column == "Målt"


def test_a_day_in_a_workbook_is_a_day_and_a_number_a_number() -> None:
    def days(book: openpyxl.Workbook) -> None:
        assert book.active
        book.active["B2"], book.active["B3"] = date(2024, 6, 9), datetime(2024, 6, 10)
        book.active["B3"].number_format = 'dd"."mm"."yyyy'
        book.active["C2"].number_format = '#,##0 "dyr"'

    (sheet,) = read_sheets(as_xlsx([HEAD, ["A", 0, 45_000, 60_000], ["B", 0, 5, 9]], days), "t.xlsx")
    assert sheet.rows[1:] == [["A", "2024-06-09", 45_000, 60_000], ["B", "2024-06-10", 5, 9]]


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["900", "Storby Kommune", "  storby   KOMMUNE ", "Storby municipality", "storby"])
def test_an_area_is_known_by_code_or_name(world: World, written: str) -> None:
    lay_out(world)
    loading = looked(world, [[written, "2024-06-09", 3500, 4000]])
    assert [(figure.version.area.slug, figure.value) for figure in loading.figures] == [("storby", 0.875)]
    assert loading.unmatched == ()


@pytest.mark.django_db
def test_what_is_no_area_is_listed_by_row_and_a_person_says_what_it_is(world: World) -> None:
    lay_out(world)
    rows: list[list[object]] = [
        ["Storby K.", "2024-06-09", 3500, 4000],
        ["Storby K.", "2025-06-09", 3000, 4000],
        ["I alt", "2024-06-09", 9, 9],
    ]
    loading = looked(world, rows)
    assert loading.figures == ()
    assert [(one.text, one.rows) for one in loading.unmatched] == [("Storby K.", (2, 3)), ("I alt", (4,))]
    told = looked(world, rows, areas={"storby k.": "storby", "I alt": ""})
    assert [figure.value for figure in told.figures] == [0.875, 0.75]
    assert told.unmatched == ()


@pytest.mark.django_db
def test_an_area_under_two_names_is_not_added_to_itself(world: World) -> None:
    lay_out(world)
    loading = looked(world, [["900", "2024-06-09", 3500, 4000], ["Storby Kommune", "2024-06-09", 3500, 4000]])
    assert [figure.denominator for figure in loading.figures] == [4000]
    assert [(one.rows, "række 2" in one.why) for one in loading.unmatched] == [((3,), True)]


@pytest.mark.django_db
def test_an_area_that_was_not_there_then_is_told(world: World) -> None:
    lay_out(world)
    (one,) = looked(world, [["Storby Kommune", "1990-06-09", 3500, 4000]]).unmatched
    assert "ikke beskrevet for den tid" in one.why


@pytest.mark.django_db
def test_a_share_says_what_it_is_of_and_an_indicator_is_there(world: World) -> None:
    lay_out(world)
    rows: list[list[object]] = [["900", "2024-06-09", 3500, 4000]]
    with pytest.raises(NotLoadable, match="andel eller et gennemsnit"):
        looked(world, rows, makes=[Making(indicator="stemmer", part=["Stemmer"])])
    with pytest.raises(NotLoadable, match="findes ikke"):
        looked(world, rows, makes=[Making(indicator="findes-ikke", part=["Stemmer"])])


def test_every_fault_of_a_file_is_told_at_once_with_its_place() -> None:
    rows: list[list[object]] = [["A", "i fjor", 5, 9], ["", "2024", "mange", 9], ["C", "2024", 5, 9, 7]]
    told = faults(as_csv([HEAD, *rows]), name="tal.csv")
    assert len(told) == 4
    for place in ("række 2, kolonne “Dag”", "række 3, kolonne “Område”", "række 3, kolonne “Stemmer”", "række 4:"):
        assert any(place in one for one in told), place
    assert all("tal.csv, ark “tal.csv”" in one for one in told)


def test_of_many_faults_twenty_are_told_and_the_rest_counted() -> None:
    told = faults(as_csv([HEAD, *[["A", "2024", "mange", 9] for _row in range(50)]]), name="tal.csv")
    assert len(told) == 21
    assert "30" in told[-1]


def test_every_column_that_is_gone_from_a_new_layout_is_told() -> None:
    told = faults(
        as_csv([["Område", "Dag", "Afgivne"], ["A", "2024", 5]]),
        BY_NAME.model_copy(update={"figures": ["Stemmer", "Vælgere"]}),
    )
    assert ["“Stemmer”" in told[0], "“Vælgere”" in told[1], "Afgivne" in told[0]] == [True, True, True]


@pytest.mark.parametrize("places", ["A2:A3", "B2:B3"])
def test_places_and_times_merged_down_are_filled_and_it_is_told_where(places: str) -> None:
    rows = [HEAD, ["A", "2024", 5, 9], ["A", "2024", 6, 9]]
    rows[2][1 if places.startswith("A") else 0] = "2025" if places.startswith("A") else "B"
    found = read_mapped(as_xlsx(rows, lambda book: book.active.merge_cells(places)), "tal.xlsx", BY_NAME)  # type: ignore[union-attr]
    assert len(found.lines) == 2
    (told,) = found.findings
    assert (told.kind, told.severity) == ("merged-cells", Severity.NOTE)
    assert "Sheet" in told.told
    assert places in told.told


@pytest.mark.parametrize("places", ["C2:C3", "C2:D2", "A2:B3", "C1:D1"])
def test_a_merged_figure_is_refused_where_it_stands(places: str) -> None:
    content = as_xlsx([HEAD, ["A", "2024", 5, 9], ["B", "2024", 6, 9]], lambda book: book.active.merge_cells(places))  # type: ignore[union-attr]
    assert any(places in one and "slået sammen" in one for one in faults(content))


def test_a_heading_merged_with_what_is_above_it_is_read() -> None:
    rows: list[list[object]] = [HEAD, ["", "", "", ""], ["A", "2024", 5, 9]]

    def merge(book: openpyxl.Workbook) -> None:
        assert book.active
        for letter in "ABCD":
            book.active.merge_cells(f"{letter}1:{letter}2")

    found = read_mapped(as_xlsx(rows, merge), "tal.xlsx", BY_NAME.model_copy(update={"header_row": 2}))
    assert found.measures == ("Stemmer", "Vælgere")
    assert len(found.findings) == 4


def test_merged_fields_of_an_open_document_have_their_range() -> None:
    packed = as_ods([["A", 1], ["B", 2]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(out, "w") as after:
        for part in before.infolist():
            raw = before.read(part)
            if part.filename == "content.xml":
                raw = raw.replace(b"<table:table-cell ", b'<table:table-cell table:number-rows-spanned="2" ', 1)
            after.writestr(part, raw)
    (sheet,) = read_sheets(out.getvalue(), "t.ods")
    assert sheet.merged == ("A1:A2",)


@pytest.mark.django_db
@pytest.mark.parametrize(("said", "status"), [("skjult", "Q"), ("O", "O"), ("foreløbig", "P"), ("", "A")])
def test_the_status_of_a_row_stays_with_its_figure(world: World, said: str, status: str) -> None:
    lay_out(world)
    has = Status(status).has_figure
    content = as_csv([[*HEAD, "Status"], ["900", "2024-06-09", 3500 if has else "", 4000 if has else "", said]])
    found = read_mapped(content, "t.csv", BY_NAME.model_copy(update={"status_column": "Status"}))
    (figure,) = look_through(world.partnership, found).figures
    assert (figure.status, figure.value) == (status, 0.875 if has else None)


def test_a_status_that_contradicts_its_figure_or_is_unknown_is_refused() -> None:
    mapping = BY_NAME.model_copy(update={"status_column": "Status"})
    for said, why in (("skjult", "Ret det ene"), ("måske", "ingen status")):
        (told, *_more) = faults(as_csv([[*HEAD, "Status"], ["900", "2024", 3500, 4000, said]]), mapping)
        assert why in told


def test_a_mapping_tells_its_faults_in_the_language_of_the_page() -> None:
    wrong = '{"source": "s", "header_row": 0, "last_row": "x", "findes": 1, "decimal": ";", "published": "i går"}'
    for language, words in (
        ("da", ("den kender vi ikke", "ikke et helt tal")),
        ("en", ("we do not know it", "whole number")),
    ):
        with override(language), pytest.raises(BadFile) as refused:
            read_mapping(wrong)
        assert len(refused.value.faults) == 5
        said = str(refused.value)
        assert [word for word in words if word not in said] == []
        assert "Input" not in said


def test_a_file_of_others_figures_tells_all_its_faults() -> None:
    figure = '[[figure]]\nindicator = "a"\narea = "b"\nyear = 2020\nvalue = 3\n'
    with pytest.raises(BadFile) as refused:
        read_outside(f'label = "x"\n{figure}{figure}'.encode(), "x.toml")
    assert len(refused.value.faults) > 2


@pytest.mark.django_db
def test_figures_that_become_others_are_told_and_need_a_reason(world: World) -> None:
    lay_out(world)
    taken_in(world, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(world.partnership)
    corrected = extract({"900001": (850.0, 1000.0), "900002": (3500.0, 4000.0)})
    loading = look_through(world.partnership, corrected)
    told = {one.figure.version.area.slug: (one.before.numerator, one.figure.numerator) for one in loading.replaced}
    assert told[world.partnership.area.slug] == (800, 850)  # type: ignore[union-attr]
    assert all(one.published for one in loading.replaced)
    before = Register.objects.count(), Observation.objects.count()
    for nothing in ("", "   "):
        with pytest.raises(NeedsReason, match="rettelse"):
            take_in(by=OPERATOR, partnership=world.partnership, extract=corrected, why=nothing)
    assert (Register.objects.count(), Observation.objects.count()) == before
    take_in(by=OPERATOR, partnership=world.partnership, extract=corrected, why="Optalt igen.")
    entry = Entry.objects.filter(verb="register.take_in").latest("pk")
    assert (entry.why, entry.details["replaced"]) == ("Optalt igen.", len(loading.replaced))


def test_the_command_names_every_kind_of_file_it_reads() -> None:
    assert set(KINDS) == {*READERS, "outside"}
    told = CliRunner().invoke(main, ["register", "import", "--help"]).output
    assert [kind for kind in KINDS if kind not in told] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["da", "en"])
def test_the_command_tells_areas_it_does_not_know_and_corrections(world: World, tmp_path: Path, language: str) -> None:
    lay_out(world)
    file, mapping = tmp_path / "tal.csv", tmp_path / "opskrift.json"
    file.write_bytes(as_csv([HEAD, ["900", "2024-06-09", 3500, 4000], ["Andet sted", "2024-06-09", 1, 2]]))
    mapping.write_text(BY_NAME.as_text(), encoding="utf-8")
    arguments = ["register", "import", str(file), "--source", "table", "--partnership", world.partnership.slug]
    arguments += ["--mapping", str(mapping), "--language", language]
    shown = CliRunner().invoke(main, [*arguments, "--json"])
    told = json.loads(shown.stdout)
    assert [(one["text"], one["rows"]) for one in told["unmatched"]] == [("Andet sted", [3])]
    assert CliRunner().invoke(main, [*arguments, "--yes"]).exit_code == 0
    file.write_bytes(as_csv([HEAD, ["900", "2024-06-09", 3600, 4000]]))
    refused = CliRunner().invoke(main, [*arguments, "--yes"])
    assert refused.exit_code == 2
    assert "--why" in refused.output
    assert ("Rettes: stemmer" in refused.output) is (language == "da")
    assert ("Corrected: stemmer" in refused.output) is (language == "en")
    assert CliRunner().invoke(main, [*arguments, "--yes", "--why", "Talt igen"]).exit_code == 0


@pytest.mark.django_db
def test_the_page_shows_a_correction_before_and_after_and_asks_why(world: World, client: Client) -> None:
    indicator = lay_out(world)
    rest = [["900002", "2024-06-09", 3500, 4000]]
    mapping = BY_NAME.model_copy(update={"scheme": "valgsted"}).as_text()
    client.force_login(world.secretariat)
    for votes in (800, 850):
        sent = {"tal.csv": as_csv([HEAD, ["900001", "2024-06-09", votes, 1000], *rest])}
        draft = send_in(
            by=world.secretariat, partnership=world.partnership, kind="table", files=sent, said={"mapping": mapping}
        )
        address = reverse("register_draft", args=[world.partnership.slug, draft.pk])
        page = client.get(address, SERVER_NAME="localhost").content.decode()
        if votes == 800:
            assert "Det her rettes" not in page
            client.post(address, {"why": ""}, SERVER_NAME="localhost")
    for said in ("(800 / 1.000)", "(850 / 1.000)", "Skriv hvorfor"):
        assert said in page, said
    refused = client.post(address, {"why": ""}, SERVER_NAME="localhost")
    assert "1 tal, der er læst ind før, bliver et andet" in refused.content.decode()
    assert Observation.objects.filter(indicator=indicator).count() == 1
    client.post(address, {"why": "Talt igen"}, SERVER_NAME="localhost")
    assert Observation.objects.filter(indicator=indicator).count() == 2
