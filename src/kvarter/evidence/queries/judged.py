"""How it goes, in words that say no more than the figures allow: judged of samples, plain of full counts, else not."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from kvarter.evidence.figures import Between, Counted, Difference
from kvarter.evidence.queries.counted import counted_change
from kvarter.evidence.queries.published import Told
from kvarter.evidence.showing import ShownDifference, period_text, points_text, show_difference, verdict_text


def changes(told: Told) -> list[Difference]:
    """The area's judged changes up to the newest wave: over all waves first, then since the wave before."""
    own = [one for one in told.differences if one.between is Between.CHANGE and one.place.is_area and one.first]
    last = max((one.last.last for one in own), default=None)
    newest = sorted((one for one in own if one.last.last == last), key=lambda one: one.first.first if one.first else 0)
    return newest[:1] + newest[1:][-1:]


def judged(told: Told) -> tuple[ShownDifference, ...]:
    """The differences that answer: the changes, the gap to the reference, and how that gap has moved."""
    gaps = (told.difference(between) for between in (Between.GAP, Between.GAP_CHANGE))
    return tuple(show_difference(one) for one in (*changes(told), *gaps) if one)


@dataclass(frozen=True)
class Answer:
    """How it goes in a few words, and what those words rest on."""

    verdict: str
    grounds: str


def answers(told: Told) -> tuple[Answer, ...]:
    """What may be said of how it has gone, the longest time first. Empty where the area has no figure of its own."""
    latest = told.latest(area=True)
    if latest is None:
        return ()
    if latest.counted is Counted.OUTSIDE:
        unknown = _("Antal svar er ikke offentliggjort, så ingen kan sige, om en forskel er et tilfælde.")
        return (Answer(_("Ingen dom"), unknown),)
    if latest.counted is Counted.FULL:
        return (_plain(told),)
    found = tuple(_of_change(one) for one in changes(told))
    return found or (Answer(_("Kun én måling"), _("En ændring kan først ses, når der er spurgt igen.")),)


def _of_change(one: Difference) -> Answer:
    shown = show_difference(one)
    assert one.first is not None, "a change is from one wave to another"
    days = {"first": period_text(one.first), "last": period_text(one.last), "points": shown.text}
    grounds = _("Fra %(first)s til %(last)s: %(points)s") % days
    return Answer(_capital(verdict_text(one)), f"{grounds}, {shown.interval}.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(told: Told) -> Answer:
    """The difference of two full counts of one and the same area: nobody was left to chance."""
    change = counted_change(told)
    if change is None:
        return Answer(_("Kun ét tal"), _("Alle er talt med, men kun én gang. Der er ingen ændring at se."))
    days = {"first": period_text(change.other.period), "last": period_text(change.figure.period)}
    grounds = _("Fra %(first)s til %(last)s. Alle er talt med.") % days
    return Answer(points_text(change.value, told.measure), grounds)
