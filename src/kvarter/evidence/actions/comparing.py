"""What the neighbourhood is held up against, and how near is near enough."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kvarter.agreements.models import AgreementVersion, Partnership
from kvarter.evidence.actions.indicators import AddressTaken
from kvarter.evidence.models import Composition, MirrorMargin, Peer
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.places.actions import refuse_mixing
from kvarter.places.models import Area


class NoSuchMargin(ActionError):
    """A margin that is no share, that no decision stands behind, or that one of the day already set."""


class NotAPeer(ActionError):
    """The area itself, or what it is compared with, cannot stand in the row it is seen among."""


@transaction.atomic
def add_composition(*, by: Actor, partnership: Partnership, why: str = "", **facts: Any) -> Composition:
    """A whole that indicators are the categories of. Raises AddressTaken."""
    require(by, "indicator.write", partnership)
    if partnership.compositions.filter(slug=facts["slug"]).exists():
        raise AddressTaken(_("Der er allerede en sammensætning med adressen “%(slug)s”.") % {"slug": facts["slug"]})
    made = Composition.objects.create(partnership=partnership, **facts)
    record(by=by, verb="composition.add", about=partnership, why=why, composition=made.slug)
    return made


@transaction.atomic
def agree_margin(
    *,
    by: Actor,
    partnership: Partnership,
    version: AgreementVersion,
    decision: str,
    decided_on: date,
    margin: float,
    why: str = "",
) -> MirrorMargin:
    """How unlike its surroundings the area may be and still be called like them. Raises NoSuchMargin."""
    require(by, "indicator.write", partnership)
    if version.agreement.partnership_id != partnership.pk:
        raise NoSuchMargin(_("Udgaven hører til et andet partnerskab."))
    if not decision.strip():
        raise NoSuchMargin(_("Skriv hvilken beslutning der satte margenen: forum, møde og punkt."))
    if not 0 < margin < 1:
        raise NoSuchMargin(_("Margenen er en andel over 0 og under 1: 0,1 er hver tiende."))
    try:
        with transaction.atomic():
            made = MirrorMargin.objects.create(
                partnership=partnership,
                version=version,
                decision=decision.strip(),
                decided_on=decided_on,
                margin=margin,
            )
    except IntegrityError as error:
        raise NoSuchMargin(_("Der er allerede sat en margen den dag.")) from error
    record(by=by, verb="mirror.margin", about=partnership, why=why, margin=margin, decision=made.decision)
    return made


@transaction.atomic
def choose_peers(*, by: Actor, partnership: Partnership, areas: Iterable[Area], why: str = "") -> None:
    """The areas that the partnership's own is seen among, in place of those before. Raises NotAPeer, MadeUp."""
    require(by, "indicator.write", partnership)
    chosen = list(areas)
    refuse_mixing(partnership.is_demonstration, *chosen)
    own = partnership.area
    if own is not None and {own.pk, own.reference_id, own.part_of_id} & {area.pk for area in chosen}:
        raise NotAPeer(_("Området selv og det, det sammenlignes med, kan ikke stå i rækken."))
    partnership.peers.all().delete()
    Peer.objects.bulk_create(Peer(partnership=partnership, area=area) for area in chosen)
    record(by=by, verb="peers.choose", about=partnership, why=why, areas=[area.slug for area in chosen])
