"""Drawing who is asked: by a seed that is written down, so that anyone with the list can draw the same again."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.effect import BadDesign, Draw, draw
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.frames import frame_of
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.actions.waves import State, lock
from kvarter.surveys.frame import Frame, Listed
from kvarter.surveys.models import Cell, FrameFile, Invitation, Stratum, Wave
from kvarter.surveys.sealing import seal

CONTACT = "contact"  # what the contact key seals names and addresses for
PANEL = " · panel"
LARGEST_SEED = 2**53 - 1


class CannotDraw(ActionError):
    """More are to be drawn than there are, nobody at all, or a share that is none."""


class DrawnMeanwhile(ActionError):
    """Somebody else sent a list in or drew since the page was shown."""


@dataclass(frozen=True)
class Plan:
    """How many to draw of each stratum, with which seed, and which share of them from those asked last time."""

    sizes: Mapping[str, int]
    seed: int
    panel: float = 0.0


@dataclass(frozen=True)
class Drawn:
    """Who was drawn, by stratum and pseudonym, and the protocol by which they can be drawn again."""

    people: tuple[Listed, ...]
    protocol: str
    seed: int

    @property
    def panel(self) -> int:
        """How many of them were asked last time too."""
        return sum(one.panel for one in self.people)

    @property
    def by_stratum(self) -> Counter[str]:
        """How many of each stratum."""
        return Counter(one.stratum for one in self.people)


def seen_of(wave: Wave, file: FrameFile | None) -> str:
    """What somebody saw before they drew: changes when a list is sent in, or a sample drawn."""
    seen = json.dumps([file.digest if file else "", wave.seed, wave.protocol])
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def drawn_from(frame: Frame, plan: Plan, *, heading: str = "") -> Drawn:
    """Who the plan draws from the list; the same list and plan give the same, to the byte. Raises CannotDraw."""
    if not 0 <= plan.panel <= 1 or not 0 <= plan.seed <= LARGEST_SEED:
        raise CannotDraw(_("Andelen skal være mellem 0 og 100 %, og frøet et helt tal fra nul."))
    parts = {one.pseudonym: _part(one, plan.panel) for one in frame.people}
    table = pl.DataFrame({"pseudonym": list(parts), "stratum": list(parts.values())})
    try:
        made = draw(table, _sizes(frame, plan), unit="pseudonym", stratum="stratum", seed=plan.seed)
    except BadDesign as error:
        raise CannotDraw(str(error)) from error
    known = {one.pseudonym: one for one in frame.people}
    people = tuple(known[pseudonym] for pseudonym in made.sample["pseudonym"])
    if not people:
        raise CannotDraw(_("Ingen bliver trukket. Skriv, hvor mange der skal spørges."))
    ordered = sorted(people, key=lambda one: (one.stratum, one.pseudonym))
    return Drawn(tuple(ordered), _protocol(made, plan, heading), plan.seed)


def _part(one: Listed, panel: float) -> str:
    return one.stratum + PANEL if panel and one.panel else one.stratum


def _sizes(frame: Frame, plan: Plan) -> dict[str, int]:
    """How many from each part: a stratum, or those of it that were asked last time and those that were not."""
    whole = Counter(one.stratum for one in frame.people)
    unknown = set(plan.sizes) - set(whole)
    if unknown:
        raise CannotDraw(_("Listen har intet lag, der hedder “%(name)s”.") % {"name": min(unknown)})
    held = Counter(_part(one, plan.panel) for one in frame.people)
    sizes: dict[str, int] = {}
    for name in whole:
        wanted = plan.sizes.get(name, 0)
        if not 0 <= wanted <= whole[name]:
            raise CannotDraw(
                _("Laget “%(name)s” har %(held)s personer, så der kan ikke trækkes %(wanted)s.")
                % {"name": name, "held": whole[name], "wanted": wanted}
            )
        again = min(round(wanted * plan.panel), held[name + PANEL])
        again = max(again, wanted - held[name]) if held[name + PANEL] else 0
        sizes |= {name: wanted - again} if name in held else {}
        sizes |= {name + PANEL: again} if name + PANEL in held else {}
    return sizes


def _protocol(made: Draw, plan: Plan, heading: str) -> str:
    """The protocol of the draw, and before it what was wanted of those asked last time."""
    lines = [heading] if heading else []
    if plan.panel:
        lines += [
            f"Wanted share from those asked last time: {plan.panel:.3f} (parts named “…{PANEL}”).",
            "Each stratum counts as one with weight N/n: right where those asked last time were drawn from it at "
            "random then, and people who have moved in since are a stratum of their own.",
        ]
    return "\n".join([*lines, made.protocol])


@transaction.atomic
def draw_sample(*, by: Actor, wave: Wave, plan: Plan, seen: str, why: str = "") -> Wave:
    """Draw, seal each drawn person's way to be reached, and keep seed and protocol. May be done again until it opens.

    seen: `seen_of` what the plan was made from. Raises DrawnMeanwhile, CannotDraw, FrameChanged, WrongStep.
    """
    require(by, "wave.write", wave)
    held = lock(wave, State.PLANNED, State.SAMPLING)
    file = FrameFile.objects.filter(wave=held).first()
    if seen != seen_of(held, file):
        raise DrawnMeanwhile(_("En anden har sendt en liste ind eller trukket imens. Se, hvad der er sket, først."))
    drawn = drawn_from(frame_of(held), plan, heading=heading_of(held, file))
    _keep_drawn(held, drawn)
    held.seed, held.protocol, held.state = drawn.seed, drawn.protocol, State.SAMPLING
    held.save(update_fields=["seed", "protocol", "state"])
    record(by=by, verb="wave.draw", about=held, why=why, seed=drawn.seed, people=len(drawn.people))
    return held


def heading_of(wave: Wave, file: FrameFile | None) -> str:
    """The protocol's first lines: which wave, and which file."""
    name = f"{file.name}, {file.rows} people, SHA-256 {file.digest}" if file else ""
    return f"Wave: {wave.key}\nFile: {name}"


def _keep_drawn(wave: Wave, drawn: Drawn) -> None:
    wave.invitations.all().delete()
    strata = {stratum.name: stratum for stratum in wave.strata.all()}
    cells = {(cell.stratum_id, cell.gender, cell.age): cell for cell in Cell.objects.filter(stratum__wave=wave)}
    if set(drawn.by_stratum) - set(strata):
        raise DrawnMeanwhile(_("Listen er ikke taget i brug endnu. Se den igennem først."))
    for cell in cells.values():
        cell.drawn = 0
    for stratum in strata.values():
        stratum.drawn = drawn.by_stratum[stratum.name]
    key = key_of(wave, Use.CONTACT)
    rows = []
    # In the order of the draw the rows would say whose they are, to whoever has the list.
    for one in random.SystemRandom().sample(drawn.people, len(drawn.people)):
        cell = cells[strata[one.stratum].pk, one.gender, one.age]
        cell.drawn += 1
        rows.append(Invitation(wave=wave, cell=cell, sealed=_sealed(key, one), channel=one.channel))
    Invitation.objects.bulk_create(rows, batch_size=1000)
    Cell.objects.bulk_update(cells.values(), ["drawn"])
    Stratum.objects.bulk_update(strata.values(), ["drawn"])


def _sealed(key: bytes, one: Listed) -> bytes:
    told = {
        "pseudonym": one.pseudonym,
        "household": one.household,
        "name": one.name,
        "address": list(one.address),
        "email": one.email,
        "supplier": one.supplier,
    }
    return seal(key, json.dumps(told, ensure_ascii=False).encode(), CONTACT)
