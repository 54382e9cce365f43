"""The made-up neighbourhood: its agreement, areas, themes and questionnaires, copied from those that are shipped.

Names are others: nobody who is there is said to have signed it.
"""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files

from django.db import transaction

from kvarter.agreements.actions.family import add_partnership, change_partnership
from kvarter.agreements.actions.importing import accept_import
from kvarter.agreements.actions.translating import add_translation
from kvarter.agreements.models import Partnership
from kvarter.agreements.reading import read_agreement
from kvarter.agreements.text import AgreementText
from kvarter.evidence.actions.indicators import add_theme
from kvarter.people.policy import Actor
from kvarter.places.actions import add_area, add_version
from kvarter.places.models import Area
from kvarter.surveys.actions.waves import add_questionnaire
from kvarter.surveys.models import QuestionnaireVersion
from kvarter.surveys.questionnaires import load_questionnaire
from kvarter.surveys.writing import read, written

SLUG, AREA, REST = "demonstration", "demonstration-hoeje-opdigt", "demonstration-resten"
NAME = "Demonstration: et opdigtet kvarter"
TOWN = "Opdigt Kommune"
IN_FORCE_FROM = date(2025, 1, 1)
AREAS_FROM = date(2000, 1, 1)
SAID_BY = "Opdigtet til en demonstration"
# In this order: what one name leaves behind may be a part of the next.
NAMES = (
    ("Arbejdernes Boligselskab i Gladsaxe", "Boligforeningen Opdigt Vest"),
    ("fsb Gladsaxe", "Boligforeningen Opdigt Syd"),
    ("Boligforeningen 3B", "Boligforeningen Opdigt Midt"),
    ("AAB", "Boligforeningen Opdigt Nord"),
    ("Lejerbo", "Boligforeningen Opdigt Øst"),
    ("Københavns Vestegns Politi", "Opdigt Politi"),
    ("Gladsaxe", "Opdigt"),
    ("Vores HG", "Vores HO"),
    ("Grønnemose Skole", "Opdigt Skole"),
    ("GXU", "Opdigt Gymnasium"),
    ("Søborg", "Nederby"),
    ("Bagsværd", "Overby"),
)
SHIPPED = "hoeje-gladsaxe"
# What the shipped edition says of itself, by how the line begins, and what is said here.
OF_ITSELF = {
    "da": ("Dette er Kvarters", "Denne aftale er opdigtet til en demonstration. Ingen har skrevet under på den."),
    "en": ("This is Kvarter", "This agreement is made up for a demonstration. Nobody has signed it."),
}


def renamed(text: str) -> str:
    """A shipped text with made-up names for those that are there."""
    for known, made_up in NAMES:
        text = text.replace(known, made_up)
    return text


@transaction.atomic
def make_place(*, by: Actor) -> Partnership:
    """The partnership with its agreement, its area and the rest of the town, and the agreement's themes."""
    partnership = add_partnership(by=by, slug=SLUG, name=NAME, is_demonstration=True)
    done = accept_import(
        by=by, text=_agreement("da"), partnership_slug=SLUG, in_force_from=IN_FORCE_FROM, basis=f"{SAID_BY}."
    )
    if done.version:
        add_translation(by=by, version=done.version, text=_agreement("en"))
    rest = _area(by, REST, f"Resten af {TOWN}", f"The rest of {TOWN}")
    area = _area(by, AREA, "Høje Opdigt", "Høje Opdigt", rest)
    for place, told in enumerate(_themes()):
        add_theme(by=by, partnership=partnership, position=place, **told)
    return change_partnership(by=by, partnership=partnership, name=NAME, visibility=partnership.visibility, area=area)


def _agreement(language: str) -> AgreementText:
    name = f"{SHIPPED}.{language}.md"
    text = (files("kvarter.agreements") / "editions" / name).read_text(encoding="utf-8")
    begins, said = OF_ITSELF[language]
    lines = [said if line.startswith(begins) else line for line in renamed(text).split("\n")]
    return read_agreement("\n".join(lines).encode(), name)


def _area(by: Actor, slug: str, name: str, name_en: str, reference: Area | None = None) -> Area:
    area = add_area(by=by, slug=slug, name=name, name_en=name_en, reference=reference, is_demonstration=True)
    add_version(by=by, area=area, valid_from=AREAS_FROM, source=SAID_BY)
    return area


def _themes() -> list[dict[str, str]]:
    """The shipped themes, without what is said there of where their figures come from: here they are all made up."""
    told = tomllib.loads((files("kvarter.evidence") / "registers" / f"{SHIPPED}.toml").read_text(encoding="utf-8"))
    kept = ("slug", "clause", "name", "name_en")
    about = {
        "about": "Tallene er opdigtet. De viser, hvordan temaet ser ud, når beboerne er spurgt.",
        "about_en": "The figures are made up. They show what the theme looks like once residents have been asked.",
    }
    return [{name: theme[name] for name in kept} | about for theme in told["theme"]]


def ask(*, by: Actor, partnership: Partnership) -> tuple[QuestionnaireVersion, QuestionnaireVersion]:
    """The shipped questionnaires, for adults and for the young, about the made-up area."""
    shipped = (load_questionnaire(name) for name in (SHIPPED, f"{SHIPPED}-unge"))
    adults, young = (
        add_questionnaire(by=by, partnership=partnership, questionnaire=read(renamed(written(one)))) for one in shipped
    )
    return adults, young
