"""What is told of a wave before and while it is in the field: what it can see, how it goes, and who is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from math import isclose, sqrt

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kvarter.effect.planning import Wave as Planned
from kvarter.effect.planning import margin, share_sd
from kvarter.surveys.actions.cutting import close_wave, foresee_closing
from kvarter.surveys.actions.inviting import issue, opt_out
from kvarter.surveys.actions.waves import set_target
from kvarter.surveys.answers.models import Response
from kvarter.surveys.coarsening import ALIKE
from kvarter.surveys.models import Invitation, Mailing, Wave
from kvarter.surveys.queries.monitor import Part, missing_by_cell, report_of, waiting_by_round
from kvarter.surveys.queries.planning import Guess, aims_of, before, strata_of, suggested
from kvarter.surveys.steps import Progress, steps_of
from tests.surveys.drawn import PLAN, opened, with_list
from tests.surveys.field import answer_openly, keep
from tests.surveys.listing import as_csv, rows_of
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


def answered(wave: Wave, many: int, *, mode: str = "web") -> None:
    """Some of those asked in the area have answered, two a day."""
    rows = Invitation.objects.filter(wave=wave, answered_on=None, cell__stratum__name="lilleby").order_by("pk")
    for number, row in enumerate(rows[:many]):
        row.answered_on, row.mode = wave.opens + timedelta(days=number // 2), mode
        row.save()
        cell = row.cell
        own = Response(
            wave=wave.key,
            questionnaire=wave.questionnaire.digest,
            kind="sample",
            mode=mode,
            area="lilleby",
            stratum="lilleby",
            gender=cell.gender,
            age=cell.age,
            language="en" if number == 0 else "da",
            answers={"tryg": "ja"},
            finished=True,
        )
        keep(wave, own)


def test_everyone_in_the_area_is_suggested_and_of_the_rest_as_many_as_give_it_the_same_margin(world: World) -> None:
    wave = with_list(world)
    guess = Guess(rate=0.5, effect=1.0)
    sizes = suggested(wave, strata_of(wave), guess)
    assert sizes["lilleby"] == 60
    here = margin(30, share_sd(0.5, 60), Planned(60, 0.5))
    there = margin(sizes["resten"] // 2, share_sd(0.5, 400), Planned(400, 0.5))
    assert there <= here < there * 1.1


def test_before_it_starts_it_is_told_whether_a_change_will_be_seen(world: World) -> None:
    wave = with_list(world)
    set_target(by=world.secretariat, wave=wave, item="tryg", change=0.05)
    set_target(by=world.secretariat, wave=wave, item="tillid-naboer", change=0.49)
    aims = aims_of(wave, list(wave.targets.all()), strata_of(wave), before(wave), Guess())
    by_item = {aim.target.item: aim for aim in aims if aim.area == wave.area}
    small, large = by_item["tryg"], by_item["tillid-naboer"]
    assert (small.asked, small.answers, small.population) == (60, 21, 60)
    assert not small.sight.seen
    assert large.sight.seen
    assert small.last is None
    # 2.8 standard errors of the difference of two waves of 21 answers, with the design effect of 1.2.
    error = sqrt(1.2 * 2 * share_sd(0.5, 60) ** 2 / 21)
    assert isclose(small.sight.smallest_change, 2.8016 * error, rel_tol=1e-4)


def test_what_the_last_wave_found_is_what_the_next_is_held_against(world: World) -> None:
    first = opened(world, slug="2021", reference_on=date(2021, 3, 1))
    answered(first, 20)
    close_wave(by=world.secretariat, wave=first)
    Response.objects.filter(wave=first.key).update(weight=1.5)
    half = Response.objects.filter(wave=first.key).values_list("pk", flat=True)[:15]
    Response.objects.filter(pk__in=list(half)).update(answers={"tryg": "nej"})
    Wave.objects.filter(pk=first.pk).update(state="published")
    wave = with_list(world)
    set_target(by=world.secretariat, wave=wave, item="tryg", change=0.2)
    last = before(wave)
    assert last == first
    aim = next(one for one in aims_of(wave, list(wave.targets.all()), strata_of(wave), last, Guess()))
    assert aim.last == pytest.approx(0.25)
    assert isclose(aim.margin, margin(21, sqrt(0.25 * 0.75 * 20 / 19), Planned(60, 0.35, 1.2)), rel_tol=1e-6)


def test_the_report_counts_by_everything_and_knows_no_name(world: World) -> None:
    wave = opened(world)
    answered(wave, 20)
    answered(wave, 4, mode="paper")
    leaves = Invitation.objects.filter(wave=wave, answered_on=None).first()
    assert leaves
    opt_out(by=world.secretariat, invitation=leaves, wave=wave, today=date(2024, 3, 9))
    keep(wave, Response(wave=wave.key, kind="sample", mode="web", area="lilleby", finished=False))
    report = report_of(wave)
    assert (report.whole.asked, report.whole.answered, report.whole.opted_out) == (110, 24, 1)
    for name in ("area", "age", "gender", "household"):
        assert sum(part.asked for part in report.parts[name]) == 110, name
        assert sum(part.answered for part in report.parts[name]) == 24, name
        assert sum(part.opted_out or 0 for part in report.parts[name]) == 1, name
    assert [part.asked for part in report.parts["area"]] == [60, 50]
    assert report.modes == {"web": 20, "paper": 4}
    assert not report.languages  # not told of those who may still be few
    assert report.unfinished == 1
    assert report.days[-1][2] == 24
    assert sum(sum(told.values()) for _day, told, _total in report.days) == 24
    here = report.precision[0]
    assert here.attained == pytest.approx(margin(24, share_sd(0.5, 60), Planned(60, 1.0, 1.2)))
    assert here.expected == pytest.approx(margin(21, share_sd(0.5, 60), Planned(60, 1.0, 1.2)))


def test_the_same_is_told_once_the_way_to_people_is_cut_but_of_the_few(world: World) -> None:
    wave = opened(world)
    answered(wave, 20)
    was = report_of(wave)
    wave = close_wave(by=world.secretariat, wave=wave)
    report = report_of(wave)
    assert set(report.languages) <= {"da"}  # one alone answered in English
    assert (report.whole.asked, report.whole.answered, report.whole.opted_out) == (110, 20, None)
    assert report.days == was.days
    assert _told(report.parts["area"]) == _told(was.parts["area"])
    for name in ("age", "gender"):
        before, (*others, joined) = _told(was.parts[name]), _told(report.parts[name]).items()
        assert joined[0] == "ikke oplyst, eller for få til at stå for sig"
        assert joined[1][0] >= ALIKE
        assert all(asked <= before[part][0] and sent <= before[part][1] for part, (asked, sent) in others)
        assert tuple(map(sum, zip(joined[1], *(told for _part, told in others), strict=True))) == (110, 20)
    assert "household" not in report.parts


def _told(parts: list[Part]) -> dict[str, tuple[int, int]]:
    return {part.name: (part.asked, part.answered) for part in parts}


def test_who_waits_for_what_is_counted_by_way_and_round(world: World) -> None:
    wave = opened(world)
    ways = Counter(Invitation.objects.values_list("channel", flat=True))
    assert {(one.channel, one.kind): one.people for one in waiting_by_round(wave, timezone.localdate())} == {
        (way, "invitation"): n for way, n in ways.items()
    }
    issue(by=world.secretariat, wave=wave, kind="invitation", channel="letter")
    answered_one = Invitation.objects.filter(channel="letter").first()
    assert answered_one
    Invitation.objects.filter(pk=answered_one.pk).update(answered_on=date(2024, 3, 9))
    issue(by=world.secretariat, wave=wave, kind=Mailing.Kind.FIRST, channel="letter")
    issue(by=world.secretariat, wave=wave, kind=Mailing.Kind.SECOND, channel="letter")
    assert {one.channel for one in waiting_by_round(wave, timezone.localdate())} == {"digital", "email"}
    asked = sum(part.asked for part, _area in missing_by_cell(wave, most=999))
    assert asked == 110


def test_who_came_by_the_open_link_is_counted_by_themselves(world: World, client_as: Callable[[str], Client]) -> None:
    wave = opened(world, open_link=True)
    answered(wave, 10)
    before = report_of(wave)
    answer_openly(wave, area="lilleby", gender="f", age="65+", many=3)
    Response.objects.filter(pk=answer_openly(wave, area="", gender="", age="")[0].pk).update(finished=False)
    assert report_of(wave) == replace(before, by_link=3)
    closing = foresee_closing(wave)
    assert (closing.kept, closing.by_link, closing.unfinished) == (10, 3, 1)
    at, client = f"/kvarter/lilleby/undersoegelse/{wave.slug}", client_as("secretariat")
    assert "Svar fra det åbne link</dt><dd>3 " in client.get(f"{at}/svar").content.decode()
    assert "bliver gemt for sig</dt><dd>3<" in client.get(f"{at}/luk").content.decode()


def test_a_larger_list_costs_no_more_queries(world: World) -> None:
    counts = []
    for slug, rows in (("2021", rows_of(60, 400)), ("2024", rows_of(300, 1500))):
        plan = replace(PLAN, sizes={"lilleby": len([row for row in rows if row[1] == "Lilleby"]), "resten": 300})
        wave = opened(world, plan, slug=slug, content=as_csv(rows))
        issue(by=world.secretariat, wave=wave, kind="invitation", channel="letter")
        answered(wave, 30)
        with CaptureQueriesContext(connections["default"]) as one, CaptureQueriesContext(connections["answers"]) as two:
            report_of(wave)
            waiting_by_round(wave, timezone.localdate())
            missing_by_cell(wave)
        counts.append((len(one), len(two)))
    assert counts[0] == counts[1]
    assert counts[0] <= (8, 2)


def test_the_steps_say_what_comes_next(world: World) -> None:
    wave = planned(world)
    nothing = Progress(0, has_list=False, invited=False)
    assert next(step.title for step in steps_of(wave, nothing) if step.when == "now") == "Send listen ind"
    listed = steps_of(wave, Progress(0, has_list=True, invited=False))
    assert next(step.title for step in listed if step.when == "now") == "Kan vi se det?"
    untold = steps_of(wave, Progress(0, has_list=False, invited=False, untold=True))
    assert next(step.title for step in untold if step.when == "now") == "Skriv, hvad folk får at vide"
    wave.state = Wave.State.SAMPLING
    steps = steps_of(wave, Progress(1, has_list=True, invited=False))
    assert [step.when for step in steps].count("now") == 1
    assert next(step.title for step in steps if step.when == "now") == "Åbn"
    assert all(step.when == "later" for step in steps[6:])
    wave.state = Wave.State.PUBLISHED
    assert {step.when for step in steps_of(wave, nothing)} == {"done"}


def test_answers_are_followed_until_the_last_day_has_been(world: World) -> None:
    wave = planned(world)
    wave.state = Wave.State.IN_FIELD
    written = Progress(1, has_list=True, invited=True)
    assert next(step.place for step in steps_of(wave, written) if step.when == "now") == "wave_monitor"
    after = steps_of(wave, replace(written, over=True))
    assert next(step.place for step in after if step.when == "now") == "wave_close"
