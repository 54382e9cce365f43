"""A key that cannot be destroyed when a wave is closed: what is done is done; the rest is told, and done later."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from kvarter.cli.main import main
from kvarter.journal.models import Entry
from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions import keys as own_keys
from kvarter.surveys.actions.cutting import finish_cuts
from kvarter.surveys.actions.keys import Use, keys_left
from kvarter.surveys.answers.models import Response
from kvarter.surveys.key_files import destroy_key
from kvarter.surveys.models import Code, Wave
from kvarter.surveys.queries.keys import troubles_of
from tests.surveys.field import answer_all, in_field
from tests.surveys.residents import text
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import build_world

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
AT = "/kvarter/lilleby/undersoegelse/2024"


@pytest.fixture
def wave(committed: None, monkeypatch: pytest.MonkeyPatch) -> Wave:
    """A wave in the field that some have answered, and whose last day is long gone."""
    monkeypatch.setenv("KVARTER_MAIL_URL", "folder:")
    made = in_field(planned(build_world()))
    answer_all(made, rate=0.1)
    return made.wave


@pytest.fixture
def sara(wave: Wave) -> Client:
    """The secretariat's browser."""
    client = Client(SERVER_NAME="localhost")
    member = wave.partnership.memberships.get(role="secretariat")
    client.force_login(member.person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def not_ours_to_write(_file: Path) -> None:
    raise PermissionError(13, "Permission denied")


def file_of(wave: Wave, use: Use) -> Path:
    return own_keys._file(bytes(wave.salt), use)


def test_the_page_says_that_the_wave_is_closed_what_lies_where_and_what_to_do(
    wave: Wave, sara: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_keys, "destroy_key", not_ours_to_write)
    closed = sara.post(f"{AT}/luk", {"sure": "on"}, follow=True)
    assert closed.redirect_chain == [(AT, 302)]
    page = text(closed)
    assert "Det er gjort, men en nøgle kunne ikke slettes." in page
    assert "Databasen er i orden" in page
    assert str(file_of(wave, Use.LINK)) in page
    assert not Code.objects.exists()
    assert not Response.objects.filter(ticket__isnull=False).exists()
    assert "Det lykkedes ikke." in text(sara.post(f"{AT}/noegle", follow=True))
    monkeypatch.setattr(own_keys, "destroy_key", destroy_key)
    again = text(sara.post(f"{AT}/noegle", follow=True))
    assert "Nøglerne er slettet." in again
    assert "En nøgle er ikke slettet endnu" not in again
    assert keys_left(wave, list(Use)) == []
    assert Entry.objects.get(verb="wave.destroy_keys").details == {"keys": ["contact", "link"]}


def test_what_could_be_destroyed_is_and_the_rest_is_told(
    wave: Wave, sara: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_that_one(file: Path) -> None:
        if file.suffix == ".link":
            raise OSError(30, "Read-only file system")
        destroy_key(file)

    monkeypatch.setattr(own_keys, "destroy_key", not_that_one)
    sara.post(f"{AT}/luk", {"sure": "on"})
    assert keys_left(wave, list(Use)) == [Use.LINK]
    assert Entry.objects.get(verb="wave.destroy_keys").details == {"keys": ["contact"]}
    monkeypatch.setattr(own_keys, "destroy_key", destroy_key)
    assert finish_cuts(by=OPERATOR) == 1
    assert keys_left(wave, list(Use)) == []


def test_a_file_that_was_written_over_and_cannot_be_taken_away_holds_no_key(
    wave: Wave, sara: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = file_of(wave, Use.LINK).read_text()

    def not_from_this_folder(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", not_from_this_folder)
        page = text(sara.post(f"{AT}/luk", {"sure": "on"}, follow=True))
    assert f"{file_of(wave, Use.LINK)} er skrevet over, så der er ingen nøgle i den." in page
    assert "hverken skrive over eller slette" not in page
    assert kept.encode() not in file_of(wave, Use.LINK).read_bytes()
    assert CliRunner().invoke(main, ["remind"]).exit_code == 0
    wave.refresh_from_db()
    assert troubles_of(wave) == []


def test_the_daily_command_goes_on_and_tells_of_it(wave: Wave, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wave.frame_deleted_on < timezone.localdate()
    with monkeypatch.context() as patch:
        patch.setattr(own_keys, "destroy_key", not_ours_to_write)
        told = CliRunner().invoke(main, ["remind"])
    assert told.exit_code == 0
    assert "E-mails: " in told.output
    assert str(file_of(wave, Use.CONTACT)) in told.output
    wave.refresh_from_db()
    assert wave.frame_deleted_at is not None
    again = CliRunner().invoke(main, ["remind"])
    assert str(file_of(wave, Use.CONTACT)) not in again.output
    assert keys_left(wave, list(Use)) == [Use.LINK]
