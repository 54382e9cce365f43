"""Planning a wave, and the steps it takes. The steps after the field are in `cutting` and `weighting`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.places.actions import refuse_mixing
from kvarter.surveys.actions.keys import make_keys
from kvarter.surveys.faults import faults_of
from kvarter.surveys.models import FrameFile, QuestionnaireVersion, Target, Wave
from kvarter.surveys.models.wave import LONGEST_PAUSE
from kvarter.surveys.questionnaire import Questionnaire, words
from kvarter.surveys.telling import TEXTS, lacking, standard
from kvarter.surveys.writing import digest_of, written

State = Wave.State
MOST_FAULTS = 10  # told at once


class WrongStep(ActionError):
    """The wave is not where this can be done."""


class BadPlan(ActionError):
    """The plan contradicts itself: days out of order, an address in use, a questionnaire of somebody else.

    faults: each thing to put right, as (field, what is told); field: the first of them.
    """

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__(" ".join(told for _field, told in faults))
        self.faults = faults
        self.field = faults[0][0]


class BadQuestionnaire(ActionError):
    """The questionnaire cannot be asked as it is: routing, choices, languages or names are wrong."""


class SameQuestionnaire(ActionError):
    """The very same questionnaire is there already."""


class Untold(ActionError):
    """Those who are asked would not be told all that the law wants them to be, in all the languages of the wave."""


def lock(wave: Wave, *states: str) -> Wave:
    """The wave, locked until the transaction ends. Raises WrongStep where it is in none of the states."""
    locked = Wave.objects.select_for_update().get(pk=wave.pk)
    locked.partnership = wave.partnership
    if locked.state not in states:
        raise WrongStep(
            _("Undersøgelsen er %(state)s, og det kan ikke gøres nu.") % {"state": locked.get_state_display()}
        )
    return locked


@transaction.atomic
def add_questionnaire(
    *, by: Actor, partnership: Partnership, questionnaire: Questionnaire, why: str = ""
) -> QuestionnaireVersion:
    """Keep a questionnaire as the next version under its key. Raises SameQuestionnaire, BadQuestionnaire."""
    require(by, "questionnaire.write", partnership)
    if faults := faults_of(questionnaire):
        raise BadQuestionnaire(" ".join(f"{fault.about}: {fault.told}" for fault in faults[:MOST_FAULTS]))
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    digest = digest_of(questionnaire)
    same = partnership.questionnaires.filter(digest=digest).first()
    if same:
        raise SameQuestionnaire(_("Det er det samme skema som %(same)s.") % {"same": same})
    versions = partnership.questionnaires.filter(key=questionnaire.key).order_by("-version")
    made = QuestionnaireVersion.objects.create(
        partnership=partnership,
        key=questionnaire.key,
        version=1 + (versions.values_list("version", flat=True).first() or 0),
        title=words(questionnaire.titles, "da"),
        audience=questionnaire.audience,
        content=written(questionnaire),
        digest=digest,
        added=timezone.now(),
    )
    record(by=by, verb="questionnaire.add", about=made, why=why, digest=digest)
    return made


@transaction.atomic
def plan_wave(*, by: Actor, partnership: Partnership, why: str = "", **plan: Any) -> Wave:
    """A new wave with its keys. `plan` gives the fields of Wave; what it tells is the usual where it is not given.

    Raises BadPlan, MadeUp.
    """
    require(by, "wave.write", partnership)
    wave = Wave(partnership=partnership, **{name: standard(name) for name in TEXTS} | plan)
    _check(wave)
    wave.save()
    make_keys(wave)
    record(by=by, verb="wave.plan", about=wave, why=why)
    return wave


@transaction.atomic
def change_wave(*, by: Actor, wave: Wave, why: str = "", **plan: Any) -> Wave:
    """Plan otherwise, until the sample is drawn. Raises WrongStep, BadPlan, MadeUp."""
    require(by, "wave.write", wave)
    changed = lock(wave, State.PLANNED)
    for name, value in plan.items():
        setattr(changed, name, value)
    _check(changed)
    changed.save()
    record(by=by, verb="wave.change", about=changed, why=why)
    return changed


def _check(wave: Wave) -> None:
    refuse_mixing(wave.partnership.is_demonstration, wave.area, wave.reference)
    days, asked = (
        ("reference_on", "opens", "closes", "pause", "frame_deleted_on"),
        ("area", "reference", "questionnaire", "youth"),
    )
    plan = {name: getattr(wave, name) for name in ("slug", "name", "name_en", *days, *asked)}
    if faults := list(faults_of_plan(wave.partnership, plan, own=wave.pk)):
        raise BadPlan(*faults)


def _others(partnership: Partnership, own: int | None) -> QuerySet[Wave]:
    return partnership.waves.exclude(pk=own) if own else partnership.waves.all()


def names_taken(partnership: Partnership, plan: Mapping[str, Any], own: int | None = None) -> Iterator[tuple[str, str]]:
    """By which of its names another wave of the partnership is called: nobody could tell the two apart."""
    others = _others(partnership, own)
    for field in ("name", "name_en"):
        name = plan.get(field)
        if name and others.filter(**{f"{field}__iexact": name}).exists():
            yield field, _("Der er allerede en undersøgelse, der hedder “%(name)s”.") % {"name": name}


def _day_taken(partnership: Partnership, plan: Mapping[str, Any], own: int | None) -> Iterator[tuple[str, str]]:
    """That another wave's figures are of the same area and day: the two would be one point of a series."""
    day, area = plan.get("reference_on"), plan.get("area")
    if day and area and (taken := _others(partnership, own).filter(reference_on=day, area=area).first()):
        yield (
            "reference_on",
            _("Tallene fra “%(name)s” gælder samme dag og område. Vælg en anden dag.") % {"name": taken},
        )


