"""What answering reads: whom a code is for, how far they have come, and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from kvarter.surveys.actions.keys import KeyGone, KeyMissing, Use, key_of
from kvarter.surveys.answers.envelopes import open_up
from kvarter.surveys.answers.models import Response
from kvarter.surveys.frame import YOUTH
from kvarter.surveys.models import Code, QuestionnaireVersion, Wave
from kvarter.surveys.paging import Paper, paper
from kvarter.surveys.queries.prepared import Prepared
from kvarter.surveys.sealing import Link, answers_key, code_digest, open_link
from kvarter.surveys.sitting import Sitting
from kvarter.surveys.writing import read

State = Wave.State
OF_A_RESPONSE = ("ticket", "sealed", "finished")
_OF_A_FIELD = ("slug", "state", "opens", "closes", "open_link", "salt", "cut_at", "frame_deleted_at")
_OF_A_CODE = ("wave__partnership", "wave__questionnaire", "wave__youth", "invitation__cell__stratum__area")
_KEYS = ("partnership__slug", "partnership__is_demonstration", "questionnaire__digest", "youth__digest")
_NEEDED_OF_A_CODE = (
    *(f"wave__{name}" for name in (*_OF_A_FIELD, *_KEYS)),
    "invitation__opted_out_on",
    *(f"invitation__cell__{name}" for name in ("gender", "age", "stratum__name", "stratum__population")),
    *("invitation__cell__stratum__drawn", "invitation__cell__stratum__area__slug"),
)
ISSUED = (State.SAMPLING, State.IN_FIELD)  # while codes exist


def _codes(*known: int | str) -> QuerySet[Code]:
    """The codes with some digests: of each wave its digest and its number."""
    either = Q(pk__in=[])
    for digest, wave in zip(known[::2], known[1::2], strict=True):
        either |= Q(digest=digest, wave=wave)
    return Code.objects.filter(either).select_related(*_OF_A_CODE).only("sealed", *_NEEDED_OF_A_CODE)


_WAVE = Prepared(lambda pk: Wave.objects.select_related("partnership").filter(pk=pk))
_FIELD = Prepared(lambda pk: _WAVE.rows(pk).only(*_OF_A_FIELD, "partnership__slug"))
_CODE = Prepared(_codes)
_RESPONSE = Prepared(lambda ticket: Response.objects.only(*OF_A_RESPONSE).filter(ticket=ticket))


class Stage(StrEnum):
    """Whether a wave can be answered on a day."""

    BEFORE = "before"
    OPEN = "open"
    AFTER = "after"


def stage_of(wave: Wave, today: date) -> Stage:
    """Whether a wave can be answered today."""
    if not wave.cut_at and (wave.state in (State.PLANNED, State.SAMPLING) or today < wave.opens):
        return Stage.BEFORE
    return Stage.OPEN if wave.state == State.IN_FIELD and today <= wave.closes else Stage.AFTER


@dataclass(frozen=True)
class Found:
    """What a code leads to: its row, with wave, invitation and stratum at hand, and the link that it opens."""

    code: Code
    link: Link

    @property
    def wave(self) -> Wave:
        """The wave it was issued for."""
        return self.code.wave


def found_by(code: str, wave: Wave | None = None) -> Found | None:
    """What a tidied code leads to, among all waves or in one (two SQL queries); None for an unknown one.

    Raises KeyMissing where it may be of a wave whose key is not there.
    """
    among = Wave.objects.filter(state__in=ISSUED) if wave is None else Wave.objects.filter(pk=wave.pk)
    known, keys, missing = list[int | str](), {}, None
    for one in among.order_by().only("salt", "cut_at", "frame_deleted_at"):
        try:
            keys[one.pk] = key_of(one, Use.LINK)
        except KeyMissing as error:
            missing = error
        except KeyGone:  # closed: nothing opens it
            continue
        else:
            known += code_digest(keys[one.pk], bytes(one.salt), code), one.pk
    row = _CODE.one(*known) if known else None
    if row is None and missing:
        raise missing
    return Found(row, open_link(keys[row.wave_id], code, bytes(row.wave.salt), bytes(row.sealed))) if row else None


def wave_of(pk: int) -> Wave | None:
    """A wave with its partnership (one SQL query)."""
    return _WAVE.one(pk)


def field_of(pk: int) -> Wave | None:
    """A wave with what tells whether it can be answered and by whom (one SQL query); the rest is read where it is asked
    for. Every page reads it, and most of what a query costs is its columns.
    """
    return _FIELD.one(pk)


def questionnaire_for(wave: Wave, age: str) -> str:
    """The digest of the questionnaire that people of an age group are asked."""
    return (wave.youth if wave.youth and age == YOUTH else wave.questionnaire).digest


def sitting_for(found: Found, language: str, mode: str = Response.Mode.WEB.value, *, second: bool = False) -> Sitting:
    """Sit down to answer with a code. language: of the page; another where the questionnaire lacks it."""
    invitation = found.code.invitation
    cell, stratum = invitation.cell, invitation.cell.stratum
    digest = questionnaire_for(found.wave, cell.age)
    return Sitting(
        wave=found.wave.pk,
        questionnaire=digest,
        ticket=found.link.ticket,
        language=language_in(digest, language),
        mode=mode,
        household=found.link.household,
        area=stratum.area.slug,
        stratum=stratum.name,
        gender=cell.gender,
        age=cell.age,
        base=stratum.base,
        invitation=invitation.pk,
        second=second,
        is_made_up=found.wave.partnership.is_demonstration,
    )


def language_in(digest: str, wished: str) -> str:
    """The language wished for where the questionnaire has it, else its first."""
    languages = paper_of(digest).questionnaire.languages
    return wished if wished in languages else languages[0]


def response_of(ticket: str, wave: Wave) -> Response | None:
    """The response that a ticket leads to while its wave is open, out of its envelope (one SQL query).

    Raises KeyMissing, KeyGone.
    """
    row = _RESPONSE.one(ticket)
    return row and open_up(row, answers_key(key_of(wave, Use.LINK)))


@lru_cache(maxsize=32)
def paper_of(digest: str) -> Paper:
    """A questionnaire as pages. One SQL query the first time: what has a digest never changes."""
    return paper(read(QuestionnaireVersion.objects.filter(digest=digest).values_list("content", flat=True)[0]))


@dataclass(frozen=True)
class Difference:
    """An item that two keyings of a paper do not agree on, and what each says."""

    item: str
    first: Any
    second: Any


def differences(asked: Paper, first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Difference]:
    """Where two keyings do not agree, in the order of the questionnaire."""
    return [
        Difference(item.key, first.get(item.key), second.get(item.key))
        for item in asked.questionnaire.items
        if first.get(item.key) != second.get(item.key)
    ]
