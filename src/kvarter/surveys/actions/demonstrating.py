"""Made-up answers to a wave of a demonstration, many at once.

They come by the codes that were issued, and are held to the rules that a page holds an answer to: so what is stored is
what answering would have stored, in a second and not in half an hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.answering import NotOpen, new_response
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.actions.waves import State, lock
from kvarter.surveys.answers.holding import held
from kvarter.surveys.answers.models import Response
from kvarter.surveys.checking import checked
from kvarter.surveys.models import Code, Invitation, Wave
from kvarter.surveys.paging import Paper
from kvarter.surveys.queries.answering import Found, paper_of, sitting_for
from kvarter.surveys.sealing import answers_key, code_digest, open_link


class NotADemonstration(ActionError):
    """Answers are made up for a demonstration alone."""


class Impossible(ActionError):
    """A made-up answer that no page would have kept."""


@dataclass(frozen=True)
class MadeUp:
    """What somebody made up answers, by their code: in which language and way, and on which day."""

    code: str
    answers: Mapping[str, Any]
    day: date
    mode: str = Response.Mode.WEB.value
    language: str = "da"


def keep_made_up(*, by: Actor, wave: Wave, made_up: Iterable[MadeUp]) -> int:
    """Store made-up answers as sent, and note that they have come; how many.

    Raises NotADemonstration, NotOpen for a day outside the field, Impossible, WrongStep. Nothing is stored then.
    """
    require(by, "wave.write", wave)
    if not wave.partnership.is_demonstration:
        raise NotADemonstration(_("Svar kan kun opdigtes i en demonstration."))
    key = key_of(wave, Use.LINK)
    wanted = {code_digest(key, bytes(wave.salt), one.code): one for one in made_up}
    with transaction.atomic(), held(wave.pk):
        locked = lock(wave, State.IN_FIELD)
        found = [(_found(row, wanted[row.digest], key), wanted[row.digest]) for row in _codes(locked, wanted)]
        Response.objects.bulk_create((_response(locked, *one, key) for one in found), batch_size=500)
        _note_answered(found)
        record(by=by, verb="wave.make_up", about=locked, answers=len(found))
    return len(found)


def _codes(wave: Wave, wanted: Mapping[str, MadeUp]) -> list[Code]:
    rows = Code.objects.filter(wave=wave).select_related("invitation__cell__stratum__area").order_by("pk")
    found = [row for row in rows if row.digest in wanted]
    for row in found:
        row.wave = wave
    return found


def _found(row: Code, one: MadeUp, key: bytes) -> Found:
    return Found(row, open_link(key, one.code, bytes(row.wave.salt), bytes(row.sealed)))


def _note_answered(found: Iterable[tuple[Found, MadeUp]]) -> None:
    """Note who has answered, those of one day and way at once."""
    alike: dict[tuple[date, str], list[int]] = defaultdict(list)
    for one, made_up in found:
        alike[made_up.day, made_up.mode].append(one.code.invitation_id)
    for (day, mode), rows in alike.items():
        Invitation.objects.filter(pk__in=rows).update(answered_on=day, mode=mode)


def _response(wave: Wave, found: Found, one: MadeUp, key: bytes) -> Response:
    if not wave.opens <= one.day <= wave.closes:
        raise NotOpen(_("Undersøgelsen kan ikke besvares den %(day)s.") % {"day": one.day})
    sitting = sitting_for(found, one.language, one.mode)
    answers = _checked(paper_of(sitting.questionnaire), one.answers)
    return new_response(sitting, wave, answers_key(key), answers=answers, finished=True)


def _checked(paper: Paper, given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that the routing lets through, each as a page would keep it."""
    answers = paper.routed(given)
    for item in paper.questionnaire.items:
        answer = answers.get(item.key)
        kept, wrong = checked(paper.questionnaire, item, _as_sent(answer))
        if wrong or kept != answer:
            raise Impossible(_("“%(answer)s” er ikke et svar på %(item)s.") % {"answer": answer, "item": item.key})
    return answers


def _as_sent(answer: Any) -> list[str]:
    """An answer as a form says it."""
    several = answer if isinstance(answer, list) else [] if answer is None else [answer]
    return [str(one) for one in several]
