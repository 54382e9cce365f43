"""A small questionnaire and waves of it, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from kvarter.agreements.models import Partnership
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import add_area, add_version, change_area
from kvarter.places.models import Area
from kvarter.surveys.actions.waves import add_questionnaire, plan_wave
from kvarter.surveys.models import QuestionnaireVersion, Wave
from kvarter.surveys.questionnaire import (
    Ask,
    Choice,
    Compare,
    Condition,
    Item,
    Questionnaire,
    Scale,
    Section,
    Told,
    Without,
)
from tests.world import World

BOTH_DATABASES = ["default", "answers"]
UNKNOWN = Choice("ved-ikke", {"da": "Ved ikke", "en": "Don't know"}, without=Without.UNKNOWN)
UNSAID = Choice("vil-ikke", {"da": "Vil ikke svare", "en": "Would rather not say"}, without=Without.UNSAID)
AGREE = Scale(
    "enig",
    (
        Choice("1", {"da": "Helt uenig", "en": "Strongly disagree"}, 1.0),
        Choice("2", {"da": "Uenig", "en": "Disagree"}, 2.0),
        Choice("3", {"da": "Hverken eller", "en": "Neither"}, 3.0),
        Choice("4", {"da": "Enig", "en": "Agree"}, 4.0),
        Choice("5", {"da": "Helt enig", "en": "Strongly agree"}, 5.0),
        UNKNOWN,
        UNSAID,
    ),
)
YES_NO = (Choice("ja", {"da": "Ja", "en": "Yes"}), Choice("nej", {"da": "Nej", "en": "No"}), UNKNOWN, UNSAID)
PLANNED: dict[str, Any] = {
    "slug": "2024",
    "name": "Undersøgelsen 2024",
    "name_en": "The survey 2024",
    "reference_on": date(2024, 3, 1),
    "opens": date(2024, 3, 1),
    "closes": date(2024, 4, 30),
    "pause": 0,  # tests write again at once
    "controller": "Lilleby Kommune",
    "purpose": "Statistik om kvarteret",
    "legal_basis": "Databeskyttelseslovens § 10",
    "retention": "Svarene gemmes uden vej til en person.",
    "source": "Vi har dit navn fra folkeregistret.",
    "contact": "telefon 12 34 56 78",
    "officer": "raadgiver@lilleby.example",
    "processors": "Trykkeriet A/S",
    "told": {
        "en": {
            "purpose": "Statistics about the neighbourhood",
            "legal_basis": "The Data Protection Act, section 10",
            "retention": "Answers are kept with no way to a person.",
            "source": "We have your name from the population register.",
        }
    },
    "frame_deleted_on": date(2024, 6, 1),
}


NAMES = {"name": "Undersøgelsen", "name_en": "The survey"}  # two waves may not be called the same


def small_questionnaire(**changes: Any) -> Questionnaire:
    """Five items on two pages: trust, safety, one that hangs on it, the year of moving in, and a word of one's own."""
    about = Section(
        "kvarter",
        {"da": "Dit kvarter", "en": "Your neighbourhood"},
        (
            Item(
                "tillid-naboer",
                Ask.SCALE,
                {"da": "Man kan stole på naboerne", "en": "Neighbours can be trusted"},
                theme="tillid",
                scale="enig",
                required=True,
                told=Told(("4", "5"), "more"),
            ),
            Item(
                "tryg",
                Ask.ONE,
                {"da": "Er du tryg om aftenen?", "en": "Do you feel safe in the evening?"},
                theme="tryghed",
                choices=YES_NO,
                required=True,
                told=Told(("ja",), "more"),
            ),
            Item(
                "hvorfor-utryg",
                Ask.MANY,
                {"da": "Hvad gør dig utryg?", "en": "What makes you feel unsafe?"},
                theme="tryghed",
                choices=(
                    Choice("lys", {"da": "For lidt lys", "en": "Too little light"}),
                    Choice("trafik", {"da": "Trafik", "en": "Traffic"}),
                    UNSAID,
                ),
                shown_if=Condition("tryg", Compare.IS, "nej"),
            ),
        ),
    )
    you = Section(
        "dig",
        {"da": "Om dig", "en": "About you"},
        (
            Item(
                "flyttet-ind",
                Ask.NUMBER,
                {"da": "Hvilket år flyttede du hertil?", "en": "In which year did you move here?"},
                low="1950",
                high="2024",
            ),
            Item("ord", Ask.TEXT, {"da": "Vil du tilføje noget?", "en": "Would you like to add anything?"}),
        ),
    )
    facts = {
        "key": "lille",
        "version": 1,
        "titles": {"da": "Det lille skema", "en": "The small one"},
        "languages": ("da", "en"),
        "sections": (about, you),
        "scales": (AGREE,),
    }
    return Questionnaire(**(facts | changes))


def versions(area: Area, first: date = date(2000, 1, 1)) -> None:
    """A version of an area, so that figures can belong to it."""
    if not area.versions.exists():
        add_version(by=OPERATOR, area=area, valid_from=first, source="Kort", codes=[])


def areas(partnership: Partnership) -> tuple[Area, Area]:
    """The partnership's area and the rest it is compared with, each with a version."""
    area = partnership.area
    assert area
    rest = Area.objects.filter(slug="resten").first() or add_area(
        by=OPERATOR, slug="resten", name="Resten af byen", is_demonstration=partnership.is_demonstration
    )
    area = change_area(by=OPERATOR, area=area, name=area.name, reference=rest)
    partnership.area = area
    for one in (area, rest):
        versions(one)
    return area, rest


def asked(world: World, questionnaire: Questionnaire | None = None) -> QuestionnaireVersion:
    """The small questionnaire, kept."""
    return add_questionnaire(
        by=world.secretariat, partnership=world.partnership, questionnaire=questionnaire or small_questionnaire()
    )


def planned(world: World, **changes: Any) -> Wave:
    """A planned wave of Lilleby and the rest of the town."""
    area, rest = areas(world.partnership)
    known = world.partnership.questionnaires.first()
    named = {name: f"{word} {changes['slug']}" for name, word in NAMES.items() if "slug" in changes}
    # Nor may two be of the same day.
    taken = set(world.partnership.waves.values_list("reference_on", flat=True))
    named |= {"reference_on": min({PLANNED["reference_on"] + timedelta(days=n) for n in range(9)} - taken)}
    plan = PLANNED | named | {"area": area, "reference": rest, "questionnaire": known or asked(world)} | changes
    return plan_wave(by=world.secretariat, partnership=world.partnership, **plan)
