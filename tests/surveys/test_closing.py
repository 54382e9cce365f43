"""Closing a wave: what is kept, and that no way leads from a person to an answer any more."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connections

from kvarter.people.policy import OPERATOR, Refused
from kvarter.surveys.actions import cutting
from kvarter.surveys.actions.cutting import close_wave, finish_cuts, foresee_closing
from kvarter.surveys.actions.keys import KeyGone, Use, key_of
from kvarter.surveys.actions.waves import WrongStep
from kvarter.surveys.actions.weighting import weigh_wave
from kvarter.surveys.answers.models import Response
from kvarter.surveys.coarsening import ALIKE
from kvarter.surveys.models import Cell, Code, DayCount, Invitation, KindCount
from kvarter.surveys.queries.monitor import report_of, ways_of
from kvarter.surveys.sealing import CannotOpen, open_link
from kvarter.surveys.weights import Method
from tests.surveys.field import Field, answer_all, answer_openly, in_field, keep
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)


@pytest.fixture
def field(world: World) -> Field:
    """A wave in the field that most have answered."""
    made = in_field(planned(world))
    answer_all(made)
    return made


def told(row: Response) -> str:
    """What somebody answered, and where."""
    return str(sorted({**row.answers, "at": row.area}.items()))


def test_what_was_sent_is_kept_and_what_was_begun_is_not(world: World, field: Field) -> None:
    sent = [person for person in field.answered if person.response and person.response.finished]
    foreseen = foresee_closing(field.wave)
    closed = close_wave(by=world.secretariat, wave=field.wave)
    assert closed.state == "closed"
    assert foreseen.kept == Response.objects.count() == len(sent)
    assert foreseen.unfinished + foreseen.half_keyed == len(field.answered) - len(sent) > 0
    assert sorted(map(told, Response.objects.all())) == sorted(told(one.response) for one in sent if one.response)


def test_the_field_is_kept_as_counts_alone(world: World, field: Field) -> None:
    before = Invitation.objects.filter(answered_on__isnull=False).count()
    close_wave(by=world.secretariat, wave=field.wave)
    assert sum(KindCount.objects.values_list("answered", flat=True)) == before
    assert sum(DayCount.objects.values_list("count", flat=True)) == before
    assert not Invitation.objects.exists()


def test_the_counts_show_of_nobody_when_and_how_they_answered(world: World, field: Field) -> None:
    """As of somebody of a gender that nobody else has, who answered in the telephone."""
    one = next(person for person in field.answered if person.response and person.response.finished)
    alone = Cell.objects.create(stratum=one.cell.stratum, gender="x", age="65+", population=1, drawn=1)
    Invitation.objects.filter(pk=one.invitation.pk).update(cell=alone, mode="phone")
    wave = close_wave(by=world.secretariat, wave=field.wave)
    kinds = KindCount.objects.filter(stratum=alone.stratum)
    assert min(kinds.values_list("asked", flat=True)) >= ALIKE
    assert not kinds.filter(gender="x").exists()
    assert sum(kinds.values_list("answered", flat=True)) == Response.objects.filter(stratum="lilleby").count()
    assert DayCount.objects.get(mode="phone").count == 1
    assert not {"cell", "stratum", "gender", "age"} & {column.name for column in DayCount._meta.get_fields()}
    report = report_of(wave)
    assert "ikke oplyst, eller for få til at stå for sig" in {part.name for part in report.parts["gender"]}
    assert sum(part.answered for part in report.parts["gender"]) == report.whole.answered == sum(report.modes.values())


def test_names_and_addresses_go_with_the_cut(world: World, field: Field) -> None:
    closed = close_wave(by=world.secretariat, wave=field.wave)
    assert closed.frame_deleted_at == closed.cut_at
    with pytest.raises(KeyGone, match="som den skal være"):
        key_of(closed, Use.CONTACT)


def test_nobody_keeps_a_gender_and_age_that_few_of_those_drawn_share(world: World, field: Field) -> None:
    Cell.objects.filter(stratum__name="lilleby", gender="m", age="65+").update(drawn=3)
    sent = [one.response for one in field.answered if one.response and one.response.finished]
    alone = [row for row in sent if (row.area, row.gender, row.age) == ("lilleby", "m", "65+")]
    close_wave(by=world.secretariat, wave=field.wave)
    assert alone
    assert not Response.objects.filter(area="lilleby", gender="m", age="65+").exists()
    assert Response.objects.filter(area="lilleby", gender="", age="").count() > len(alone)  # joined with others
    found = weigh_wave(by=world.secretariat, wave=field.wave, method=Method())
    assert found.weights.sum() == pytest.approx(320 + 4000)


def test_by_the_open_link_too_nobody_keeps_a_gender_and_age_that_few_share(world: World, field: Field) -> None:
    wave = field.wave
    answer_openly(wave, area="lilleby", gender="f", age="30-49", many=5)
    answer_openly(wave, area="lilleby", gender="f", age="65+", many=3)
    answer_openly(wave, area="lilleby", gender="m", age="65+", many=2)
    answer_openly(wave, area="", gender="x", age="18-29")  # the only one from elsewhere
    answer_openly(wave, area="resten", gender="m", age="50-64", many=4)  # many are drawn there, but few came
    answer_openly(wave, area="resten", gender="f", age="18-29", many=6)
    sent = [one.response for one in field.answered if one.response and one.response.finished]
    close_wave(by=world.secretariat, wave=wave)
    assert _kinds("open") == {
        ("lilleby", "f", "30-49"): 5,
        ("lilleby", "", "65+"): 5,
        ("", "", ""): 1,
        ("resten", "", ""): 10,  # the four took the only others of their place with them
    }
    # The two are judged apart.
    assert _kinds("sample") == Counter((one.area, one.gender, one.age) for one in sent)
    assert not Response.objects.filter(kind="open", ticket__isnull=False).exists()


def _kinds(kind: str) -> Counter[tuple[str, str, str]]:
    """How many sent answers there are of each area, gender and age, among the sample or by the open link."""
    return Counter(Response.objects.filter(kind=kind, finished=True).values_list("area", "gender", "age"))


def test_a_way_or_language_that_few_of_those_alike_answered_in_is_not_kept(world: World, field: Field) -> None:
    alone, *others = [one for one in field.answered if one.response and one.response.finished]
    assert alone.response
    alone.response.mode, alone.response.language = "phone", "ar"
    Response.objects.filter(pk=alone.response.pk).delete()
    keep(field.wave, alone.response)
    alike = [one for one in others if one.cell == alone.cell]
    in_all = Counter(Invitation.objects.filter(answered_on__isnull=False).values_list("mode", flat=True))
    wave = close_wave(by=world.secretariat, wave=field.wave)
    assert len(alike) >= ALIKE
    assert not Response.objects.filter(mode="phone").exists()
    assert not Response.objects.filter(language="ar").exists()
    ways: dict[tuple[str, ...], Counter[tuple[str, str]]] = {}
    for row in Response.objects.all():
        whom = (row.stratum, row.gender, row.age, row.questionnaire)
        ways.setdefault(whom, Counter())[row.language, row.mode] += 1
    for whom, counts in ways.items():
        assert min(counts.values()) >= ALIKE or set(counts) == {("", "")}, (whom, counts)
    # Where many answered in each way, all is kept; and how many there were in all is known from the field.
    assert ("da", "paper") in set().union(*ways.values())
    assert ways_of(wave) == in_all


def test_only_the_secretariat_closes_and_only_once(world: World, field: Field) -> None:
    with pytest.raises(Refused):
        close_wave(by=world.people["analyst"], wave=field.wave)
    close_wave(by=world.secretariat, wave=field.wave)
    with pytest.raises(WrongStep, match="lukket"):
        close_wave(by=world.secretariat, wave=field.wave)


def test_a_wave_that_nobody_answered_cannot_be_closed(world: World) -> None:
    made = in_field(planned(world))
    with pytest.raises(WrongStep, match="Ingen har sendt"):
        close_wave(by=world.secretariat, wave=made.wave)
    assert Code.objects.exists()


def test_no_code_opens_anything_after_the_cut(world: World, field: Field) -> None:
    sealed = dict(Code.objects.values_list("digest", "sealed"))
    key = key_of(field.wave, Use.LINK)
    closed = close_wave(by=world.secretariat, wave=field.wave)
    assert not Code.objects.exists()
    for use in Use:
        with pytest.raises(KeyGone):
            key_of(closed, use)
    # Even whoever kept a copy of a code's row, its key and the code is led to a ticket that no response has.
    person = next(one for one in field.answered)
    for content in sealed.values():
        try:
            link = open_link(key, person.code, bytes(field.wave.salt), bytes(content))
        except CannotOpen:
            continue
        assert not Response.objects.filter(ticket=link.ticket).exists()
        assert not Response.objects.filter(household=link.household).exists()
        break
    else:
        pytest.fail("the person's own code opened nothing")


def test_households_stay_together_under_numbers_that_tell_nothing(world: World, field: Field) -> None:
    sent = [one for one in field.answered if one.response and one.response.finished]
    before: dict[str, list[str]] = {}
    for person in sent:
        assert person.response
        before.setdefault(person.household, []).append(told(person.response))
    close_wave(by=world.secretariat, wave=field.wave)
    after: dict[str, list[str]] = {}
    for row in Response.objects.all():
        after.setdefault(row.household, []).append(told(row))
    assert sorted(map(sorted, before.values())) == sorted(map(sorted, after.values()))
    assert all(name.isdigit() for name in after)


def test_the_order_of_answers_tells_nothing(world: World, field: Field) -> None:
    sent = [one.response for one in field.answered if one.response and one.response.finished]
    first = {told(row): at for at, row in enumerate(sent)}
    close_wave(by=world.secretariat, wave=field.wave)
    stored = [first[told(row)] for row in _as_stored()]
    assert _order(stored) < 0.25  # of chance alone about 0.05 with some hundred answers; 1 where the order is kept
    assert set(Response.objects.values_list("pk", flat=True)).isdisjoint({row.pk for row in sent})


def _as_stored() -> list[Response]:
    """In the order the database keeps them, which is the order they were written in."""
    order = "rowid" if connections["answers"].vendor == "sqlite" else "ctid"
    return list(Response.objects.raw(f"SELECT * FROM answers_response ORDER BY {order}"))


def _order(found: list[int]) -> float:
    """Spearman's correlation with the order 0, 1, 2 …, without its sign."""
    ranks = {value: at for at, value in enumerate(sorted(found))}
    n = len(found)
    squares = sum((at - ranks[value]) ** 2 for at, value in enumerate(found))
    return abs(1 - 6 * squares / (n * (n * n - 1)))


def test_a_cut_that_was_interrupted_is_finished_later(
    world: World, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(**_told: object) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(cutting, "finish_cut", torn)
    with pytest.raises(OSError, match="power"):
        close_wave(by=world.secretariat, wave=field.wave)
    monkeypatch.undo()
    assert Response.objects.filter(ticket__isnull=False).exists()
    assert finish_cuts(by=OPERATOR) == 1
    assert not Response.objects.filter(ticket__isnull=False).exists()