def faults_of_plan(
    partnership: Partnership, plan: Mapping[str, Any], own: int | None = None
) -> Iterator[tuple[str, str]]:
    """Where a plan contradicts itself or what is there, each thing by its field. What it lacks is not looked at.

    own: the wave that the plan is of, where there is one already.
    """
    slug = plan.get("slug")
    if own is None and slug and partnership.waves.filter(slug=slug).exists():
        yield "slug", _("Der er allerede en undersøgelse med adressen “%(slug)s”.") % {"slug": slug}
    yield from names_taken(partnership, plan, own)
    yield from _day_taken(partnership, plan, own)
    opens, closes, deleted = (plan.get(name) for name in ("opens", "closes", "frame_deleted_on"))
    if opens and closes and closes < opens:
        yield "closes", _("Undersøgelsen lukker, før den åbner. Ret dagene.")
    if closes and deleted and deleted <= closes:
        yield (
            "frame_deleted_on",
            _("Navne og adresser kan først slettes, når undersøgelsen er lukket. Vælg en senere dag."),
        )
    if not 0 <= (plan.get("pause") or 0) <= LONGEST_PAUSE:
        yield "pause", _("Vælg højst %(most)s dage mellem breve.") % {"most": LONGEST_PAUSE}
    if plan.get("reference") and plan.get("reference") == plan.get("area"):
        yield "reference", _("Området kan ikke sammenlignes med sig selv.")
    for field, audience in (("questionnaire", "adults"), ("youth", "youth")):
        asked = plan.get(field)
        if asked and asked.partnership_id != partnership.pk:
            yield field, _("Spørgeskemaet hører til et andet partnerskab.")
        elif asked and asked.audience != audience:
            told = {"title": asked, "who": asked.get_audience_display()}
            yield field, _("“%(title)s” er et skema for %(who)s.") % told


@transaction.atomic
def tell_wave(*, by: Actor, wave: Wave, why: str = "", **told: Any) -> Wave:
    """Say what those who are asked are told: contact, officer, processors, the four texts, and `told` of `Wave`.

    Until the wave opens. Raises WrongStep.
    """
    require(by, "wave.write", wave)
    held = lock(wave, State.PLANNED, State.SAMPLING)
    for name, value in told.items():
        setattr(held, name, value)
    held.save(update_fields=list(told))
    record(by=by, verb="wave.tell", about=held, why=why)
    return held


@transaction.atomic
def set_target(*, by: Actor, wave: Wave, item: str, change: float | None, why: str = "") -> None:
    """Say which change of an item the wave must be able to see; None takes it away. Raises WrongStep, BadPlan."""
    require(by, "wave.write", wave)
    held = lock(wave, State.PLANNED, State.SAMPLING)
    if item not in {one.key for one in held.questionnaire.questionnaire.items if one.told}:
        raise BadPlan(("item", _("Skemaet har intet tal, der hedder “%(item)s”.") % {"item": item}))
    if change is None:
        held.targets.filter(item=item).delete()
    elif change > 0:
        Target.objects.update_or_create(wave=held, item=item, defaults={"change": change})
    else:
        raise BadPlan(("change", _("En ændring, der skal kunne ses, er større end nul.")))
    record(by=by, verb="wave.target", about=held, why=why, item=item, change=change)


@transaction.atomic
def open_field(*, by: Actor, wave: Wave, why: str = "") -> Wave:
    """Let the drawn answer from the day it opens. The file they were drawn from is deleted: it has served.

    Raises WrongStep where nobody is drawn yet, Untold.
    """
    require(by, "wave.write", wave)
    opened = lock(wave, State.SAMPLING)
    if not opened.invitations.exists():
        raise WrongStep(_("Der er ikke trukket nogen endnu. Træk stikprøven først."))
    if missing := list(lacking(opened)):
        raise Untold(
            _("De, der spørges, skal have det hele at vide først. %(missing)s") % {"missing": " ".join(missing)}
        )
    opened.state = State.IN_FIELD
    opened.save(update_fields=["state"])
    FrameFile.objects.filter(wave=opened).delete()
    record(by=by, verb="wave.open", about=opened, why=why)
    return opened


@transaction.atomic
def extend_field(*, by: Actor, wave: Wave, closes: date, why: str = "") -> Wave:
    """Answer until another day. The day names and addresses are deleted stays as it was told. Raises BadPlan."""
    require(by, "wave.write", wave)
    held = lock(wave, State.IN_FIELD)
    if not held.opens <= closes < held.frame_deleted_on:
        last = held.frame_deleted_on - timedelta(days=1)
        told = {"opens": date_format(held.opens), "last": date_format(last)}
        raise BadPlan(
            (
                "closes",
                _("Vælg en dag fra %(opens)s til og med %(last)s, dagen før navne og adresser slettes.") % told,
            )
        )
    held.closes = closes
    held.save(update_fields=["closes"])
    record(by=by, verb="wave.extend", about=held, why=why, closes=closes.isoformat())
    return held
