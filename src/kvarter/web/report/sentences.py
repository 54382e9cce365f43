"""Sentences made from what is published. A sentence says what the figure or the verdict says, with its interval beside,
and no more: better and worse are words of the verdict alone, and nothing is said of why.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from kvarter.effect.changes import Verdict
from kvarter.evidence.figures import Between, Counted, Difference, Figure
from kvarter.evidence.queries.judged import changes
from kvarter.evidence.queries.pages import gap_text
from kvarter.evidence.queries.published import Told
from kvarter.evidence.showing import (
    base_text,
    figure_text,
    interval_text,
    period_text,
    show_difference,
    status_text,
)


def figure_sentence(figure: Figure) -> str:
    """A figure with its place, its day, what it is made of and how sure it is; or why there is none."""
    return " ".join(part for part in (bare_sentence(figure), certainty(figure)) if part)


def bare_sentence(figure: Figure) -> str:
    """A figure with its place, its day and what it is made of: for a full count, or beside its own certainty."""
    facts = {
        "place": figure.place.name,
        "when": period_text(figure.period),
        "value": figure_text(figure),
        "base": base_text(figure),
    }
    if figure.value is None:
        return _("%(place)s, %(when)s: intet tal (%(value)s).") % facts
    said = _("%(place)s, %(when)s: %(value)s (%(base)s).") if facts["base"] else _("%(place)s, %(when)s: %(value)s.")
    return _marked(said % facts, figure.synthetic)


def certainty(figure: Figure) -> str:
    """How sure a figure is: its interval, that everybody is counted, or that nobody can say."""
    if figure.value is None:
        return ""
    if figure.counted is Counted.FULL:
        return _("Alle er talt med: ingen usikkerhed fra en stikprøve.")
    if figure.counted is Counted.OUTSIDE:
        return _("Tallet er andres. Der er hverken interval eller dom.")
    return _("95 %%-interval: %(interval)s.") % {"interval": interval_text(figure)}


def status_sentence(figure: Figure) -> str:
    """What is to be known of a figure that is not an ordinary one; nothing of others."""
    if figure.value is None or figure.status.value == "A":
        return ""
    return _("Om tallet: %(status)s.") % {"status": status_text(figure.status)}


def gap_sentence(told: Told) -> str:
    """How far the area is from its reference, for those fully counted; nothing where it cannot be said."""
    gap = gap_text(told)
    if not gap:
        return ""
    return _("Forskel: %(gap)s. Alle er talt med begge steder.") % {"gap": gap}


def difference_sentence(one: Difference) -> str:
    """A judged difference: between what, the verdict, how large, and between what limits."""
    shown = show_difference(one)
    facts = {
        "place": one.place.name,
        "other": one.other.name if one.other else "",
        "first": period_text(one.first) if one.first else "",
        "last": period_text(one.last),
    }
    said = _of_verdict(one.between, Verdict(one.verdict)) % facts
    size = _("%(points)s, 95 %%-interval %(interval)s") % {"points": shown.text, "interval": shown.interval}
    parts = [f"{said}: {size}."]
    if Verdict(one.verdict) is Verdict.UNCHANGED:
        parts.append(shown.smallest)
    return _marked(" ".join(parts), one.synthetic)


def _of_verdict(between: Between, verdict: Verdict) -> str:
    if between is Between.GAP:
        return {
            Verdict.CHANGED: _("%(last)s er der en påviselig forskel mellem %(place)s og %(other)s"),
            Verdict.UNCHANGED: _("%(last)s kan der ikke påvises en forskel mellem %(place)s og %(other)s"),
            Verdict.KEPT: _(
                "%(last)s er forskellen mellem %(place)s og %(other)s påviseligt mindre end den margen, der er aftalt"
            ),
        }.get(verdict, _("%(last)s kan det ikke måles, om der er en forskel mellem %(place)s og %(other)s"))
    if between is Between.GAP_CHANGE:
        return {
            Verdict.BETTER: _(
                "Fra %(first)s til %(last)s er det gået påviseligt bedre i %(place)s, set i forhold til %(other)s"
            ),
            Verdict.WORSE: _(
                "Fra %(first)s til %(last)s er det gået påviseligt værre i %(place)s, set i forhold til %(other)s"
            ),
            Verdict.UNCHANGED: _(
                "Fra %(first)s til %(last)s kan der ikke påvises en ændring i forskellen mellem %(place)s og %(other)s"
            ),
            Verdict.UNMEASURABLE: _(
                "Fra %(first)s til %(last)s kan det ikke måles, om forskellen mellem %(place)s og %(other)s har "
                "ændret sig"
            ),
            Verdict.CHANGED: _(
                "Fra %(first)s til %(last)s er der en påviselig ændring i forskellen mellem %(place)s og %(other)s"
            ),
            Verdict.KEPT: _(
                "Fra %(first)s til %(last)s er forskellen mellem %(place)s og %(other)s påviseligt fastholdt"
            ),
        }[verdict]
    return {
        Verdict.BETTER: _("Fra %(first)s til %(last)s er det gået påviseligt bedre i %(place)s"),
        Verdict.WORSE: _("Fra %(first)s til %(last)s er det gået påviseligt værre i %(place)s"),
        Verdict.UNCHANGED: _("Fra %(first)s til %(last)s kan der ikke påvises en ændring i %(place)s"),
        Verdict.UNMEASURABLE: _(
            "Fra %(first)s til %(last)s kan det ikke måles, om tallet for %(place)s har ændret sig"
        ),
        Verdict.CHANGED: _("Fra %(first)s til %(last)s er der en påviselig ændring i %(place)s"),
        Verdict.KEPT: _("Fra %(first)s til %(last)s er tallet for %(place)s påviseligt fastholdt"),
    }[verdict]


def _marked(sentence: str, synthetic: bool) -> str:
    return f"{sentence} {_('Tallet er opdigtet.')}" if synthetic else sentence


def certainty_word(figure: Figure) -> str:
    """How sure a figure is, in the few words there is room for beside it."""
    if figure.value is None:
        return ""
    if figure.counted is Counted.SAMPLE:
        return interval_text(figure)
    return _("alle er talt med") if figure.counted is Counted.FULL else _("andres tal, intet interval")


def sentences_of(told: Told) -> tuple[str, ...]:
    """What may be said of an indicator: its newest figure, what it is compared with, and every difference that was
    judged. Where there is none of the area itself: that, and the figure of the unit that holds it.
    """
    latest = told.latest(area=True) or told.holder
    if latest is None:
        return (_("Der er intet tal for området selv. Tabellen viser andre områder."),)
    said = [] if latest.place.is_area else [_("Der er intet tal for området selv.")]
    said += [figure_sentence(latest), status_sentence(latest)]
    if reference := told.beside(latest):
        both_full = latest.counted is reference.counted is Counted.FULL
        said.append(bare_sentence(reference) if both_full else figure_sentence(reference))
    said.append(gap_sentence(told))
    if latest.counted is Counted.SAMPLE:
        gaps = (told.difference(between) for between in (Between.GAP, Between.GAP_CHANGE))
        judged = [*changes(told), *(one for one in gaps if one)]
        said += [difference_sentence(one) for one in judged] or [
            _("Ingen ændring er bedømt: der er intet at holde tallet op imod endnu.")
        ]
    return tuple(sentence for sentence in said if sentence)
