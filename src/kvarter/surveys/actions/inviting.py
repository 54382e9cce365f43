"""Inviting and reminding those who were drawn, and leaving in peace those who will not be asked.

A code is made at the moment of making what carries it. What is kept is its digest and the sealed link; the code itself
is in the file that leaves, and nowhere else. A reminder brings a new code that leads to the same response.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.drawing import CONTACT
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.actions.marking import mark_late
from kvarter.surveys.actions.waves import State, lock
from kvarter.surveys.models import Code, Invitation, Mailing, Wave
from kvarter.surveys.sealing import code_digest, link_of, new_code, seal_link, unseal

Kind = Mailing.Kind
Made = TypeVar("Made")
BEFORE = {Kind.FIRST: Kind.INVITATION, Kind.SECOND: Kind.FIRST}
A_BATCH = 50  # e-mails that are marked as sent before they are


class NobodyWaits(ActionError):
    """Everybody who is to have this has got it, has answered, or will not be asked."""


class TooSoon(NobodyWaits):
    """Those who wait for it got the last letter too few days ago."""


class Undone(ActionError):
    """The mailing was taken back while it was being sent."""


class CannotUndo(ActionError):
    """The mailing is not the last one that went this way."""


@dataclass(frozen=True)
class Addressed:
    """Somebody who is written to, with the code in plain letters: only ever in memory and in the file that leaves."""

    code: str
    pseudonym: str
    name: str
    address: tuple[str, ...]
    email: str
    supplier: str
    is_youth: bool


def waiting(wave: Wave, kind: str, channel: str) -> QuerySet[Invitation]:
    """Those who are to be written to: not those who answered, will not be asked, or have got it. One SQL query."""
    rows = Invitation.objects.filter(wave=wave, channel=channel, answered_on=None, opted_out_on=None)
    if kind in BEFORE:
        rows = rows.filter(codes__mailing__kind=BEFORE[Kind(kind)]).distinct()
    return rows.exclude(codes__mailing__kind=kind).order_by("pk")


def due(rows: QuerySet[Invitation], wave: Wave, today: date) -> QuerySet[Invitation]:
    """Those of them who were last written to so many days ago as the plan says, or never. One SQL query."""
    return rows.exclude(codes__mailing__made__date__gt=today - timedelta(days=wave.pause))


@transaction.atomic
def issue(
    *, by: Actor, wave: Wave, kind: str, channel: str, most: int | None = None, mailing: Mailing | None = None
) -> tuple[Mailing, list[Addressed]]:
    """Codes for those who wait, who count as written to from now on. mailing: one of the same kind to go on with.

    Whoever sent a paper that is keyed once is left alone. Raises NobodyWaits, TooSoon, Undone, WrongStep, KeyGone.
    """
    require(by, "wave.write", wave)
    held, today = lock(wave, State.IN_FIELD), timezone.localdate()
    if mailing and not Mailing.objects.filter(pk=mailing.pk).exists():
        raise Undone(
            _("Udsendelsen blev taget tilbage imens. Koderne i de e-mails, der nåede at komme af sted, virker ikke.")
        )
    wait = waiting(held, kind, channel).exclude(pk__in=mark_late(held, today))
    rows = list(due(wait, held, today).select_related("cell")[:most])
    if not rows:
        raise _why_none(wait, held)
    if mailing is None:
        mailing = Mailing.objects.create(wave=held, kind=kind, channel=channel, made=timezone.now(), count=0)
        record(by=by, verb="wave.write_to", about=held, kind=kind, channel=channel)
    made = _coded(held, mailing, rows)
    Mailing.objects.filter(pk=mailing.pk).update(count=F("count") + len(made))
    mailing.refresh_from_db(fields=["count"])
    return mailing, made


def _why_none(wait: QuerySet[Invitation], wave: Wave) -> NobodyWaits:
    last = wait.order_by().aggregate(last=Max("codes__mailing__made"))["last"]
    if last is None:
        return NobodyWaits(_("Ingen venter på det: de har fået det, har svaret eller vil ikke spørges."))
    day = timezone.localdate(last) + timedelta(days=wave.pause)
    told = {"pause": wave.pause, "day": date_format(day)}
    return TooSoon(
        _("Det er for tidligt: der skal gå mindst %(pause)s dage mellem breve. Vent til den %(day)s.") % told
    )


def _coded(wave: Wave, mailing: Mailing, rows: Iterable[Invitation]) -> list[Addressed]:
    contact, link_key = key_of(wave, Use.CONTACT), key_of(wave, Use.LINK)
    salt = bytes(wave.salt)
    codes, made = [], []
    for row in rows:
        told = json.loads(unseal(contact, bytes(row.sealed), CONTACT))
        code, link = new_code(), link_of(link_key, told["pseudonym"], told["household"])
        codes.append(
            Code(
                wave=wave,
                invitation=row,
                mailing=mailing,
                digest=code_digest(link_key, salt, code),
                sealed=seal_link(link_key, code, salt, link),
            )
        )
        kept = {name: told[name] for name in ("pseudonym", "name", "email", "supplier")}
        made.append(Addressed(code=code, address=tuple(told["address"]), is_youth=row.cell.age == "12-17", **kept))
    Code.objects.bulk_create(codes, batch_size=500)
    return made


def make_file(*, by: Actor, wave: Wave, kind: str, channel: str, make: Callable[[Sequence[Addressed]], Made]) -> Made:
    """What `make` gives of those who wait, with their codes. If it fails nobody counts as written to, and the journal
    says that it was taken back.

    Raises what `issue` raises, and what `make` does.
    """
    mailing, people = issue(by=by, wave=wave, kind=kind, channel=channel)
    try:
        return make(people)
    except BaseException:
        _take_back(by, mailing, _("Filen blev ikke lavet."))
        raise


def mail_out(
    *,
    by: Actor,
    wave: Wave,
    kind: str,
    send: Callable[[Sequence[Addressed]], int],
    most: int | None = None,
    progress: Callable[[int], object] = lambda _n: None,
) -> tuple[int, int]:
    """Send e-mails to those who wait: how many left, and how many could not.

    Each batch counts as written to before it leaves, so that nobody gets two if the work is broken off and done again;
    whoever was in a batch that broke off is reached by the reminder. send: gives how many of a batch left. Raises what
    `issue` raises where nobody waits at all.
    """
    mailing, people = issue(by=by, wave=wave, kind=kind, channel=Invitation.Channel.EMAIL, most=_least(most, A_BATCH))
    done, left = 0, 0
    while True:
        left += send(people)
        done += len(people)
        progress(len(people))
        if most is not None and done >= most:
            return left, done - left
        try:
            rest = None if most is None else most - done
            mailing, people = issue(
                by=by,
                wave=wave,
                kind=kind,
                channel=Invitation.Channel.EMAIL,
                most=_least(rest, A_BATCH),
                mailing=mailing,
            )
        except NobodyWaits:
            return left, done - left


def _least(most: int | None, batch: int) -> int:
    return batch if most is None else min(most, batch)


@transaction.atomic
def undo_mailing(*, by: Actor, mailing: Mailing, why: str) -> None:
    """Take back what never left, as when the file was lost: its codes open nothing any more, and it can be made anew.

    Raises CannotUndo where a later one builds on it, WrongStep.
    """
    require(by, "wave.write", mailing.wave)
    held = lock(mailing.wave, State.IN_FIELD)
    later = Mailing.objects.filter(wave=held, channel=mailing.channel, made__gt=mailing.made)
    if later.exists():
        raise CannotUndo(_("Der er skrevet ad den vej siden. Kun den seneste udsendelse kan tages tilbage."))
    if not _take_back(by, mailing, why):
        raise CannotUndo(_("Udsendelsen er taget tilbage."))


@transaction.atomic
def _take_back(by: Actor, mailing: Mailing, why: str) -> bool:
    """Whether it was there to be taken back."""
    there = bool(Mailing.objects.filter(pk=mailing.pk).delete()[0])
    if there:
        told = {"kind": mailing.kind, "channel": mailing.channel}
        record(by=by, verb="wave.undo_mailing", about=mailing.wave, why=why, **told)
    return there


@transaction.atomic
def opt_out(*, by: Actor, invitation: Invitation, wave: Wave, today: date) -> None:
    """Never write to somebody again in this wave: by their own code, or by the secretariat for one who asks.

    The journal is not told: the time of a line would be a way to who it was. Raises WrongStep.
    """
    require(by, "wave.answer", wave)
    lock(wave, State.IN_FIELD)
    Invitation.objects.filter(pk=invitation.pk, wave=wave, opted_out_on=None).update(opted_out_on=today)
