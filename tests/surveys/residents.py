"""A wave in the field, with people who have codes in hand; and answering as they do, by the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.actions.waves import add_questionnaire
from kvarter.surveys.answers.envelopes import open_up
from kvarter.surveys.answers.models import Response
from kvarter.surveys.forms.answering import name_of
from kvarter.surveys.models import Cell, Code, Invitation, Mailing, Stratum, Wave
from kvarter.surveys.paging import Paper
from kvarter.surveys.questionnaire import Questionnaire
from kvarter.surveys.sealing import answers_key, code_digest, link_of, new_code, seal_link
from tests.surveys.waves import asked, planned, small_questionnaire
from tests.world import World

# The numbers of the small questionnaire's items, as its forms name them.
TRUST, SAFE, WHY, MOVED, WORDS = "i1", "i2", "i3", "i4", "i5"


@dataclass(frozen=True)
class Person:
    """Somebody drawn, and the code in their letter."""

    code: str
    invitation: Invitation

    @property
    def response(self) -> Response:
        """Their only response; there is one answered in these tests."""
        return the_response()


def the_response(**which: Any) -> Response:
    """The only response, or the only one of some, out of its envelope where it lies in one."""
    row = Response.objects.get(**which)
    if row.sealed:
        open_up(row, answers_key(key_of(Wave.objects.get(slug=row.wave.split("/")[1]), Use.LINK)))
    return row


def today() -> date:
    return timezone.localdate()


def in_field(world: World, questionnaire: Questionnaire | None = None, **changes: Any) -> Wave:
    """A wave that can be answered today, of 100 people of whom 10 are drawn, in two cells."""
    form = asked(world, questionnaire or small_questionnaire())
    days = {
        "opens": today() - timedelta(days=3),
        "closes": today() + timedelta(days=20),
        "frame_deleted_on": today() + timedelta(days=60),
    }
    wave = planned(world, **(days | {"questionnaire": form} | changes))
    stratum = Stratum.objects.create(wave=wave, area=wave.area, name="lilleby", population=100, households=50, drawn=10)
    for age in ("30-49", "12-17"):
        Cell.objects.create(stratum=stratum, gender="f", age=age, population=50, drawn=5)
    wave.state = Wave.State.IN_FIELD
    wave.save()
    return wave


def youth_questionnaire(world: World) -> Any:
    """The same for the young, kept."""
    form = small_questionnaire(key="ung", audience="youth", titles={"da": "Det unge skema", "en": "The young one"})
    return add_questionnaire(by=world.secretariat, partnership=world.partnership, questionnaire=form)


def letter_to(wave: Wave, *, age: str = "30-49", pseudonym: str = "p1", invitation: Invitation | None = None) -> Person:
    """A letter with a new code, to somebody new or as a reminder."""
    cell = Cell.objects.get(stratum__wave=wave, age=age)
    to = invitation or Invitation.objects.create(wave=wave, cell=cell, sealed=b"", channel="letter")
    mailing = Mailing.objects.create(wave=wave, kind="invitation", channel="letter", made=timezone.now(), count=1)
    code, salt = new_code(), bytes(wave.salt)
    key = key_of(wave, Use.LINK)
    link = link_of(key, pseudonym, "h1")
    digest, sealed = code_digest(key, salt, code), seal_link(key, code, salt, link)
    Code.objects.create(wave=wave, invitation=to, mailing=mailing, digest=digest, sealed=sealed)
    return Person(code, to)


def resident() -> Client:
    return Client(SERVER_NAME="localhost")


def enter(client: Client, code: str) -> Any:
    """Scan the square of the letter and follow to where it leads."""
    return client.get(f"/s/{code}", follow=True)


def where(answer: Any) -> str:
    """The address one ended at."""
    found: str = answer.redirect_chain[-1][0] if answer.redirect_chain else answer.request["PATH_INFO"]
    return found


def text(answer: Any) -> str:
    """What a page says, as one line."""
    return re.sub(r"\s+", " ", answer.content.decode())


def answer_all(client: Client, **changes: str) -> Any:
    """Answer the two pages that somebody safe is asked, and send."""
    client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"} | changes)
    client.post("/svar/side/3", {MOVED: "2010", WORDS: "Flere bænke"})
    return client.post("/svar/send", follow=True)


def first_choices(asked: Paper, number: int) -> dict[str, str]:
    """An answer to everything that may be asked on a page."""
    found = {}
    for item in asked.pages[number - 1][1]:
        choices = asked.questionnaire.choices_of(item) if item.ask.has_choices else ()
        found[name_of(asked, item)] = choices[0].code if choices else item.low or "7"
    return found
