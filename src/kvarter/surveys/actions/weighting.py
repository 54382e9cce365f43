"""Weighting a closed wave, and undoing it, until its figures are published."""

from __future__ import annotations

from uuid import UUID

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.effect.errors import EffectError
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.cutting import finish_cut
from kvarter.surveys.actions.waves import State, WrongStep, lock
from kvarter.surveys.answers.models import Response
from kvarter.surveys.answers.router import ANSWERS
from kvarter.surveys.coarsening import coarsened
from kvarter.surveys.models import Cell, Wave
from kvarter.surveys.weights import Method, People, Weighted, weigh


class CannotWeight(ActionError):
    """The answers cannot be made to add up to the people they were drawn from."""


def foresee_weights(wave: Wave, method: Method) -> Weighted:
    """What weighting would give; nothing is kept (three SQL queries). Raises CannotWeight."""
    answers, _keys = _answers(wave)
    return _weighed(wave, answers, method)


def method_of(wave: Wave) -> Method:
    """How a wave was weighted, or what is usual where it is not."""
    kept = (wave.weighting or {}).get("method") or {}
    bounds = kept.get("bounds")
    return Method(bounds=(bounds[0], bounds[1]) if bounds else None, trim=kept.get("trim"))


def weigh_wave(*, by: Actor, wave: Wave, method: Method, why: str = "") -> Weighted:
    """Weight the random sample's answers; again with another method, as long as nothing is published.

    The weights lie with the answers, how they were made with the wave. Raises CannotWeight, WrongStep.
    """
    require(by, "wave.write", wave)
    with transaction.atomic():
        held = lock(wave, State.CLOSED, State.WEIGHTED)
        _refuse_given_weights(held)
        finish_cut(by=by, wave=held)
        with transaction.atomic(using=ANSWERS):
            answers, keys = _answers(held)
            found = _weighed(held, answers, method)
            rows = [Response(pk=key, weight=weight) for key, weight in zip(keys, found.weights.tolist(), strict=True)]
            Response.objects.bulk_update(rows, ["weight"], batch_size=500)
        held.state, held.weighting, held.register = State.WEIGHTED, found.told(), ""
        held.save(update_fields=["state", "weighting", "register"])
        record(by=by, verb="wave.weigh", about=held, why=why, answers=len(keys))
    return found


def unweigh_wave(*, by: Actor, wave: Wave, why: str = "") -> Wave:
    """Go back to a closed wave without weights. Raises WrongStep once its figures are published.

    The weights go once the wave is not weighted any more: if the server stops in between, nobody is handed answers
    without weights, and weighting writes over those that are left.
    """
    require(by, "wave.write", wave)
    with transaction.atomic():
        held = lock(wave, State.WEIGHTED)
        _refuse_given_weights(held)
        held.state, held.weighting, held.register = State.CLOSED, None, ""
        held.save(update_fields=["state", "weighting", "register"])
        record(by=by, verb="wave.unweigh", about=held, why=why)
    Response.objects.filter(wave=held.key).update(weight=None)
    return held


def _refuse_given_weights(wave: Wave) -> None:
    """Weights that came with the answers cannot be made again by us."""
    if wave.is_imported and (wave.weighting or {}).get("whose"):
        raise WrongStep(_("Vægtene blev læst ind med svarene, og de kan ikke laves om her."))


@transaction.atomic
def note_register(*, wave: Wave, digest: str) -> None:
    """Remember which taken-in register holds the wave's estimates. For the room that makes them."""
    Wave.objects.filter(pk=wave.pk, state=State.WEIGHTED).update(register=digest)


@transaction.atomic
def note_published(*, by: Actor, wave: Wave, number: int, why: str = "") -> Wave:
    """The wave's figures are published: nothing of it is changed any more. Raises WrongStep."""
    require(by, "wave.write", wave)
    held = lock(wave, State.WEIGHTED)
    held.state = State.PUBLISHED
    held.save(update_fields=["state"])
    record(by=by, verb="wave.publish", about=held, why=why, number=number)
    return held


def _answers(wave: Wave) -> tuple[pl.DataFrame, list[UUID]]:
    names = ("area", "stratum", "gender", "age", "base")
    rows = list(
        Response.objects.filter(wave=wave.key, finished=True, kind=Response.Kind.SAMPLE)
        .order_by("position")
        .values_list("pk", *names)
    )
    schema = dict.fromkeys(names, pl.String) | {"base": pl.Float64}
    return pl.DataFrame([row[1:] for row in rows], schema=schema, orient="row"), [row[0] for row in rows]


def _weighed(wave: Wave, answers: pl.DataFrame, method: Method) -> Weighted:
    cells = list(Cell.objects.filter(stratum__wave=wave).select_related("stratum__area"))
    kinds = coarsened({(cell.stratum.name, cell.gender, cell.age): cell.drawn for cell in cells})
    people = [
        People(cell.stratum.area.slug, *kinds[cell.stratum.name, cell.gender, cell.age], cell.population)
        for cell in cells
    ]
    if not people:
        raise CannotWeight(
            _("Undersøgelsen har ingen optælling af dem, der kunne trækkes, så svarene kan ikke vægtes.")
        )
    silent = {one.stratum for one in people if one.population} - set(answers["stratum"].to_list())
    if silent:
        told = sorted({cell.stratum.label for cell in cells if cell.stratum.name in silent})
        raise CannotWeight(
            _("Ingen har svaret fra %(strata)s. Derfor kan svarene ikke vægtes.") % {"strata": ", ".join(told)}
        )
    try:
        return weigh(answers, people, method)
    except EffectError as error:
        raise CannotWeight(_without_bounds() if method.bounds is None else _within_bounds()) from error


def _within_bounds() -> str:
    return _(
        "Med de grænser kan svarene ikke komme til at passe med dem, der bor her. Prøv videre grænser, eller ingen."
    )


def _without_bounds() -> str:
    return _("Svarene kan ikke komme til at passe med dem, der bor her: nogle grupper har for få svar.")
