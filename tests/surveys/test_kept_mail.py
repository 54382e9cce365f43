"""E-mails of a wave that lie in a folder, as where one practises: each has a code, so they go when the codes do."""

from __future__ import annotations

from collections.abc import Sequence
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import send_mail
from django.db.models import Model

from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions import cutting, forgetting
from kvarter.surveys.actions.cutting import close_wave, finish_cuts
from kvarter.surveys.actions.forgetting import delete_frame, finish_forgetting
from kvarter.surveys.actions.inviting import mail_out
from kvarter.surveys.actions.keys import Use, keys_left
from kvarter.surveys.actions.rewriting import rewrite
from kvarter.surveys.answers.models import Response
from kvarter.surveys.letters.kept import forget_mail
from kvarter.surveys.letters.plain import mailer
from kvarter.surveys.letters.words import words_of
from kvarter.surveys.models import Wave
from kvarter.web.demonstration.removing import remove_demonstration
from tests.surveys.drawn import opened
from tests.surveys.field import keep
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where mail is written instead of being sent."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def mailed(wave: Wave) -> int:
    return mail_out(by=OPERATOR, wave=wave, kind="invitation", send=mailer(words_of(wave, "invitation", 12), wave))[0]


def codes_in(folder: Path) -> list[str]:
    """The lines of mail in the folder that name a code, whatever they are written in."""
    messages = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.iterdir()]
    return [line for one in messages for line in one.get_content().splitlines() if "Din kode:" in line]


@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_they_go_when_the_wave_is_closed_and_other_mail_stays(folder: Path) -> None:
    world = build_world()
    wave, other = opened(world), opened(world, slug="20245", name="En anden")
    own, others = mailed(wave), mailed(other)
    send_mail("Møde på torsdag", "Velkommen", None, ["sara@lilleby.example"])
    assert min(own, others) > 0
    assert len(codes_in(folder)) == own + others
    keep(wave, Response(wave=wave.key, kind="sample", mode="web", stratum="lilleby", area="lilleby", finished=True))
    close_wave(by=world.secretariat, wave=wave)
    assert len(codes_in(folder)) == others
    assert any("Velkommen" in file.read_text() for file in folder.iterdir())
    assert forget_mail(other) == 1
    assert len(list(folder.iterdir())) == 1


def test_they_go_with_the_demonstration(made_up_world: World, folder: Path) -> None:
    assert mailed(opened(made_up_world)) > 0
    assert codes_in(folder)
    remove_demonstration(by=OPERATOR)
    assert list(folder.iterdir()) == []


def test_where_mail_is_sent_there_is_none_to_delete(world: World) -> None:
    assert forget_mail(opened(world)) == 0


@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
@pytest.mark.parametrize("work", ["forget_mail", "destroy_keys", "rewrite"])
def test_a_cut_broken_off_anywhere_after_the_answers_is_finished(
    folder: Path, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    world = build_world()
    wave = opened(world)
    assert mailed(wave) > 0
    keep(wave, Response(wave=wave.key, kind="sample", mode="web", stratum="lilleby", area="lilleby", finished=True))

    def killed(*_args: object, **_facts: object) -> None:
        raise SystemExit

    with monkeypatch.context() as stopped:
        stopped.setattr(cutting, work, killed)
        with pytest.raises(SystemExit):
            close_wave(by=world.secretariat, wave=wave)
    rewritten: list[str] = []

    def noted(alias: str, models: Sequence[type[Model]]) -> bool:
        rewritten.append(alias)
        return rewrite(alias, models)

    monkeypatch.setattr(cutting, "rewrite", noted)
    assert finish_cuts(by=OPERATOR) == 1
    assert (codes_in(folder), keys_left(wave, tuple(Use)), rewritten) == ([], [], ["default", "answers"])
    assert finish_cuts(by=OPERATOR) == 0


@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_they_go_on_the_day_that_names_are_deleted(folder: Path) -> None:
    wave = opened(build_world())
    assert mailed(wave) > 0
    delete_frame(by=OPERATOR, wave=wave, today=wave.frame_deleted_on)
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_they_go_also_where_deleting_names_was_broken_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wave = opened(build_world())
    assert mailed(wave) > 0
    with monkeypatch.context() as stopped:
        stopped.setattr(forgetting, "forget_mail", _no_disk)
        with pytest.raises(OSError, match="no disk"):
            delete_frame(by=OPERATOR, wave=wave, today=wave.frame_deleted_on)
    assert finish_forgetting(by=OPERATOR) == 1
    assert list(folder.iterdir()) == []


def _no_disk(_wave: Wave) -> int:
    raise OSError("no disk")


def test_they_are_found_where_the_address_is_too_long_for_the_line(world: World, folder: Path) -> None:
    wave = opened(world, slug="u" * 40)
    wave.partnership.slug = "et-kvarter-med-et-meget-langt-navn-ved-skoven"
    assert mailed(wave) > 0
    assert all(f"Wave: {wave.key}" not in file.read_text() for file in folder.iterdir())  # it is on the next line
    assert forget_mail(wave) == 1
