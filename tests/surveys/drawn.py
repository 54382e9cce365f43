"""Waves with a list taken in, with a sample drawn, and in the field with nobody written to yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kvarter.surveys.actions.drawing import Plan, draw_sample, seen_of
from kvarter.surveys.actions.frames import accept_frame, send_frame
from kvarter.surveys.actions.inviting import issue
from kvarter.surveys.actions.waves import open_field
from kvarter.surveys.models import FrameFile, Wave
from tests.surveys.listing import as_csv, rows_of
from tests.surveys.waves import planned
from tests.world import World

PLAN = Plan({"lilleby": 60, "resten": 50}, seed=20240301)


def with_list(world: World, content: bytes | None = None, **changes: Any) -> Wave:
    """A wave whose list of 60 and 400 people is taken in."""
    wave = planned(world, **changes)
    file = send_frame(by=world.secretariat, wave=wave, content=content or as_csv(rows_of()), name="liste.csv")
    accept_frame(by=world.secretariat, wave=wave, digest=file.digest)
    return wave


def seen(wave: Wave) -> str:
    """What somebody sees who looks at the wave now."""
    wave.refresh_from_db()
    return seen_of(wave, FrameFile.objects.filter(wave=wave).first())


def drawn(world: World, plan: Plan = PLAN, *, content: bytes | None = None, **changes: Any) -> Wave:
    """A wave whose sample is drawn: everyone in Lilleby, and fifty of the rest."""
    wave = with_list(world, content, **changes)
    return draw_sample(by=world.secretariat, wave=wave, plan=plan, seen=seen(wave))


def opened(world: World, plan: Plan = PLAN, **changes: Any) -> Wave:
    """A wave in the field; nobody is written to yet."""
    return open_field(by=world.secretariat, wave=drawn(world, plan, **changes))


def with_wave(world: World) -> Wave:
    """A partnership with a wave that can be answered today, some of it written to, and one that is planned."""
    day = timezone.localdate()
    days = {"opens": day, "closes": day + timedelta(days=20), "frame_deleted_on": day + timedelta(days=60)}
    wave = opened(world, open_link=True, **days)
    issue(by=world.secretariat, wave=wave, kind="invitation", channel="letter")
    planned(world, slug="2027", name="Undersøgelsen 2027")
    return wave
