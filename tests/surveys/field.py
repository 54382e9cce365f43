"""A wave in the field, with people drawn, codes issued and answers sent, for tests of what comes after."""

from __future__ import annotations

import json
import random
import secrets
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.answers.envelopes import enclosed, open_up
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Cell, Code, Invitation, Mailing, Stratum, Wave
from kvarter.surveys.sealing import Link, answers_key, code_digest, link_of, new_code, seal, seal_link

GENDERS, AGES = ("f", "m"), ("18-29", "30-49", "50-64", "65+")
# People in the frame and drawn of each cell, by area: everyone in the small place, and a sample of the rest.
SIZES = {"lilleby": (40, 40), "resten": (500, 50)}


@dataclass
class Person:
    """Somebody drawn, what they hold in their hand, and what they answered."""

    pseudonym: str
    household: str
    cell: Cell
    code: str
    link: Link
    invitation: Invitation
    response: Response | None = None


@dataclass
class Field:
    """A wave in the field."""

    wave: Wave
    people: list[Person] = field(default_factory=list)

    @property
    def answered(self) -> list[Person]:
        return [person for person in self.people if person.response]


def in_field(wave: Wave, *, seed: int = 1) -> Field:
    """Everyone in the area and a sample of the rest, two to a household, each with a code."""
    made = Field(wave)
    for area in (wave.area, wave.reference):
        assert area
        population, drawn = SIZES[area.slug]
        cells = len(GENDERS) * len(AGES)
        stratum = Stratum.objects.create(
            wave=wave,
            area=area,
            name=area.slug,
            population=cells * population,
            households=cells * population // 2,
            drawn=cells * drawn,
        )
        for gender in GENDERS:
            for age in AGES:
                facts = {"gender": gender, "age": age, "population": population, "drawn": drawn}
                made.people += _people(wave, Cell.objects.create(stratum=stratum, **facts), drawn)
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.IN_FIELD, seed=seed)
    wave.refresh_from_db()
    return made


def _people(wave: Wave, cell: Cell, many: int) -> list[Person]:
    mailing = Mailing.objects.create(wave=wave, kind="invitation", channel="letter", made=timezone.now(), count=many)
    contact, link = key_of(wave, Use.CONTACT), key_of(wave, Use.LINK)
    people = []
    for number in range(many):
        pseudonym = f"{cell.stratum.name}-{cell.gender}-{cell.age}-{number}"
        household = f"{cell.stratum.name}-{cell.age}-{number}"  # a woman and a man of the same age and number
        told = {"pseudonym": pseudonym, "household": household, "name": f"Navn {pseudonym}"}
        invitation = Invitation.objects.create(
            wave=wave, cell=cell, sealed=seal(contact, json.dumps(told).encode(), "contact"), channel="letter"
        )
        code = new_code()
        own = link_of(link, pseudonym, household)
        Code.objects.create(
            wave=wave,
            invitation=invitation,
            mailing=mailing,
            digest=code_digest(link, bytes(wave.salt), code),
            sealed=seal_link(link, code, bytes(wave.salt), own),
        )
        people.append(Person(pseudonym, household, cell, code, own, invitation))
    return people


def answer_all(field: Field, *, rate: float = 0.7, trust: dict[str, float] | None = None, seed: int = 7) -> None:
    """Answers of a share of them, in an order of chance; a few begin and never send."""
    chance = random.Random(seed)
    shares = trust or {"lilleby": 0.5, "resten": 0.6}
    order = list(field.people)
    chance.shuffle(order)
    wave = field.wave
    for person in order:
        if chance.random() > rate:
            continue
        cell = person.cell
        area = cell.stratum.area.slug
        agrees = chance.random() < shares[area]
        person.response = Response(
            wave=wave.key,
            questionnaire=wave.questionnaire.digest,
            kind="sample",
            mode=chance.choice(["web", "web", "web", "paper"]),
            ticket=person.link.ticket,
            household=person.link.household,
            area=area,
            stratum=cell.stratum.name,
            gender=cell.gender,
            age=cell.age,
            base=cell.stratum.base,
            answers={
                "tillid-naboer": chance.choice(["4", "5"]) if agrees else chance.choice(["1", "2", "3", "ved-ikke"]),
                "tryg": chance.choice(["ja", "nej"]),
                "flyttet-ind": chance.choice([1999, 2010, 2022, 2023]),
                "ord": f"Et ord, nummer {chance.randrange(10**6)}" if chance.random() < 0.1 else "",
            },
            finished=chance.random() < 0.95,
        )
        keep(wave, person.response)
        if person.response.finished:
            person.invitation.answered_on = wave.opens + timedelta(days=chance.randrange(40))
            person.invitation.mode = person.response.mode
            person.invitation.save(update_fields=["answered_on", "mode"])


def answer_openly(wave: Wave, *, area: str, gender: str, age: str, many: int = 1, words: str = "") -> list[Response]:
    """Answers that came by the open link and were sent."""
    made = [
        Response(
            wave=wave.key,
            questionnaire=wave.questionnaire.digest,
            kind="open",
            mode="web",
            ticket=secrets.token_hex(32),
            area=area,
            gender=gender,
            age=age,
            answers={"tillid-naboer": "4", "tryg": "ja", "ord": words},
            finished=True,
        )
        for _one in range(many)
    ]
    keep(wave, *made)
    return made


def unanswered(wave: Wave, **whose: str) -> None:
    """Take out the answers of some people, by what is known of them, as if they had never answered."""
    key = answers_key(key_of(wave, Use.LINK))
    for row in Response.objects.filter(wave=wave.key):
        if all(getattr(open_up(row, key), name) == value for name, value in whose.items()):
            row.delete()
    of_a_cell = {"area": "cell__stratum__area__slug", "gender": "cell__gender"}
    theirs = {of_a_cell[name]: value for name, value in whose.items()}
    Invitation.objects.filter(wave=wave, **theirs).update(answered_on=None, mode="")


def keep(wave: Wave, *rows: Response) -> None:
    """Store responses as an open wave stores them: each in its envelope. What is in hand stays out of it."""
    key = answers_key(key_of(wave, Use.LINK))
    Response.objects.bulk_create(enclosed(copy(row), key) for row in rows)
