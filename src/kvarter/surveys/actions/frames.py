"""Taking in the list of people to draw from: looked through first, then its counts are kept, all or nothing.

The list lies sealed under the wave's contact key from the moment it is sent in, and is deleted when the wave opens.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.actions.waves import State, lock
from kvarter.surveys.frame import Asking, Frame, packed, read_frame, unpacked
from kvarter.surveys.models import Cell, FrameFile, Stratum, Wave
from kvarter.surveys.sealing import CannotOpen, seal, unseal

FRAME = "frame"  # what the contact key seals it for


class FrameChanged(ActionError):
    """The list is another than the one that was looked through, or is gone."""


def asking_of(wave: Wave) -> Asking:
    """What the wave needs of a list."""
    areas = [area for area in (wave.area, wave.reference) if area]
    names = {
        called.casefold(): area.slug for area in areas for called in (area.slug, area.name, area.name_en) if called
    }
    reference = wave.reference.slug if wave.reference else ""
    return Asking(wave.area.slug, reference, names, wave.reference_on.year, wave.youth_id is not None)


def send_frame(*, by: Actor, wave: Wave, content: bytes, name: str, why: str = "") -> FrameFile:
    """Keep a list to be looked through, sealed. One that was there before is forgotten, and what was drawn from it.

    Raises BadFrame or BadFile with everything that is wrong, and nothing is kept then; WrongStep.
    """
    require(by, "wave.write", wave)
    frame = read_frame(content, name, asking_of(wave))  # some seconds: before anything is locked
    sealed = seal(key_of(wave, Use.CONTACT), packed(frame), FRAME)
    with transaction.atomic():
        held = lock(wave, State.PLANNED, State.SAMPLING)
        _forget_drawn(held)
        FrameFile.objects.filter(wave=held).delete()
        made = FrameFile.objects.create(
            wave=held,
            name=name[:200],
            sealed=sealed,
            rows=len(frame.people),
            digest=hashlib.sha256(content).hexdigest(),
            sent=timezone.now(),
        )
        record(by=by, verb="frame.send", about=held, why=why, digest=made.digest, people=made.rows)
    return made


def frame_of(wave: Wave) -> Frame:
    """The list of a wave (one SQL query). Raises FrameChanged where there is none, KeyGone."""
    file = FrameFile.objects.filter(wave=wave).first()
    if file is None:
        raise FrameChanged(_("Der er ingen liste at trække fra. Send den ind først."))
    try:
        return unpacked(unseal(key_of(wave, Use.CONTACT), bytes(file.sealed), FRAME))
    except CannotOpen as error:
        raise FrameChanged(_("Listen kan ikke åbnes med undersøgelsens nøgle. Send den ind igen.")) from error


@transaction.atomic
def accept_frame(*, by: Actor, wave: Wave, digest: str, why: str = "") -> list[Stratum]:
    """Keep how many the list has, by stratum, gender and age. digest: of the list that was looked through.

    Raises FrameChanged, WrongStep.
    """
    require(by, "wave.write", wave)
    held = lock(wave, State.PLANNED)
    if not FrameFile.objects.filter(wave=held, digest=digest).exists():
        raise FrameChanged(_("Listen er skiftet ud imens. Se den nye igennem."))
    if held.strata.exists():
        raise FrameChanged(_("Listen er taget i brug."))
    strata = _keep_counts(held, frame_of(held))
    record(by=by, verb="frame.accept", about=held, why=why, digest=digest, strata=len(strata))
    return strata


def _keep_counts(wave: Wave, frame: Frame) -> list[Stratum]:
    cells = Counter((one.stratum, one.gender, one.age) for one in frame.people)
    areas = {one.stratum: one.area for one in frame.people}
    homes: dict[str, set[str]] = defaultdict(set)
    for one in frame.people:
        homes[one.stratum].add(one.household)
    known = {area.slug: area for area in (wave.area, wave.reference) if area}
    strata = Stratum.objects.bulk_create(
        Stratum(
            wave=wave,
            area=known[areas[name]],
            name=name,
            population=sum(n for (stratum, *_rest), n in cells.items() if stratum == name),
            households=len(homes[name]),
        )
        for name in sorted(areas, key=lambda name: (areas[name] != wave.area.slug, name))
    )
    by_name = {stratum.name: stratum for stratum in strata}
    Cell.objects.bulk_create(
        Cell(stratum=by_name[name], gender=gender, age=age, population=n)
        for (name, gender, age), n in sorted(cells.items())
    )
    return strata


@transaction.atomic
def drop_frame(*, by: Actor, wave: Wave, why: str = "") -> None:
    """Forget the list, its counts and what was drawn from it. Raises WrongStep, FrameChanged."""
    require(by, "wave.write", wave)
    held = lock(wave, State.PLANNED, State.SAMPLING)
    if not FrameFile.objects.filter(wave=held).delete()[0]:
        raise FrameChanged(_("Der er ingen liste at glemme."))
    _forget_drawn(held)
    record(by=by, verb="frame.drop", about=held, why=why)


def _forget_drawn(wave: Wave) -> None:
    """Take the wave back to before anybody was drawn."""
    wave.invitations.all().delete()
    wave.strata.all().delete()
    wave.state, wave.seed, wave.protocol = State.PLANNED, None, ""
    wave.save(update_fields=["state", "seed", "protocol"])
