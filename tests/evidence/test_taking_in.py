"""Taking in a file: all or nothing, one measurement once, and a code only where it was that place."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.agreements.models import Partnership
from kvarter.cli.main import main
from kvarter.evidence.actions import drafts
from kvarter.evidence.actions.registers import AlreadyTakenIn, NotLoadable, look_through, take_in
from kvarter.evidence.default_content import FOLDER, load_figures
from kvarter.evidence.importers.extract import Finding, Severity, Status
from kvarter.evidence.importers.reading import check_size
from kvarter.evidence.models import Draft, Observation, Publication, Register
from kvarter.evidence.queries.published import Published, published_of
from kvarter.people.policy import OPERATOR, Refused
from kvarter.tables.limits import BadFile
from tests.conftest import SHARED
from tests.evidence.figures import extract, lay_out, taken_in
from tests.world import World

pytestmark = pytest.mark.django_db
PLENTY = {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)}
FULL = SHARED / "data" / "valgdatabase" / "EV2024_Befolkning.csv"


@pytest.fixture
def hoeje_gladsaxe() -> Partnership:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    return partnership


def shown(partnership: Partnership) -> Published:
    return published_of(OPERATOR, partnership, "da")


def test_the_same_file_is_taken_in_once(world: World) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    with pytest.raises(AlreadyTakenIn):
        taken_in(world, PLENTY)
    assert Register.objects.count() == 1


def test_a_file_that_is_stopped_leaves_nothing(world: World) -> None:
    lay_out(world)
    bad = extract(PLENTY)
    object.__setattr__(bad, "findings", (Finding("doubled-rows", Severity.STOP, "Rækken står to gange."),))
    with pytest.raises(NotLoadable, match="to gange"):
        take_in(by=OPERATOR, partnership=world.partnership, extract=bad)
    assert not Observation.objects.exists()


def test_an_unknown_source_and_a_file_of_other_places_are_told(world: World) -> None:
    lay_out(world)
    with pytest.raises(NotLoadable, match="ikke kendt"):
        take_in(by=OPERATOR, partnership=world.partnership, extract=extract(PLENTY, source="ukendt"))
    far_away = extract({"123456": (1.0, 2.0)})
    object.__setattr__(far_away, "lines", tuple(_elsewhere(line) for line in far_away.lines))
    with pytest.raises(NotLoadable, match="områdernes koder"):
        take_in(by=OPERATOR, partnership=world.partnership, extract=far_away)


def _elsewhere(line: object) -> object:
    from dataclasses import replace

    return replace(line, unit=replace(line.unit, part_of=("kommune", "123")))  # type: ignore[type-var, attr-defined]


def test_withheld_columns_give_no_figure(world: World) -> None:
    lay_out(world)
    file = extract(PLENTY)
    object.__setattr__(file, "findings", (Finding("swapped-labels", Severity.WITHHELD, "Byttet.", ("Stemmer",)),))
    loading = look_through(world.partnership, file)
    assert (loading.figures, loading.without) == ((), ("stemmer",))


def test_the_same_counts_under_another_day_are_one_measurement(world: World) -> None:
    lay_out(world)
    taken_in(world, PLENTY)
    loading = look_through(world.partnership, extract(PLENTY, day=date(2026, 6, 9)))
    assert not loading.figures
    assert {figure.indicator for figure in loading.copies} == {"stemmer"}


def test_only_those_at_work_take_in(world: World) -> None:
    lay_out(world)
    for role in ("visitor", "resident", "party_member", "administrator"):
        with pytest.raises(Refused):
            take_in(by=world.people.get(role), partnership=world.partnership, extract=extract(PLENTY))  # type: ignore[arg-type]
    take_in(by=world.people["analyst"], partnership=world.partnership, extract=extract(PLENTY))


def test_a_figure_belongs_to_what_the_code_was_then(hoeje_gladsaxe: Partnership) -> None:
    """Code 159004 is Høje Gladsaxe in 2005 and 2007, and Grønnemose in 2015."""
    turnout = {
        (figure.place.area, figure.period.last.year): (figure.numerator, figure.denominator)
        for figure in shown(hoeje_gladsaxe).figures.values()
        if figure.indicator == "valgdeltagelse"
    }
    assert turnout["hoeje-gladsaxe", 2005] == (2228, 2695)
    assert turnout["hoeje-gladsaxe", 2007] == (2153, 2635)
    assert turnout["groennemose", 2015] == (5395, 6360)
    assert ("hoeje-gladsaxe", 2015) not in turnout
    assert ("groennemose", 2007) not in turnout


def test_the_municipality_is_the_sum_of_its_districts_and_the_rest_is_without_the_area(
    hoeje_gladsaxe: Partnership,
) -> None:
    figures = shown(hoeje_gladsaxe).figures
    whole = figures["valgdeltagelse/gladsaxe@1970-04-01/2007-11-13"]
    rest = figures["valgdeltagelse/resten-af-gladsaxe@1970-04-01/2007-11-13"]
    assert round(100 * (whole.value or 0), 1) == 87.4
    assert (rest.numerator, rest.denominator) == (39149 - 2153, 44784 - 2635)


def test_the_background_of_2007_is_that_of_2005_and_is_not_taken_in_again(hoeje_gladsaxe: Partnership) -> None:
    days = set(Observation.objects.filter(indicator__slug="bor-alment").values_list("first", flat=True))
    assert days == {date(2005, 1, 1), date(2010, 1, 1)}


def test_the_background_named_for_2024_is_of_2020(hoeje_gladsaxe: Partnership) -> None:
    figure = shown(hoeje_gladsaxe).figures["ydelser/gladsaxe@1970-04-01/2020-01-01"]
    assert (figure.label, figure.denominator) == ("EV2024", 69262)


def test_cars_and_branches_are_withheld_and_explained(hoeje_gladsaxe: Partnership) -> None:
    register = Register.objects.get(file="EV2024_Befolkning.csv")
    kinds = {finding["kind"]: finding["severity"] for finding in register.findings}
    assert kinds["swapped-labels"] == kinds["doubled-columns"] == "withheld"
    told = {finding["told"]["da"] for finding in register.findings} - {f["told"]["en"] for f in register.findings}
    assert told, "what was found is told in both languages"


def test_the_share_of_the_new_district_is_counted_in_the_files(hoeje_gladsaxe: Partnership) -> None:
    (share,) = shown(hoeje_gladsaxe).indicators["valgdeltagelse"].shares
    assert (share.of_part, share.of_whole, share.basis) == (1924, 4217, "dwellings")


def test_a_new_installation_has_published_its_figures(hoeje_gladsaxe: Partnership) -> None:
    publication = Publication.objects.get(partnership=hoeje_gladsaxe)
    assert publication.number == 1
    assert len(shown(hoeje_gladsaxe).figures) > 40


@pytest.mark.skipif(not FULL.exists(), reason="the full files are not beside the project")
def test_the_command_shows_the_full_file_and_stores_it_only_when_told(hoeje_gladsaxe: Partnership) -> None:
    arguments = ["register", "import", str(FULL), "--source", "valgdatabase", "--partnership", "hoeje-gladsaxe"]
    before = Register.objects.count()
    done = CliRunner().invoke(main, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["lines"], told["columns"], told["stored"]) == (1285, 264, False)
    assert {"doubled-columns", "swapped-labels", "reference-date"} <= {one["kind"] for one in told["findings"]}
    assert len(told["withheld"]) == 139
    country = [f for f in told["figures"] if (f["indicator"], f["area"]) == ("ydelser", "danmark")]
    assert country[0]["denominator"] == pytest.approx(5_822_710, abs=1)
    assert Register.objects.count() == before
    assert CliRunner().invoke(main, [*arguments, "--yes"]).exit_code == 0
    assert Register.objects.count() == before + 1


def test_the_command_tells_what_is_wrong_and_stores_nothing(hoeje_gladsaxe: Partnership, tmp_path: Path) -> None:
    wrong = tmp_path / "EV2024.csv"
    wrong.write_bytes(b"ikke en tabel")
    for extra in (["--source", "valgdatabase"], ["--source", "findes-ikke"]):
        done = CliRunner().invoke(
            main, ["register", "import", str(wrong), *extra, "--partnership", "hoeje-gladsaxe", "--yes"]
        )
        assert done.exit_code == 2, done.output
        assert "Traceback" not in done.output
    assert not Register.objects.filter(file="EV2024.csv").exists()


@pytest.mark.parametrize(
    ("language", "said", "other"),
    [
        ("da", ("kolonner", "Intet er gemt.", "Bemærk:", "| Gladsaxe Kommune |"), ("columns", "Nothing", "note:")),
        (
            "en",
            ("columns", "Nothing is stored.", "Note:", "| Gladsaxe muni"),
            ("kolonner", "Intet", "Bemærk"),
        ),
    ],
)
def test_the_command_speaks_one_language(
    hoeje_gladsaxe: Partnership, language: str, said: tuple[str, ...], other: tuple[str, ...]
) -> None:
    file = str(FOLDER / "valgdatabase" / "EV2024_Befolkning.csv")
    Register.objects.filter(file="EV2024_Befolkning.csv").delete()  # so that all it gives is new
    arguments = ["register", "import", file, "--source", "valgdatabase", "--partnership", "hoeje-gladsaxe"]
    done = CliRunner().invoke(main, [*arguments, "--language", language])
    wrong = CliRunner().invoke(main, [*arguments, "--language", language, "--source", "findes-ikke"])
    assert done.exit_code == 0, done.output
    assert [word for word in said if word not in done.output] == []
    assert [word for word in other if word in done.output] == []
    assert ("kan ikke læses" in wrong.output) is (language == "da")


def test_a_file_of_200_mb_is_refused_by_its_size() -> None:
    with pytest.raises(BadFile, match="50 MB"):
        check_size("stor.csv", 200 * 1024 * 1024)


def test_a_draft_is_kept_until_taken_in_and_a_week_at_most(world: World) -> None:
    from datetime import timedelta

    from django.utils import timezone

    lay_out(world)
    Draft.objects.create(partnership=world.partnership, kind="valgdatabase", sent=timezone.now())
    assert drafts.clear_old_drafts(timezone.now()) == 0
    assert drafts.clear_old_drafts(timezone.now() + timedelta(days=8)) == 1


def test_an_unreadable_file_is_not_kept(world: World) -> None:
    with pytest.raises(BadFile):
        drafts.send_in(
            by=world.secretariat,
            partnership=world.partnership,
            kind="valgdatabase",
            files={"a.csv": b"\x00\x01"},
            said={},
        )
    assert not Draft.objects.exists()


def test_a_status_without_a_figure_has_none() -> None:
    assert {status for status in Status if status.has_figure} == {
        Status.NORMAL,
        Status.BREAK,
        Status.ESTIMATED,
        Status.PROVISIONAL,
        Status.UNRELIABLE,
    }


def test_fetching_is_off_until_the_operator_turns_it_on(hoeje_gladsaxe: Partnership) -> None:
    done = CliRunner().invoke(main, ["register", "fetch", "FOLK1A", "--partnership", "hoeje-gladsaxe"])
    assert done.exit_code == 2
    assert "KVARTER_STATBANK_URL" in done.output
