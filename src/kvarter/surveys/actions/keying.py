"""Keying in what came on paper, or is said in the telephone or to a helper. A paper is keyed twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.answering import NotOpen, NotYours, check_open, finish, held_response, mark_answered
from kvarter.surveys.answers.holding import held
from kvarter.surveys.answers.models import Response
from kvarter.surveys.queries.answering import (
    Difference,
    Found,
    Stage,
    differences,
    paper_of,
    response_of,
    sitting_for,
    stage_of,
    wave_of,
)
from kvarter.surveys.sitting import Sitting

FIRST, SECOND, NEITHER = "first", "second", "neither"


class Unsettled(ActionError):
    """A difference between two keyings has not been decided."""


def sit_down(*, by: Actor, found: Found, mode: str, language: str, today: date) -> Sitting:
    """Begin to key for somebody, or go on. Changes nothing. Raises NotOpen, NotYours, Received, Refused."""
    require(by, "wave.key_in", found.wave)
    if stage_of(found.wave, today) is not Stage.OPEN:
        raise NotOpen(_("Undersøgelsen kan ikke besvares nu."))
    row = response_of(found.link.ticket, found.wave)
    second = mode == Response.Mode.PAPER and row is not None and row.keyed is not None
    sitting = sitting_for(found, language, mode, second=second)
    check_open(row, sitting)
    return sitting


def to_settle(*, by: Actor, sitting: Sitting) -> list[Difference]:
    """What two keyings of a paper do not agree on, for whoever keyed the second. Raises NotYours, Received."""
    wave = wave_of(sitting.wave)
    require(by, "wave.key_in", wave)
    if wave is None:
        raise NotOpen(_("Undersøgelsen kan ikke besvares nu."))
    return _differences(response_of(sitting.ticket, wave), sitting)


def settle(*, by: Actor, sitting: Sitting, chosen: Mapping[str, str], today: date) -> None:
    """Decide, for each difference, which keying is what the paper says (`FIRST`, `SECOND`), or that it says neither.

    Then the answers count, and nobody reads them through a page again. Raises Unsettled, NotOpen, NotYours, Received.
    """
    paper = paper_of(sitting.questionnaire)
    with held(sitting.wave):
        wave = wave_of(sitting.wave)
        require(by, "wave.key_in", wave)
        if wave is None or stage_of(wave, today) is not Stage.OPEN:
            raise NotOpen(_("Undersøgelsen kan ikke besvares nu."))
        row = held_response(sitting, wave)
        answers = _settled(_differences(row, sitting), chosen, dict(row.answers if row else {}))
        assert row
        row.answers = paper.routed(answers)
        finish(row, wave)
    record(by=by, verb="wave.settle", about=wave, mode=sitting.mode)
    mark_answered(sitting.invitation, wave, row.mode, today)


def _differences(row: Response | None, sitting: Sitting) -> list[Difference]:
    check_open(row, sitting)
    if row is None or not sitting.second:
        raise NotYours(_("Papiret er ikke tastet to gange endnu."))
    return differences(paper_of(sitting.questionnaire), row.answers, row.keyed or {})


def _settled(found: list[Difference], chosen: Mapping[str, str], answers: dict[str, Any]) -> dict[str, Any]:
    for one in found:
        says = {FIRST: one.first, SECOND: one.second, NEITHER: None}
        if chosen.get(one.item) not in says:
            raise Unsettled(_("Vælg for hvert spørgsmål, hvad der står på papiret."))
        answers[one.item] = says[chosen[one.item]]
    return answers
