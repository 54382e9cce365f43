"""Answering: a page saved, and all of it sent.

An answer leaves no line in the journal, alone among what changes here: the time of a line would be a way back to who
answered. What staff key in for somebody leaves one, without saying for whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, connections, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.answers.envelopes import FACTS, enclosed, envelope_of, open_up
from kvarter.surveys.answers.holding import held
from kvarter.surveys.answers.models import Response
from kvarter.surveys.answers.router import ANSWERS
from kvarter.surveys.checking import Wrong
from kvarter.surveys.models import Invitation, Wave
from kvarter.surveys.paging import Paper
from kvarter.surveys.queries.answering import OF_A_RESPONSE, Stage, differences, field_of, paper_of, stage_of
from kvarter.surveys.queries.prepared import Prepared
from kvarter.surveys.sealing import answers_key
from kvarter.surveys.sitting import Sitting

_HELD = Prepared(lambda ticket: Response.objects.select_for_update().only(*OF_A_RESPONSE).filter(ticket=ticket))

# Written out, since Django takes as long to write it as all else that saving a page does but the disk.
_STORE = f"UPDATE {Response._meta.db_table} SET sealed = %s, finished = %s WHERE ticket = %s"  # noqa: S608  a name of ours


class NotOpen(ActionError):
    """The wave cannot be answered today."""


class Received(ActionError):
    """It has been sent: neither its giver nor anybody else reads or changes it."""


class NotYours(ActionError):
    """Begun on the web, or keyed by somebody else since: whoever types for others may not go on with it."""


class Unanswered(ActionError):
    """Something that must be answered is not, or nothing is."""


class Disagree(ActionError):
    """Two keyings of a paper do not say the same."""


@dataclass(frozen=True)
class Saved:
    """What a saved page came to: all answers now, and what could not be kept."""

    answers: Mapping[str, Any]
    faults: Mapping[str, Wrong]


def save_page(*, by: Actor, sitting: Sitting, page: int, given: Mapping[str, list[str]], today: date) -> Saved:
    """Keep what is valid of a page, and say what is not. The first page saved makes the response.

    given: {item key: what the form says}; an item that is not asked on this page is not looked at. What was emptied is
    taken out; where something cannot be kept, what was kept before stays. Answers that the page made irrelevant go.
    Raises NotOpen, Received, NotYours, KeyMissing.
    """
    paper = paper_of(sitting.questionnaire)
    with _answering(by, sitting, today) as wave:
        key = answers_key(key_of(wave, Use.LINK))
        row = _row_of(sitting, wave, key)
        check_open(open_up(row, key), sitting)
        answers, faults = paper.merged(page, given, kept(row, sitting), may_lack=sitting.is_paper)
        _keep(row, sitting, answers, key)
    return Saved(answers, faults)


def send(*, by: Actor, sitting: Sitting, today: date) -> Wave:
    """Finish: the answers count from now on, and nobody reads or changes them through a page again.

    Of a paper, the first keying waits for the second. Raises Unanswered, Disagree, NotOpen, Received, NotYours.
    """
    paper = paper_of(sitting.questionnaire)
    with _answering(by, sitting, today) as wave:
        row = held_response(sitting, wave)
        check_open(row, sitting)
        answers = kept(row, sitting)
        _check_all_there(paper, answers, sitting)
        assert row
        if sitting.is_paper and not sitting.second:
            row.keyed = {}
            store(row, answers_key(key_of(wave, Use.LINK)))
        elif sitting.second and differences(paper, row.answers, answers):
            raise Disagree(_("De to gange, papiret er tastet, siger ikke det samme."))
        else:
            finish(row, wave)
    if sitting.by_staff:
        record(by=by, verb="wave.key_in", about=wave, mode=sitting.mode, second=sitting.second)
    if row.finished:
        mark_answered(sitting.invitation, wave, row.mode, today)
    return wave


def held_response(sitting: Sitting, wave: Wave) -> Response | None:
    """The sitting's response, locked and out of its envelope. Call inside a transaction on the answers."""
    row = _HELD.one(sitting.ticket)
    return row and open_up(row, answers_key(key_of(wave, Use.LINK)))


def finish(row: Response, wave: Wave) -> None:
    """The answers count from now on. Call inside a transaction on the answers."""
    row.finished, row.keyed = True, None
    store(row, answers_key(key_of(wave, Use.LINK)))


def store(row: Response, key: bytes) -> None:
    """Lay a response that was changed in a new envelope."""
    row.sealed = envelope_of(row, key)
    with connections[ANSWERS].cursor() as cursor:
        cursor.execute(_STORE, [row.sealed, row.finished, row.ticket])


