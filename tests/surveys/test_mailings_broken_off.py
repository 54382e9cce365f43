"""Letters and e-mails that were broken off: nobody counts as written to, and it is told what happened."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kvarter.journal.models import Entry
from kvarter.surveys.actions.inviting import Addressed, Undone, mail_out, make_file, undo_mailing
from kvarter.surveys.models import Code, Invitation, Mailing
from tests.surveys.drawn import opened
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
Kind = Mailing.Kind


def test_a_file_that_could_not_be_made_is_taken_back_in_the_journal_too(world: World) -> None:
    wave = opened(world)

    def fails(_people: Sequence[Addressed]) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        make_file(by=world.secretariat, wave=wave, kind=Kind.INVITATION, channel="letter", make=fails)
    lines = Entry.objects.filter(verb__in=["wave.write_to", "wave.undo_mailing"]).order_by("pk")
    assert [line.verb for line in lines] == ["wave.write_to", "wave.undo_mailing"]
    assert lines[1].why == "Filen blev ikke lavet."
    assert not wave.mailings.exists()


def test_mail_that_is_taken_back_while_it_is_sent_stops_and_says_so(world: World) -> None:
    wave = opened(world)
    Invitation.objects.filter(wave=wave).update(channel="email")
    batches: list[int] = []

    def send(people: Sequence[Addressed]) -> int:
        batches.append(len(people))
        mailing = wave.mailings.get()
        mailing.wave = wave
        undo_mailing(by=world.secretariat, mailing=mailing, why="Forkert tekst")
        return len(people)

    with pytest.raises(Undone, match="taget tilbage imens"):
        mail_out(by=world.secretariat, wave=wave, kind=Kind.INVITATION, send=send)
    assert batches == [50]
    assert not Code.objects.exists()
