"""A wave of the demonstration, from a plan to published figures: by the actions that a secretariat uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kvarter.agreements.models import Partnership
from kvarter.evidence.actions.publishing import Words
from kvarter.evidence.actions.waves import publish_wave, take_in_wave
from kvarter.people.policy import Actor
from kvarter.surveys.actions.cutting import close_wave
from kvarter.surveys.actions.demonstrating import MadeUp, keep_made_up
from kvarter.surveys.actions.drawing import Plan, draw_sample, seen_of
from kvarter.surveys.actions.frames import accept_frame, send_frame
from kvarter.surveys.actions.inviting import Addressed, issue
from kvarter.surveys.actions.waves import open_field, plan_wave
from kvarter.surveys.actions.weighting import weigh_wave
from kvarter.surveys.models import Invitation, Mailing, QuestionnaireVersion, Wave
from kvarter.surveys.telling import NOBODY
from kvarter.surveys.weights import Method
from kvarter.web.demonstration.aims import set_aims
from kvarter.web.demonstration.answering import answers_at_all, answers_of, day_of, language_of, way_of
from kvarter.web.demonstration.place import TOWN
from kvarter.web.demonstration.population import Asked, Someone, Town, as_list, chance_of

ADULT = 18
DELETED_AFTER = timedelta(days=30)
Channel = Invitation.Channel


@dataclass(frozen=True)
class Round:
    """A wave to be made. number: 0 for the first, then 1, and so on; asked_around: how many of the rest of the town."""

    partnership: Partnership
    questionnaires: tuple[QuestionnaireVersion, QuestionnaireVersion]
    number: int
    reference_on: date
    opens: date
    closes: date
    asked_around: int
    seed: int

    @property
    def year(self) -> int:
        """The year of its figures."""
        return self.reference_on.year

    @property
    def asked(self) -> Asked:
        """Where and when people are asked."""
        area = self.partnership.area
        assert area, "a demonstration has its area from the beginning"
        return Asked(area.slug, self.number, self.opens, self.closes)


def put_in_field(by: Actor, one: Round, town: Town) -> Wave:
    """A wave in the field: everyone in the area is drawn, and some around it; nobody is written to yet."""
    wave = _planned(by, one)
    file = send_frame(by=by, wave=wave, content=as_list(town), name=f"opdigtet-liste-{one.year}.csv")
    strata = accept_frame(by=by, wave=wave, digest=file.digest)
    sizes = {
        stratum.name: stratum.population
        if stratum.area_id == wave.area_id
        else min(stratum.population, one.asked_around)
        for stratum in strata
    }
    plan = Plan(sizes, seed=one.seed)
    return open_field(by=by, wave=draw_sample(by=by, wave=wave, plan=plan, seen=seen_of(wave, file)))


def _planned(by: Actor, one: Round) -> Wave:
    adults, young = one.questionnaires
    area = one.partnership.area
    assert area, "a demonstration has its area from the beginning"
    return plan_wave(
        by=by,
        partnership=one.partnership,
        slug=str(one.year),
        name=f"Undersøgelsen {one.year}",
        name_en=f"The survey {one.year}",
        area=area,
        reference=area.reference,
        questionnaire=adults,
        youth=young,
        reference_on=one.reference_on,
        opens=one.opens,
        closes=one.closes,
        frame_deleted_on=one.closes + DELETED_AFTER,
        controller=TOWN,
        contact="00 00 00 00",
        officer="00 00 00 00",
        processors=NOBODY,
        **TOLD["da"],
        told={language: texts for language, texts in TOLD.items() if language != "da"},
    )


TOLD = {
    "da": {
        "purpose": "Demonstration: alt i undersøgelsen er opdigtet.",
        "legal_basis": "Ingen: der er ingen personer i den.",
        "retention": "Svarene slettes, når demonstrationen fjernes.",
        "source": "Navnene er opdigtet.",
    },
    "en": {
        "purpose": "Demonstration: everything in the survey is made up.",
        "legal_basis": "None: there are no persons in it.",
        "retention": "The answers are deleted when the demonstration is removed.",
        "source": "The names are made up.",
    },
    "ar": {
        "purpose": "عرض تجريبي: كل ما في الاستطلاع مختلَق.",
        "legal_basis": "لا يوجد: لا يتضمن أي أشخاص.",
        "retention": "تُحذف الإجابات عند إزالة العرض التجريبي.",
        "source": "الأسماء مختلَقة.",
    },
}


def write_to(by: Actor, wave: Wave, channels: Iterable[str], most: int | None = None) -> list[Addressed]:
    """Codes for those who are reached in some ways, `most` in each; as letters that are never sent."""
    return [
        one
        for channel in channels
        for one in issue(by=by, wave=wave, kind=Mailing.Kind.INVITATION, channel=channel, most=most)[1]
    ]


def let_answer(by: Actor, one: Round, wave: Wave, town: Town, written: Iterable[Addressed], *, upto: date) -> int:
    """Let those written to answer, or not, until a day; how many have."""
    people = {someone.pseudonym: someone for someone in town.people}
    come = (made for made in _made_up(one, people, written) if made.day <= upto)
    return keep_made_up(by=by, wave=wave, made_up=come)


def _made_up(one: Round, people: Mapping[str, Someone], written: Iterable[Addressed]) -> Iterator[MadeUp]:
    adults, young = (version.questionnaire for version in one.questionnaires)
    for addressed in written:
        someone = people[addressed.pseudonym]
        chance = chance_of(one.seed, f"answers {someone.pseudonym}")  # letters come in no order
        if not answers_at_all(someone, chance):
            continue
        asked = adults if someone.age >= ADULT else young
        yield MadeUp(
            addressed.code,
            answers_of(someone, one.asked, asked, chance),
            day_of(one.asked, chance),
            way_of(someone, chance),
            language_of(someone, one.asked, asked, chance),
        )


def weigh_and_publish(by: Actor, one: Round, wave: Wave) -> None:
    """Close, weight and publish a wave."""
    closed = close_wave(by=by, wave=wave)
    weigh_wave(by=by, wave=closed, method=Method())
    closed.refresh_from_db()
    closed.partnership = one.partnership
    take_in_wave(by=by, wave=closed)
    if one.number == 0:
        set_aims(by, one.partnership)
    closed.refresh_from_db()
    closed.partnership = one.partnership
    words = Words(
        f"Demonstration: undersøgelsen {one.year}",
        f"Demonstration: the survey {one.year}",
        "Alle tal er opdigtet. De handler ikke om nogen.",
        "All figures are made up. They are about nobody.",
    )
    publish_wave(by=by, wave=closed, words=words)
