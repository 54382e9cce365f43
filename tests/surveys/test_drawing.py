"""From the list to those who are asked: counts kept, drawn again to the byte, and one of two who draw at once."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection, connections

from kvarter.cli.main import main
from kvarter.journal.models import Entry
from kvarter.people.policy import Refused
from kvarter.surveys.actions.drawing import CannotDraw, DrawnMeanwhile, Plan, draw_sample, drawn_from
from kvarter.surveys.actions.forgetting import NotYet, delete_frame, waves_to_forget
from kvarter.surveys.actions.frames import FrameChanged, accept_frame, drop_frame, frame_of, send_frame
from kvarter.surveys.actions.keys import KeyGone, Use, key_of, keys_left
from kvarter.surveys.actions.waves import WrongStep, open_field
from kvarter.surveys.frame import BadFrame
from kvarter.surveys.models import FrameFile, Invitation, Wave
from tests.surveys.drawn import PLAN, drawn, opened, seen, with_list
from tests.surveys.listing import as_csv, changed, rows_of
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


def test_a_list_is_kept_sealed_and_its_counts_only_once_it_was_looked_through(world: World) -> None:
    wave = planned(world)
    file = send_frame(by=world.secretariat, wave=wave, content=as_csv(rows_of()), name="liste.csv")
    assert not wave.strata.exists()
    assert "Sørensen".encode() not in bytes(file.sealed)
    with pytest.raises(FrameChanged, match="skiftet ud"):
        accept_frame(by=world.secretariat, wave=wave, digest="0" * 64)
    accept_frame(by=world.secretariat, wave=wave, digest=file.digest)
    people = frame_of(wave).people
    for stratum in wave.strata.all():
        own = [one for one in people if one.stratum == stratum.name]
        assert (stratum.population, stratum.households) == (len(own), len({one.household for one in own}))
        assert sum(cell.population for cell in stratum.cells.all()) == stratum.population
    assert [stratum.name for stratum in wave.strata.all()] == ["lilleby", "resten"]


def test_a_wrong_list_changes_nothing(world: World) -> None:
    wave = with_list(world)
    before = FrameFile.objects.get().digest
    with pytest.raises(BadFrame):
        send_frame(by=world.secretariat, wave=wave, content=as_csv(changed(rows_of(), 9, gender="q")), name="liste.csv")
    assert FrameFile.objects.get().digest == before
    assert wave.strata.count() == 2


def test_only_the_secretariat_sends_draws_and_forgets(world: World) -> None:
    wave = with_list(world)
    for role in ("analyst", "party_member", "administrator"):
        by = world.people[role]
        for act in (
            lambda by=by: send_frame(by=by, wave=wave, content=as_csv(rows_of()), name="liste.csv"),
            lambda by=by: accept_frame(by=by, wave=wave, digest=""),
            lambda by=by: drop_frame(by=by, wave=wave),
            lambda by=by: draw_sample(by=by, wave=wave, plan=PLAN, seen=seen(wave)),
            lambda by=by: delete_frame(by=by, wave=wave, today=wave.frame_deleted_on),
        ):
            with pytest.raises(Refused):
                act()


def test_everyone_in_the_area_and_a_sample_of_the_rest_are_drawn_and_counted(world: World) -> None:
    wave = drawn(world)
    assert {stratum.name: stratum.drawn for stratum in wave.strata.all()} == {"lilleby": 60, "resten": 50}
    for stratum in wave.strata.all():
        for cell in stratum.cells.all():
            assert cell.invitations.count() == cell.drawn
    assert wave.state == Wave.State.SAMPLING
    assert wave.seed == PLAN.seed
    assert wave.strata.get(name="resten").base == 8.0
    assert "Åse".encode() not in b"".join(bytes(row.sealed) for row in Invitation.objects.all())


KEPT = "a8995c053fb16042ef0630ae7f95b3e9b455ba2dd1a7a43b007bf37e1a5671c3"


def test_the_same_list_and_seed_give_the_same_to_the_byte_whatever_the_order_of_the_file(world: World) -> None:
    wave = with_list(world)
    people = frame_of(wave).people
    backwards = replace(frame_of(wave), people=people[::-1])
    first, again = drawn_from(frame_of(wave), PLAN), drawn_from(backwards, PLAN)
    assert [one.pseudonym for one in first.people] == [one.pseudonym for one in again.people]
    assert first.protocol == again.protocol
    listed = "\n".join(one.pseudonym for one in first.people if one.stratum == "resten")
    # Kept since the first version: a list drawn years ago can be drawn again.
    assert hashlib.sha256(listed.encode()).hexdigest() == KEPT
    other = drawn_from(frame_of(wave), replace(PLAN, seed=1))
    assert [one.pseudonym for one in other.people] != [one.pseudonym for one in first.people]


def test_the_protocol_names_wave_file_seed_and_sizes(world: World) -> None:
    protocol = drawn(world).protocol
    digest = FrameFile.objects.get().digest
    for part in (
        "Wave: lilleby/2024",
        f"liste.csv, 460 people, SHA-256 {digest}",
        "Seed: 20240301",
        "resten: 50 of 400",
    ):
        assert part in protocol


def test_the_share_wanted_of_those_asked_last_time_is_taken_and_told(world: World) -> None:
    wave = with_list(world)
    plan = replace(PLAN, panel=0.5)
    made = drawn_from(frame_of(wave), plan)
    again = [one for one in made.people if one.panel and one.stratum == "resten"]
    assert len(again) == 25
    assert made.by_stratum == {"lilleby": 60, "resten": 50}
    assert "Wanted share from those asked last time: 0.500" in made.protocol
    few = len([one for one in frame_of(wave).people if one.panel and one.stratum == "resten"])
    everyone = drawn_from(frame_of(wave), replace(PLAN, sizes={"resten": 100}, panel=1.0))
    assert everyone.panel == few < 100 == len(everyone.people)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (Plan({"resten": 401}, 1), "kan ikke trækkes 401"),
        (Plan({"resten": -1}, 1), "kan ikke trækkes -1"),
        (Plan({"månen": 1}, 1), "intet lag, der hedder “månen”"),
        (Plan({}, 1), "Ingen bliver trukket"),
        (Plan({"resten": 1}, -1), "frøet"),
        (Plan({"resten": 1}, 1, panel=1.2), "mellem 0 og 100"),
    ],
)
def test_what_cannot_be_drawn_is_told(world: World, plan: Plan, said: str) -> None:
    wave = with_list(world)
    with pytest.raises(CannotDraw, match=said):
        draw_sample(by=world.secretariat, wave=wave, plan=plan, seen=seen(wave))
    assert not Invitation.objects.exists()


def test_it_may_be_drawn_again_until_the_field_opens(world: World) -> None:
    wave = drawn(world)
    first = set(Invitation.objects.values_list("pk", flat=True))
    draw_sample(
        by=world.secretariat, wave=wave, plan=replace(PLAN, sizes={"lilleby": 60, "resten": 80}), seen=seen(wave)
    )
    assert Invitation.objects.count() == 140
    assert not first & set(Invitation.objects.values_list("pk", flat=True))
    open_field(by=world.secretariat, wave=wave)
    with pytest.raises(WrongStep, match="åbnet"):
        draw_sample(by=world.secretariat, wave=wave, plan=PLAN, seen=seen(wave))


def test_a_new_list_takes_the_wave_back_to_before_the_draw(world: World) -> None:
    wave = drawn(world)
    send_frame(by=world.secretariat, wave=wave, content=as_csv(rows_of(seed=2)), name="ny.csv")
    wave.refresh_from_db()
    assert (wave.state, wave.seed, wave.protocol) == (Wave.State.PLANNED, None, "")
    assert not Invitation.objects.exists()
    with pytest.raises(DrawnMeanwhile, match="ikke taget i brug"):
        draw_sample(by=world.secretariat, wave=wave, plan=PLAN, seen=seen(wave))
    drop_frame(by=world.secretariat, wave=wave)
    with pytest.raises(FrameChanged):
        frame_of(wave)


def test_who_drew_before_what_they_saw_was_true_is_told(world: World) -> None:
    wave = with_list(world)
    old = seen(wave)
    draw_sample(by=world.secretariat, wave=wave, plan=PLAN, seen=old)
    with pytest.raises(DrawnMeanwhile, match="En anden"):
        draw_sample(by=world.secretariat, wave=wave, plan=PLAN, seen=old)


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_of_two_who_draw_at_once_one_wins_and_the_other_is_told() -> None:
    world = build_world()
    wave = with_list(world)
    saw, start, outcomes = seen(wave), threading.Barrier(2), []

    def press(seed: int) -> None:
        start.wait()
        try:
            draw_sample(by=world.secretariat, wave=wave, plan=replace(PLAN, seed=seed), seen=saw)
            outcomes.append("drawn")
        except DrawnMeanwhile:
            outcomes.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["drawn", "told"]
    assert Invitation.objects.count() == 110


def test_names_are_deleted_on_the_day_that_was_told_and_not_before(world: World) -> None:
    wave = opened(world)
    before, day = wave.opens, wave.frame_deleted_on
    assert not waves_to_forget(before)
    with pytest.raises(NotYet):
        delete_frame(by=world.secretariat, wave=wave, today=before)
    assert [one.pk for one in waves_to_forget(day)] == [wave.pk]
    delete_frame(by=world.secretariat, wave=wave, today=day)
    assert not waves_to_forget(day)
    assert {bytes(row.sealed) for row in Invitation.objects.all()} == {b""}
    wave.refresh_from_db()
    with pytest.raises(KeyGone):
        key_of(wave, Use.CONTACT)
    key_of(wave, Use.LINK)
    assert Entry.objects.filter(verb="wave.forget").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_the_daily_command_deletes_names_whose_day_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVARTER_MAIL_URL", "folder:")
    world = build_world()
    due, later = opened(world), opened(world, slug="2099", frame_deleted_on=date(2099, 1, 1))
    assert CliRunner().invoke(main, ["remind"]).exit_code == 0
    for wave in (due, later):
        wave.refresh_from_db()
    assert due.frame_deleted_at
    assert keys_left(due, list(Use)) == [Use.LINK]
    assert Entry.objects.get(verb="wave.destroy_keys").details == {"keys": ["contact"]}
    assert not later.frame_deleted_at
    key_of(later, Use.CONTACT)


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_what_was_deleted_is_in_no_file_of_the_database() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's files are not ours to read")
    world = build_world()
    wave = opened(world)
    sealed = bytes(Invitation.objects.order_by("pk")[0].sealed)
    folder = Path(settings.DATABASES["default"]["TEST"]["NAME"]).parent
    name = Path(str(connection.settings_dict["NAME"])).name
    held = lambda: b"".join(file.read_bytes() for file in folder.glob(f"{name}*"))  # noqa: E731
    assert sealed in held()
    assert b"Birkevej" not in held()
    delete_frame(by=world.secretariat, wave=wave, today=wave.frame_deleted_on)
    assert sealed not in held()
