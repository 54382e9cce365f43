"""Closing a wave: every way from a person to an answer is destroyed, and cannot be made again.

Names and addresses have served, and go with the keys; the day they were to be deleted was the last it could be.

Two databases cannot change in one transaction, so the order matters: first the codes go, and nobody can answer; then
the answers are taken out of their envelopes and laid in a random order under new names. When both are stored for
certain the wave's keys are destroyed, and with them all that lies in backups from before. What is interrupted between
is finished by `finish_cut`, which may be run any number of times. Both databases are rewritten too, so that what was
deleted cannot be read in their files.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.journal.actions import record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.counting import count_the_field
from kvarter.surveys.actions.keys import (
    KeyGone,
    KeyMissing,
    KeyStays,
    Use,
    destroy_keys,
    key_for_cut,
    keys_left,
    served,
)
from kvarter.surveys.actions.marking import mark_late
from kvarter.surveys.actions.rewriting import rewrite
from kvarter.surveys.actions.waves import State, WrongStep, lock
from kvarter.surveys.answers.envelopes import open_up
from kvarter.surveys.answers.holding import held
from kvarter.surveys.answers.models import Response
from kvarter.surveys.answers.router import ANSWERS
from kvarter.surveys.coarsening import Kind, coarsened
from kvarter.surveys.letters.kept import forget_mail
from kvarter.surveys.models import Cell, Code, FrameFile, Invitation, Wave
from kvarter.surveys.sealing import answers_key

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Closing:
    """What closing will do: responses kept, of those drawn and by the open link; those begun and never sent; codes
    destroyed.
    """

    kept: int
    by_link: int
    unfinished: int
    half_keyed: int
    codes: int


def foresee_closing(wave: Wave) -> Closing:
    """What closing the wave now would keep and destroy (three SQL queries). Raises KeyMissing."""
    by_link = Q(kind=Response.Kind.OPEN)
    rows = Response.objects.filter(wave=wave.key)
    counts = rows.aggregate(
        kept=Count("pk", filter=Q(finished=True) & ~by_link),
        by_link=Count("pk", filter=Q(finished=True) & by_link),
    )
    begun = _opened(wave, rows.filter(finished=False))
    on_the_web = sum(one.mode == Response.Mode.WEB for one in begun)
    codes = Code.objects.filter(wave=wave).count()
    return Closing(**counts, unfinished=on_the_web, half_keyed=len(begun) - on_the_web, codes=codes)


def _opened(wave: Wave, rows: Iterable[Response]) -> list[Response]:
    """Responses out of their envelopes, as far as they are in any. Raises KeyMissing."""
    found = list(rows)
    if not any(one.sealed for one in found):
        return found
    key = answers_key(key_for_cut(wave, Use.LINK))
    return [open_up(one, key) if one.sealed else one for one in found]


def close_wave(*, by: Actor, wave: Wave, why: str = "") -> Wave:
    """End the field for ever, and cut every way from a person to an answer.

    Responses that were begun and never sent are deleted: whoever did not send has not answered. Whoever did is counted
    as such also where the server stopped before it was noted, as long as the key to names is there. Raises WrongStep,
    KeyMissing; and KeyStays when all is done but the destroying of a key.
    """
    require(by, "wave.write", wave)
    with transaction.atomic():
        closed = lock(wave, State.IN_FIELD)
        if not Response.objects.filter(wave=closed.key, finished=True).exists():
            raise WrongStep(_("Ingen har sendt et svar endnu, så der er intet at lukke om."))
        key_for_cut(closed, Use.LINK)  # before anything is destroyed, since without it no answer can be read
        with suppress(KeyGone):
            mark_late(closed, timezone.localdate())
        end_field(closed, State.CLOSED)
        record(by=by, verb="wave.close", about=closed, why=why)
    finish_cut(by=by, wave=closed)
    return closed


def end_field(wave: Wave, state: str) -> None:
    """Delete codes, names and addresses, and keep how many answered. Call with the wave locked."""
    count_the_field(wave)
    for model in (Code, Invitation, FrameFile):
        model.objects.filter(wave=wave).delete()
    wave.state, wave.cut_at = state, timezone.now()
    wave.frame_deleted_at = wave.frame_deleted_at or wave.cut_at
    wave.save(update_fields=["state", "cut_at", "frame_deleted_at"])


def finish_cut(*, by: Actor, wave: Wave) -> None:
    """Lay a closed wave's answers in a random order, if they are not, rewrite both databases and destroy the keys.

    Of a wave that is called off no answer stays. Raises KeyMissing; and KeyStays when all else is done.
    """
    require(by, "wave.write", wave)
    with held(wave.pk, alone=True):
        if wave.state == State.CALLED_OFF:
            Response.objects.filter(wave=wave.key).delete()
        rows = list(Response.objects.select_for_update().filter(wave=wave.key))
        if any(one.position is None or one.ticket for one in rows):
            sent = _opened(wave, (one for one in rows if one.finished))
            by_link = [one for one in sent if one.kind == Response.Kind.OPEN]
            join_the_few([one for one in sent if one.kind == Response.Kind.SAMPLE], coarsened(drawn_of(wave)))
            join_the_few(by_link, coarsened(Counter(map(kind_of, by_link))))  # nobody was drawn: these are all
            Response.objects.filter(wave=wave.key).delete()
            Response.objects.bulk_create(shuffled(sent))
    _when_both_are_stored(lambda: _leave_nothing(by, wave))


def _when_both_are_stored(act: Callable[[], None]) -> None:
    transaction.on_commit(lambda: transaction.on_commit(act, using=ANSWERS))


def _leave_nothing(by: Actor, wave: Wave) -> None:
    """Kept mail and keys first: then nothing hangs on whether the files could be rewritten, nor the files on whether a
    key could be destroyed. Noted when all is done.
    """
    forget_mail(wave)
    try:
        destroy_keys(by=by, wave=wave, uses=tuple(Use))
    finally:
        gone = [rewrite("default", (Code, Invitation)), rewrite(ANSWERS, (Response,))]
    if all(gone):
        Wave.objects.filter(pk=wave.pk).update(swept_at=timezone.now())


def drawn_of(wave: Wave) -> dict[Kind, int]:
    """How many were drawn of each kind of people (one SQL query)."""
    cells = Cell.objects.filter(stratum__wave=wave).order_by("pk")
    rows = cells.values_list("stratum__name", "gender", "age", "drawn")
    return {(stratum, gender, age): drawn for stratum, gender, age, drawn in rows}


def kind_of(response: Response) -> Kind:
    """Whom a response is like. By the open link nobody has a stratum: their area stands for it."""
    return response.stratum or response.area, response.gender, response.age


def join_the_few(responses: Sequence[Response], kinds: Mapping[Kind, Kind]) -> None:
    """Take gender and age, as far as it is needed, from responses of a kind that only a few are of; then language and
    way from those of each kind that only a few answered in.
    """
    for one in responses:
        own = kind_of(one)
        _place, one.gender, one.age = kinds.get(own, own)
    ways = coarsened(Counter(map(_way_of, responses)))
    for one in responses:
        _kind, one.language, one.mode = ways[_way_of(one)]


def _way_of(response: Response) -> Kind:
    """Among whom somebody answered, in which language and which way. The young are known by their questionnaire."""
    return " ".join((*kind_of(response), response.questionnaire)), response.language, response.mode


def shuffled(responses: Iterable[Response]) -> list[Response]:
    """Responses in a random order under new names, and nothing a code led to.

    Households become random numbers, others for each questionnaire: a parent's answers do not lead to a child's.
    """
    chance = random.SystemRandom()
    mixed = list(responses)
    chance.shuffle(mixed)
    homes = sorted({_home_of(one) for one in mixed if one.household})
    numbers = chance.sample(range(1, len(homes) + 1), len(homes))
    number_of = {home: str(number) for home, number in zip(homes, numbers, strict=True)}
    for position, one in enumerate(mixed, 1):
        one.pk, one.position = uuid.UUID(int=chance.getrandbits(128), version=4), position
        one.sealed, one.ticket, one.keyed, one.household = b"", None, None, number_of.get(_home_of(one), "")
    return mixed


def _home_of(response: Response) -> tuple[str, str]:
    """Who is told to live together: those of a household who answered the same questionnaire."""
    return response.questionnaire, response.household


def finish_cuts(*, by: Actor) -> int:
    """Finish what was interrupted of every closed wave; how many could be finished. The others are told in the log."""
    waves = Wave.objects.filter(cut_at__isnull=False, is_imported=False).select_related("partnership")
    by_key = {wave.key: wave for wave in waves}
    rows = Response.objects.filter(wave__in=by_key)
    left = set(rows.filter(position=None).values_list("wave", flat=True))
    left |= set(rows.filter(ticket__isnull=False).values_list("wave", flat=True))
    left |= {wave.key for wave in waves if wave.swept_at is None or keys_left(wave, tuple(Use))}
    return sum(_finished(by, by_key[key]) for key in left)


def _finished(by: Actor, wave: Wave) -> bool:
    try:
        finish_cut(by=by, wave=wave)
    except (KeyMissing, KeyStays) as error:
        LOG.error("%s: %s", wave.key, error)
        return False
    return True


def try_keys_again(*, by: Actor, wave: Wave) -> None:
    """Destroy keys that have served and could not be destroyed. Raises KeyStays, KeyMissing."""
    if wave.cut_at:
        finish_cut(by=by, wave=wave)
    else:
        destroy_keys(by=by, wave=wave, uses=served(wave))
