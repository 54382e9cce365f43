"""A wave whose key is lost: it is told early and where people work, and the wave can be called off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from kvarter.cli.main import main
from kvarter.cli.serving import tell_of_keys, tell_where_keys_lie
from kvarter.journal.models import Entry
from kvarter.people.policy import OPERATOR, Refused
from kvarter.surveys.actions import calling_off
from kvarter.surveys.actions import keys as own_keys
from kvarter.surveys.actions.calling_off import CanBeRead, call_off_wave
from kvarter.surveys.actions.cutting import close_wave, finish_cuts
from kvarter.surveys.actions.keys import NoPlaceForKeys, Use, keep_key, key_of, keys_left
from kvarter.surveys.actions.waves import WrongStep
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Code, FrameFile, Invitation, Wave
from kvarter.surveys.queries.keys import troubles_of
from tests.surveys.drawn import drawn
from tests.surveys.field import Field, answer_all, in_field
from tests.surveys.residents import resident, text
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
AT = "/kvarter/lilleby/undersoegelse/2024"
PAGES = (
    *("", "/ret", "/fortael", "/oplysninger", "/krav", "/aabn", "/liste", "/udtraek", "/breve", "/papir"),
    *("/fravaelg", "/svar", "/forlaeng", "/luk", "/aflys", "/vaegt", "/tal", "/tast"),
)


@pytest.fixture
def field(world: World) -> Field:
    """A wave in the field that some have answered."""
    made = in_field(planned(world))
    answer_all(made, rate=0.1)
    return made


def file_of(wave: Wave, use: Use) -> Path:
    return own_keys._file(bytes(wave.salt), use)


def lose(wave: Wave, *uses: Use) -> None:
    for use in uses:
        file_of(wave, use).unlink()


def sent() -> int:
    return Response.objects.filter(finished=True).count()


@pytest.mark.parametrize("uses", [(Use.LINK,), (Use.CONTACT,), tuple(Use)])
def test_every_page_stands_and_those_at_work_are_told_which_file_is_missing(
    field: Field, client_as: Callable[[str], Client], uses: tuple[Use, ...]
) -> None:
    lose(field.wave, *uses)
    sara = client_as("secretariat")
    for page in PAGES:
        assert sara.get(AT + page).status_code < 500, page
    for page in ("", "/svar", "/breve"):
        told = text(sara.get(AT + page))
        for use in uses:
            assert file_of(field.wave, use).name in told, page
    assert file_of(field.wave, uses[0]).name in text(client_as("analyst").get(f"{AT}/svar"))
    assert file_of(field.wave, uses[0]).name not in text(client_as("visitor").get(AT))


def test_a_wave_that_is_being_planned_tells_it_too(world: World, client_as: Callable[[str], Client]) -> None:
    wave = drawn(world)
    lose(wave, *Use)
    sara = client_as("secretariat")
    for page in PAGES:
        assert sara.get(AT + page).status_code < 500, page
    assert "En nøgle mangler" in text(sara.get(AT))


def test_a_key_that_cannot_be_read_is_told_of_as_such(field: Field, client_as: Callable[[str], Client]) -> None:
    file_of(field.wave, Use.LINK).unlink()
    file_of(field.wave, Use.LINK).mkdir()  # a file that may not be read answers with an error of the same kind
    try:
        [trouble] = troubles_of(field.wave)
        assert "kan ikke læses (" in trouble.told
        assert client_as("secretariat").get(f"{AT}/svar").status_code == 200
        assert resident().get(f"/s/{field.people[0].code}").status_code == 503
    finally:
        file_of(field.wave, Use.LINK).rmdir()


def test_it_is_told_when_the_server_starts_and_by_the_daily_command(
    field: Field, capsys: pytest.CaptureFixture[str]
) -> None:
    tell_of_keys()
    assert capsys.readouterr().err == ""
    lose(field.wave, Use.LINK)
    tell_of_keys()
    assert f"lilleby/2024: Undersøgelsens nøgle mangler: {file_of(field.wave, Use.LINK)}" in capsys.readouterr().err
    assert file_of(field.wave, Use.LINK).name in CliRunner().invoke(main, ["remind"]).output


def test_where_keys_lie_is_told_and_that_a_backup_of_the_home_would_take_them(
    settings: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings.HOME, settings.WAVE_KEYS = tmp_path, tmp_path / "wave-keys"
    tell_where_keys_lie()
    told = capsys.readouterr()
    assert str(tmp_path / "wave-keys") in told.out
    assert str(settings.SURVEY_KEY_FILE) in told.out
    assert f"Pas på: mappen ligger i {tmp_path}." in told.err
    settings.WAVE_KEYS = tmp_path.parent / "et-andet-sted"
    tell_where_keys_lie()
    told = capsys.readouterr()
    assert "et-andet-sted" in told.out
    assert told.err == ""


def test_the_secretariat_calls_it_off_and_all_that_leads_to_people_goes(
    field: Field, client_as: Callable[[str], Client]
) -> None:
    lose(field.wave, Use.LINK)
    many, sara = sent(), client_as("secretariat")
    assert many > 0
    assert sara.get(f"{AT}/luk")["Location"] == f"{AT}/aflys"
    page = text(sara.get(f"{AT}/aflys"))
    assert f"aldrig kan læses, og som bliver slettet</dt><dd>{many}</dd>" in page
    assert "Sæt kryds" in text(sara.post(f"{AT}/aflys", {"why": "Nøglen er væk"}))
    assert sara.post(f"{AT}/aflys", {"sure": "on"}).status_code == 200  # a reason is owed
    assert Code.objects.exists()
    assert sara.post(f"{AT}/aflys", {"sure": "on", "why": "Disken brændte af"})["Location"] == AT
    field.wave.refresh_from_db()
    assert field.wave.state == "called_off"
    for model in (Code, Invitation, FrameFile, Response):
        assert not model.objects.exists()
    line = Entry.objects.get(verb="wave.call_off")
    assert (line.why, line.details) == ("Disken brændte af", {"answers_lost": many})
    for page in PAGES:
        assert sara.get(AT + page).status_code < 500, page
    assert "ingen svar at vægte" in text(sara.get(f"{AT}/vaegt"))


def test_whoever_was_written_to_can_read_that_it_is_called_off(
    field: Field, client_as: Callable[[str], Client]
) -> None:
    lose(field.wave, Use.LINK)
    call_off_wave(by=OPERATOR, wave=field.wave, why="Nøglen er væk")
    page = text(client_as("visitor").get(AT))
    assert "Undersøgelsen er aflyst" in page
    assert "Ingen, for undersøgelsen er aflyst." in page
    come = resident().get(f"/s/{field.people[0].code}", follow=True)
    assert come.status_code == 200
    assert "De er lukket" in text(come)


def test_what_can_be_read_is_closed_and_not_called_off(field: Field, client_as: Callable[[str], Client]) -> None:
    lose(field.wave, Use.CONTACT)
    assert "Den skal ikke aflyses, men lukkes" in text(client_as("secretariat").get(f"{AT}/aflys"))
    with pytest.raises(CanBeRead, match=f"{sent()} har sendt et svar"):
        call_off_wave(by=OPERATOR, wave=field.wave, why="Fortrudt")
    assert close_wave(by=OPERATOR, wave=field.wave).state == "closed"
    with pytest.raises(WrongStep, match="lukket"):
        call_off_wave(by=OPERATOR, wave=field.wave, why="Fortrudt")


def test_a_plan_that_comes_to_nothing_can_be_called_off_and_is_told_to_nobody(
    world: World, client_as: Callable[[str], Client]
) -> None:
    wave = drawn(world)
    with pytest.raises(Refused):
        call_off_wave(by=world.people["analyst"], wave=wave, why="Ingen penge")
    call_off_wave(by=world.secretariat, wave=wave, why="Ingen penge")
    assert not FrameFile.objects.exists()
    assert not Invitation.objects.exists()
    assert client_as("visitor").get(AT).status_code == 404
    assert client_as("analyst").get(AT).status_code == 200


@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_what_was_broken_off_is_finished_and_a_key_that_is_found_again_is_destroyed(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = in_field(planned(build_world()))
    answer_all(made, rate=0.1)
    key = key_of(made.wave, Use.LINK)
    lose(made.wave, Use.LINK)

    def torn(**_told: Any) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(calling_off, "finish_cut", torn)
    with pytest.raises(OSError, match="power"):
        call_off_wave(by=OPERATOR, wave=made.wave, why="Nøglen er væk")
    monkeypatch.undo()
    assert sent() > 0
    assert finish_cuts(by=OPERATOR) == 1
    assert not Response.objects.exists()
    assert keys_left(made.wave, list(Use)) == []
    keep_key(bytes(made.wave.salt), Use.LINK, key)  # from the safe
    made.wave.refresh_from_db()
    assert len(troubles_of(made.wave)) == 1
    assert finish_cuts(by=OPERATOR) == 1
    assert keys_left(made.wave, list(Use)) == []


def test_the_command_shows_first_and_calls_off_when_it_is_told_to(field: Field) -> None:
    say = ["wave", "call-off", "lilleby/2024", "--why", "Disken brændte af"]
    refused = CliRunner().invoke(main, say)
    assert refused.exit_code == 2
    assert f"{sent()} answers can be read. Close the wave" in refused.output
    lose(field.wave, Use.LINK)
    seen = CliRunner().invoke(main, say)
    assert seen.exit_code == 0
    assert f"never be read: {sent()}." in seen.output
    assert "Nothing is done." in seen.output
    assert Code.objects.exists()
    done = CliRunner().invoke(main, [*say, "--yes"])
    assert "lilleby/2024 is called off." in done.output
    assert not Code.objects.exists()
    again = CliRunner().invoke(main, [*say, "--yes"])
    assert again.exit_code == 2
    assert "lilleby/2024 is called off. Only a wave" in again.output


def test_a_wave_is_not_planned_where_its_keys_cannot_be_kept(world: World, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("her er ingen mappe")
    settings.WAVE_KEYS = tmp_path / "fil" / "nøgler"
    with pytest.raises(NoPlaceForKeys, match="KVARTER_WAVE_KEYS"):
        planned(world)
    assert not Wave.objects.exists()
