"""Closing a wave: every way from a person to an answer is destroyed, and cannot be made again.

Names and addresses have served, and go with the keys; the day they were to be deleted was the last it could be.

Two databases cannot change in one transaction, so the order matters: first the codes and the link key go, and nobody
can answer; then the answers are laid in a random order under new names. What is interrupted between the two is finished
by `finish_cut`, which may be run any number of times. Last, both databases are rewritten, so that what was deleted
cannot be read in their files.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connections, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.journal.actions import record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.waves import State, WrongStep, lock
from kvarter.surveys.answers.holding import held
from kvarter.surveys.answers.models import Response
from kvarter.surveys.answers.router import ANSWERS
from kvarter.surveys.coarsening import Kind, coarsened
from kvarter.surveys.models import Cell, Code, FieldCount, Invitation, Wave, WaveKey


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
    """What closing the wave now would keep and destroy (two SQL queries)."""
    by_link, on_the_web = Q(kind=Response.Kind.OPEN), Q(mode=Response.Mode.WEB)
    counts = Response.objects.filter(wave=wave.key).aggregate(
        kept=Count("pk", filter=Q(finished=True) & ~by_link),
        by_link=Count("pk", filter=Q(finished=True) & by_link),
        unfinished=Count("pk", filter=Q(finished=False) & on_the_web),
        half_keyed=Count("pk", filter=Q(finished=False) & ~on_the_web),
    )
    return Closing(**counts, codes=Code.objects.filter(wave=wave).count())


def close_wave(*, by: Actor, wave: Wave, why: str = "") -> Wave:
    """End the field for ever, and cut every way from a person to an answer. Raises WrongStep.

    Responses that were begun and never sent are deleted: whoever did not send has not answered.
    """
    require(by, "wave.write", wave)
    with transaction.atomic():
        closed = lock(wave, State.IN_FIELD)
        if not Response.objects.filter(wave=closed.key, finished=True).exists():
            raise WrongStep(_("Ingen har sendt et svar endnu, så der er intet at lukke om."))
        _count_the_field(closed)
        for model in (Code, WaveKey, Invitation):
            model.objects.filter(wave=closed).delete()
        closed.state, closed.cut_at = State.CLOSED, timezone.now()
        closed.frame_deleted_at = closed.frame_deleted_at or closed.cut_at
        closed.save(update_fields=["state", "cut_at", "frame_deleted_at"])
        record(by=by, verb="wave.close", about=closed, why=why)
    finish_cut(closed)
    return closed


def _count_the_field(wave: Wave) -> None:
    """What is kept of the field: how many answered of each cell, day and way."""
    counted = (
        Invitation.objects.filter(wave=wave, answered_on__isnull=False)
        .values("cell_id", "answered_on", "mode")
        .annotate(count=Count("pk"))
        .order_by("answered_on", "cell_id", "mode")
    )
    FieldCount.objects.bulk_create(
        FieldCount(cell_id=cell, day=day, mode=mode, count=count)
        for cell, day, mode, count in counted.values_list("cell_id", "answered_on", "mode", "count")
        if day
    )


def finish_cut(wave: Wave) -> None:
    """Lay a closed wave's answers in a random order, if they are not, and rewrite both databases."""
    with held(wave.pk, alone=True):
        rows = list(Response.objects.select_for_update().filter(wave=wave.key))
        if any(one.position is None or one.ticket for one in rows):
            sent = [one for one in rows if one.finished]
            by_link = [one for one in sent if one.kind == Response.Kind.OPEN]
            join_the_few([one for one in sent if one.kind == Response.Kind.SAMPLE], coarsened(drawn_of(wave)))
            join_the_few(by_link, coarsened(Counter(map(kind_of, by_link))))  # nobody was drawn: these are all
            Response.objects.filter(wave=wave.key).delete()
            Response.objects.bulk_create(shuffled(sent))
    for alias in ("default", ANSWERS):
        transaction.on_commit(lambda alias=alias: rewrite(alias), using=alias)  # type: ignore[misc]


def drawn_of(wave: Wave) -> dict[Kind, int]:
    """How many were drawn of each kind of people (one SQL query)."""
    cells = Cell.objects.filter(stratum__wave=wave).order_by("pk")
    rows = cells.values_list("stratum__name", "gender", "age", "drawn")
    return {(stratum, gender, age): drawn for stratum, gender, age, drawn in rows}


def kind_of(response: Response) -> Kind:
    """Whom a response is like. By the open link nobody has a stratum: their area stands for it."""
    return response.stratum or response.area, response.gender, response.age


def join_the_few(responses: Iterable[Response], kinds: Mapping[Kind, Kind]) -> None:
    """Take gender and age, as far as it is needed, from responses of a kind that only a few are of."""
    for one in responses:
        own = kind_of(one)
        _place, one.gender, one.age = kinds.get(own, own)


def shuffled(responses: Iterable[Response]) -> list[Response]:
    """Responses in a random order under new names, households as random numbers, and nothing a code led to."""
    chance = random.SystemRandom()
    mixed = list(responses)
    chance.shuffle(mixed)
    tokens = sorted({one.household for one in mixed if one.household})
    numbers = chance.sample(range(1, len(tokens) + 1), len(tokens))
    number_of = {token: str(number) for token, number in zip(tokens, numbers, strict=True)}
    for position, one in enumerate(mixed, 1):
        one.pk, one.position = uuid.UUID(int=chance.getrandbits(128), version=4), position
        one.ticket, one.keyed, one.household = None, None, number_of.get(one.household, "")
    return mixed


def rewrite(alias: str) -> None:
    """Write a database's files anew, without what was deleted."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        models = (Response,) if alias == ANSWERS else (Code, WaveKey, Invitation)
        for model in models:
            # Afresh with what the planner remembers of its columns: some of their values.
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(model._meta.db_table)}")


def finish_cuts() -> int:
    """Finish what was interrupted of every closed wave; how many there were."""
    waves = Wave.objects.filter(cut_at__isnull=False, is_imported=False).select_related("partnership")
    by_key = {wave.key: wave for wave in waves}
    rows = Response.objects.filter(wave__in=by_key)
    left = set(rows.filter(position=None).values_list("wave", flat=True))
    left |= set(rows.filter(ticket__isnull=False).values_list("wave", flat=True))
    for key in left:
        finish_cut(by_key[key])
    return len(left)
