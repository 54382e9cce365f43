"""Making the demonstration, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.models import Partnership
from kvarter.journal.actions import ActionError
from kvarter.people.policy import Actor, require
from kvarter.surveys.models import Invitation, Wave
from kvarter.web.demonstration.place import AREA, REST, SLUG, ask, make_place
from kvarter.web.demonstration.population import Town, chance_of
from kvarter.web.demonstration.removing import remove_demonstration
from kvarter.web.demonstration.waves import Round, let_answer, put_in_field, weigh_and_publish, write_to

WAVES = (date(2021, 3, 1), date(2024, 3, 1))
FIELD = timedelta(days=48)
OPEN_SINCE, OPEN_FOR = timedelta(days=10), timedelta(days=90)
MOST_CODES = 8
SEED = 2021
Channel = Invitation.Channel


class AlreadyMade(ActionError):
    """There is a demonstration, or its address is taken."""


@dataclass(frozen=True)
class Sizes:
    """How many live in the area and around it, and how many around it are asked."""

    area: int = 4200
    around: int = 66_000
    asked_around: int = 3600


@dataclass(frozen=True)
class Made:
    """What was made. open_wave: the one that can be answered, with a few codes to do it by."""

    partnership: Partnership
    answers: tuple[int, ...]
    open_wave: Wave | None = None
    codes: tuple[str, ...] = ()


def make_demonstration(
    *,
    by: Actor,
    today: date,
    seed: int = SEED,
    sizes: Sizes | None = None,
    with_open_wave: bool = False,
    progress: Callable[[str], object] = lambda _told: None,
) -> Made:
    """The made-up partnership with two published waves, and one that is answered now where that is wanted.

    progress: is told what is being done. What breaks off takes away what it made. Raises AlreadyMade.
    """
    require(by, "demonstration.make")
    there = Partnership.objects.filter(Q(is_demonstration=True) | Q(slug=SLUG)).first()
    if there:
        raise AlreadyMade(_("Demonstrationen er her allerede: /kvarter/%(slug)s/.") % {"slug": there.slug})
    try:
        with override("da"):  # what is stored is Danish; a page shows it in the reader's language
            return _make(by, today, seed, sizes or Sizes(), with_open_wave, progress)
    except BaseException:
        remove_demonstration(by=by)
        raise


def _make(
    by: Actor, today: date, seed: int, sizes: Sizes, with_open_wave: bool, progress: Callable[[str], object]
) -> Made:
    progress(_("Opdigter et kvarter og dets aftale"))
    partnership = make_place(by=by)
    questionnaires = ask(by=by, partnership=partnership)
    themes = tuple(partnership.themes.values_list("slug", flat=True))
    people = {AREA: sizes.area, REST: sizes.around}
    town = Town(WAVES[0].year, people, themes, chance_of(seed, "town"))
    town.fill()
    answers = []
    for number, day in enumerate(WAVES):
        if number:
            town.live_on(day.year)
        one = Round(partnership, questionnaires, number, day, day, day + FIELD, sizes.asked_around, seed + number)
        answers.append(_publish(by, one, town, progress))
    made = Made(partnership, tuple(answers))
    if not with_open_wave:
        return made
    year = WAVES[-1].year + 3
    town.live_on(year)
    day = max(date(year, 3, 1), today)
    opens, closes = today - OPEN_SINCE, today + OPEN_FOR
    one = Round(partnership, questionnaires, len(WAVES), day, opens, closes, sizes.asked_around, seed + len(WAVES))
    progress(_("Åbner undersøgelsen %(year)s") % {"year": one.year})
    wave, codes = _open(by, one, town, today)
    return Made(partnership, made.answers, wave, codes)


def _publish(by: Actor, one: Round, town: Town, progress: Callable[[str], object]) -> int:
    told = {"year": one.year}
    progress(_("%(year)s: trækker dem, der spørges") % told)
    wave = put_in_field(by, one, town)
    progress(_("%(year)s: laver koder og svar") % told)
    many = let_answer(by, one, wave, town, write_to(by, wave, Channel.values), upto=one.closes)
    progress(_("%(year)s: %(n)s svar. Lukker, vægter, regner og offentliggør") % (told | {"n": many}))
    weigh_and_publish(by, one, wave)
    return many


def _open(by: Actor, one: Round, town: Town, today: date) -> tuple[Wave, tuple[str, ...]]:
    """A wave in the field: some have answered, and a few codes are free to answer by."""
    wave = put_in_field(by, one, town)
    let_answer(by, one, wave, town, write_to(by, wave, [Channel.DIGITAL, Channel.EMAIL]), upto=today)
    free = write_to(by, wave, [Channel.LETTER], most=MOST_CODES)
    return wave, tuple(one.code for one in free)