def new_response(sitting: Sitting, wave: Wave, key: bytes, **told: Any) -> Response:
    """A response as it is stored, with what is known of whom it is from. told: answers, and whether it is finished."""
    facts = {name: getattr(sitting, name) for name in FACTS}
    return enclosed(Response(ticket=sitting.ticket, wave=wave.key, kind=sitting.kind, **facts, **told), key)


def _row_of(sitting: Sitting, wave: Wave, key: bytes) -> Response:
    """The sitting's response as it is stored, locked; a new one where it has none."""
    if row := _HELD.one(sitting.ticket):
        return row
    made = new_response(sitting, wave, key)
    try:
        with transaction.atomic(using=ANSWERS):
            made.save(force_insert=True)
    except IntegrityError:  # somebody pressed twice, and the other came first
        return Response.objects.select_for_update().only(*OF_A_RESPONSE).get(ticket=sitting.ticket)
    return made


def mark_answered(invitation: int | None, wave: Wave, mode: str, today: date) -> None:
    """Note that somebody answered, so that they are not reminded. Once, and only while the wave is in the field.

    It comes after the answers are safe. If the server stops in between, it is made good when the code is used again,
    before anybody is written to, and when the wave is closed (`marking`).
    """
    if invitation is None:
        return
    with transaction.atomic():
        held = Wave.objects.select_for_update().filter(pk=wave.pk, state=Wave.State.IN_FIELD)
        if list(held.order_by().values_list("pk")):
            Invitation.objects.filter(pk=invitation, answered_on=None).update(answered_on=today, mode=mode)


def check_open(row: Response | None, sitting: Sitting) -> None:
    """Whether the sitting may read and change this response. Raises Received, NotYours."""
    if row is None:
        return
    if row.finished or (is_keyed(row) and not sitting.is_paper):
        raise Received(
            _("Svaret er modtaget. Det kan hverken ses eller ændres.")
            if sitting.by_staff
            else _("Dit svar er modtaget.")
        )
    if sitting.by_staff and row.mode == Response.Mode.WEB and not sitting.is_paper:
        raise NotYours(_("Svaret er begyndt på nettet, så det kan kun den fortsætte, der har fået koden."))
    if sitting.is_paper and sitting.second != (row.keyed is not None):
        raise NotYours(_("Papiret er tastet færdigt første gang. Skriv koden igen, og tast det anden gang."))


def is_keyed(row: Response | None) -> bool:
    """Whether it is a paper that has come in, which is not answered in another way too."""
    return row is not None and row.mode == Response.Mode.PAPER


def kept(row: Response | None, sitting: Sitting) -> Mapping[str, Any]:
    """The answers that this sitting works on: of a paper keyed the second time, those of the second time alone.

    What was begun in another way is neither shown to whoever keys a paper nor kept: the paper says all that is meant.
    """
    if row is None or (sitting.is_paper and not is_keyed(row)):
        return {}
    return (row.keyed or {}) if sitting.second else row.answers


@contextmanager
def _answering(by: Actor, sitting: Sitting, today: date) -> Iterator[Wave]:
    """A transaction on the answers while the wave is open. Raises NotOpen."""
    with held(sitting.wave):
        wave = field_of(sitting.wave)
        if wave is None or stage_of(wave, today) is not Stage.OPEN:
            raise NotOpen(_("Undersøgelsen kan ikke besvares nu."))
        may_answer(by, wave, sitting)
        yield wave


def may_answer(by: Actor, wave: Wave, sitting: Sitting) -> None:
    """Ask the policy. Raises Refused."""
    if sitting.by_staff:
        require(by, "wave.key_in", wave)
    else:
        require(by, "wave.answer_openly" if sitting.is_open else "wave.answer", wave)


def _keep(row: Response, sitting: Sitting, answers: dict[str, Any], key: bytes) -> None:
    row.language = sitting.language
    if sitting.second:
        row.keyed = answers
    else:
        row.answers = answers
        row.mode = sitting.mode  # begun in an interview and gone on with on the web: nobody else reads it any more
    store(row, key)


def _check_all_there(paper: Paper, answers: Mapping[str, Any], sitting: Sitting) -> None:
    if not answers and not sitting.second:
        raise Unanswered(_("Der er ikke svaret på noget endnu."))
    lacking = sum(item.required for item in paper.skipped(answers))
    if lacking and not sitting.is_paper:
        raise Unanswered(
            ngettext(
                "Et spørgsmål skal besvares, før svaret kan sendes.",
                "%(count)s spørgsmål skal besvares, før svaret kan sendes.",
                lacking,
            )
            % {"count": lacking}
        )
