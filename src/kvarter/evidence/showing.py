"""A figure as it is shown: its text never without its base, its day and its source. Pages are given these alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kvarter.effect.changes import Verdict
from kvarter.evidence.figures import Between, Counted, Difference, Figure, Measure
from kvarter.evidence.importers.extract import Period, Status

# The one template that a figure is printed by.
FIGURE = "evidence/parts/figure.html"


@dataclass(frozen=True)
class Shown:
    """A figure in the reader's words.

    text: the figure itself, or why there is none. base: what it is made of or how many answered. interval: of a sample.
    when: what day or days it is about. source: the producer and the sentence that must stand beside. certificate: every
    fact about it, as (name, text). key: its name among everything published. mark: a short word where care is needed.
    who: which part of the people it is of; empty for all. source_lang, attribution_lang: theirs, where not the page's.
    """

    key: str
    text: str
    base: str
    interval: str
    when: str
    place: str
    source: str
    attribution: str
    certificate: tuple[tuple[str, str], ...]
    has_figure: bool
    mark: str = ""
    who: str = ""
    source_lang: str = ""
    attribution_lang: str = ""

    def __post_init__(self) -> None:
        """Refuse to be shown without a label."""
        if not (self.when and self.place and self.source and self.attribution and self.certificate):
            raise ValueError(f"{self.key} has no label, and cannot be shown")

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands beside the figure, in the order it is read."""
        return tuple(note for note in (self.interval, self.base, self.mark) if note)

    @cached_property
    def html(self) -> str:
        """The figure with what it is made of, for a table whose head and foot tell place, day and source."""
        return render_to_string(FIGURE, {"figure": self, "with_label": False})

    @cached_property
    def labelled(self) -> str:
        """The figure with its place, its day and its source beside it."""
        return render_to_string(FIGURE, {"figure": self, "with_label": True})


def show(figure: Figure) -> Shown:
    """A figure with its label, in the language of the page: made once, since a figure never changes."""
    language = get_language() or "da"
    if language not in figure.words:
        figure.words[language] = _shown(figure)
    found = figure.words[language]
    assert isinstance(found, Shown)
    return found


def _shown(figure: Figure) -> Shown:
    return Shown(
        key=figure.key,
        text=figure_text(figure),
        base=base_text(figure),
        interval=interval_text(figure),
        when=period_text(figure.period),
        place=figure.place.name,
        source=figure.source.producer,
        attribution=figure.source.attribution,
        source_lang=figure.source.lang_of("producer"),
        attribution_lang=figure.source.attribution_lang,
        certificate=tuple(_certificate(figure)),
        has_figure=figure.value is not None,
        mark=_mark(figure),
        who=figure.cut_name,
    )


@dataclass(frozen=True)
class ShownDifference:
    """A difference in the reader's words: what it is between, how large, between what limits, and the verdict.

    name: what kind of difference. smallest: what would have been seen. together: how many were judged at once.
    is_change: whether it is of one place between two times.
    """

    name: str
    text: str
    interval: str
    verdict: str
    what: str
    smallest: str
    together: str
    mark: str
    is_change: bool

    def __post_init__(self) -> None:
        """Refuse to be shown without its interval and what it is between."""
        if not (self.interval and self.verdict and self.what):
            raise ValueError("a difference has no interval, and cannot be shown")


def show_difference(one: Difference) -> ShownDifference:
    """A difference with what must stand beside it."""
    return ShownDifference(
        name=_difference_name(one.between),
        text=points_text(one.value, one.measure),
        interval=_("mellem %(low)s og %(high)s")
        % {"low": points_text(one.low, one.measure), "high": points_text(one.high, one.measure)},
        verdict=verdict_text(one),
        what=_between_text(one),
        smallest=_("En forskel på mindst %(points)s ville vi have set fire gange ud af fem.")
        % {"points": points_text(one.smallest, one.measure).lstrip("+")},
        together=ngettext(
            "Bedømt alene.",
            "Bedømt sammen med i alt %(n)s forskelle: jo flere, jo mere skal der til.",
            one.together,
        )
        % {"n": number_text(one.together)},
        mark=synthetic_text() if one.synthetic else "",
        is_change=one.between is Between.CHANGE,
    )


def _difference_name(between: Between) -> str:
    return {
        Between.CHANGE: _("Ændring"),
        Between.GAP: _("Forskel"),
        Between.GAP_CHANGE: _("Ændring i forskellen"),
    }[between]


def synthetic_text() -> str:
    """The word that stands at everything made up."""
    return _("opdigtet")


def verdict_text(one: Difference) -> str:
    """The verdict in words; a gap is not a change, and is neither better nor worse."""
    if one.between is Between.GAP:
        gap = {
            Verdict.CHANGED: _("påviselig forskel"),
            Verdict.UNCHANGED: _("ingen påviselig forskel"),
            Verdict.KEPT: _("påviseligt inden for den aftalte margen"),
        }
        return gap.get(Verdict(one.verdict), _("kan ikke måles"))
    return {
        Verdict.BETTER: _("påviseligt bedre"),
        Verdict.WORSE: _("påviseligt værre"),
        Verdict.UNCHANGED: _("ingen påviselig ændring"),
        Verdict.UNMEASURABLE: _("kan ikke måles"),
        Verdict.CHANGED: _("påviselig ændring"),
        Verdict.KEPT: _("påviseligt fastholdt"),
    }[Verdict(one.verdict)]


def _between_text(one: Difference) -> str:
    facts = {
        "place": one.place.name,
        "other": one.other.name if one.other else "",
        "first": period_text(one.first) if one.first else "",
        "last": period_text(one.last),
    }
    return {
        Between.CHANGE: _("%(place)s, fra %(first)s til %(last)s"),
        Between.GAP: _("%(place)s i forhold til %(other)s, %(last)s"),
        Between.GAP_CHANGE: _("%(place)s i forhold til %(other)s, fra %(first)s til %(last)s"),
    }[one.between] % facts


def value_text(value: float, measure: Measure) -> str:
    """A value with its unit, rounded for reading: 82,7 %, 3,42, 4.053, 487.013 kr."""
    if measure is Measure.SHARE:
        return _("%(n)s %%") % {"n": number_text(100 * value, 1)}
    if measure is Measure.MEAN:
        return number_text(value, 2)
    if measure is Measure.AMOUNT:
        return _("%(n)s kr.") % {"n": number_text(value, 0)}
    return number_text(value, 0)


def unit_text(measure: Measure) -> str:
    """What an axis counts in."""
    return {
        Measure.SHARE: _("procent"),
        Measure.MEAN: _("gennemsnit"),
        Measure.AMOUNT: _("kroner"),
        Measure.COUNT: _("antal"),
    }[measure]


def points_text(points: float, measure: Measure) -> str:
    """A difference with its sign and unit: −2,7 procentpoint."""
    sign = "−" if points < 0 else "+"
    if measure is Measure.SHARE:
        return _("%(sign)s%(n)s procentpoint") % {"sign": sign, "n": number_text(abs(100 * points), 1)}
    return f"{sign}{value_text(abs(points), measure)}"


def figure_text(figure: Figure) -> str:
    """The figure, or in a word why there is none."""
    if figure.value is not None:
        return value_text(figure.value, figure.measure)
    return status_text(figure.status)


def status_text(status: Status) -> str:
    """Why there is no figure, or what is to be known of it: suppressed is not zero, and not missing."""
    return {
        Status.NORMAL: _("normal"),
        Status.BREAK: _("brud: kan ikke sammenlignes med før"),
        Status.ESTIMATED: _("skønnet"),
        Status.PROVISIONAL: _("foreløbigt"),
        Status.UNRELIABLE: _("usikkert"),
        Status.MISSING: _("mangler"),
        Status.CANNOT_EXIST: _("findes ikke"),
        Status.NOT_COLLECTED: _("ikke indsamlet"),
        Status.SUPPRESSED: _("skjult, for få"),
        Status.ZERO_OR_SUPPRESSED: _("nul eller skjult"),
    }[status]


def base_text(figure: Figure) -> str:
    """What the figure is made of: so many of so many, or how many answered."""
    if figure.counted is Counted.SAMPLE and figure.n:
        if figure.invited:
            return _("%(n)s svar af %(invited)s spurgte") % {
                "n": number_text(figure.n, 0),
                "invited": number_text(figure.invited, 0),
            }
        return _("%(n)s svar") % {"n": number_text(figure.n, 0)}
    if figure.counted is Counted.OUTSIDE:
        return _("%(n)s svar") % {"n": number_text(figure.n, 0)} if figure.n else _("antal svar er ikke offentliggjort")
    if figure.numerator is None or figure.denominator is None:
        return ""
    whole = f"{number_text(figure.denominator, 0)} {counted_word(figure.base)}".rstrip()
    if figure.measure is Measure.SHARE:
        return _("%(part)s af %(whole)s") % {"part": number_text(figure.numerator, 0), "whole": whole}
    return _("gennemsnit af %(whole)s") % {"whole": whole}


def counted_word(base: str) -> str:
    """What a whole counts, in the plural; nothing where it is not told."""
    return {
        "people": _("beboere"),
        "households": _("husstande"),
        "dwellings": _("boliger"),
        "voters": _("vælgere"),
    }.get(base, "")


def interval_text(figure: Figure) -> str:
    """The 95 % interval of a sample's figure; nothing for others."""
    if figure.low is None or figure.high is None:
        return ""
    return _("mellem %(low)s og %(high)s") % {
        "low": value_text(figure.low, figure.measure),
        "high": value_text(figure.high, figure.measure),
    }


def period_text(period: Period) -> str:
    """A day, a year, or from one day to another."""
    first, last = period.first, period.last
    if first == last:
        return date_format(first, "DATE_FORMAT")
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    return f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'DATE_FORMAT')}"


def number_text(value: float, decimals: int = 0) -> str:
    """A number rounded to so many decimals, a half away from zero, in the way of the language."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP)  # Django's own would cut the digits off
    return number_format(rounded, decimals, use_l10n=True, force_grouping=True)


def _mark(figure: Figure) -> str:
    if figure.synthetic:
        return synthetic_text()
    marks = []
    if figure.status in (Status.ESTIMATED, Status.PROVISIONAL, Status.UNRELIABLE):
        marks.append(status_text(figure.status))
    if figure.is_break:
        marks.append(status_text(Status.BREAK))
    if figure.recalculated and figure.value is not None:
        marks.append(_("omregnet til nyere grænser"))
    return ", ".join(marks)


def _certificate(figure: Figure) -> list[tuple[str, str]]:
    """Everything there is to know of the figure."""
    facts = [
        (_("Tal"), figure_text(figure)),
        (_("Består af"), base_text(figure)),
        (_("95 %-interval"), interval_text(figure)),
        (_("Sikkerhed"), _certainty(figure)),
        (_("Område"), _place_text(figure)),
        (_("Hvem"), figure.cut_name),
        (_("Opdigtet"), _("Ja: tallet er lavet til en demonstration.") if figure.synthetic else ""),
        (_("Handler om"), period_text(figure.period)),
        (_("Producentens navn for tallene"), figure.label),
        (_("Offentliggjort af producenten"), _day(figure.published) or _("ikke oplyst")),
        (_("Status"), f"{figure.status}: {status_text(figure.status)}"),
        (_("Kilde"), f"{figure.source.producer}: {figure.source.title}"),
        (_("Kildeangivelse"), figure.source.attribution),
        (_("Metode"), figure.source.method),
        (_("Hvad kilden ikke kan sige"), figure.source.limits),
        (_("Regnet af os"), _("Ja: lagt sammen af mindre enheder.") if figure.processed else ""),
        (_("Omregnet af producenten"), _recalculated_text(figure)),
        (_("Brud"), figure.broken),
        *((_("Note"), note) for note in figure.notes),
        (
            _("Offentliggørelse"),
            _("nr. %(n)s, fingeraftryk %(digest)s") % {"n": figure.publication, "digest": figure.digest},
        ),
    ]
    return [(name, text) for name, text in facts if text]


def _certainty(figure: Figure) -> str:
    if figure.counted is Counted.FULL:
        return _("Alle er talt med. Der er ingen usikkerhed fra en stikprøve, og derfor intet interval.")
    if figure.counted is Counted.OUTSIDE:
        return _("Tallet er andres, og vi ved ikke nok om stikprøven til at sige, hvor sikkert det er.")
    return _("Nogle er spurgt. Intervallet siger, hvor langt tallet kan ligge fra det, alle ville have svaret.")


def _place_text(figure: Figure) -> str:
    place = figure.place
    if figure.population:
        return figure.population
    if place.until:
        return _("%(name)s, som området var til og med %(day)s") % {
            "name": place.name,
            "day": _day(place.until - timedelta(days=1)),
        }
    return _("%(name)s, som området er fra %(day)s") % {"name": place.name, "day": _day(place.from_day)}


def _recalculated_text(figure: Figure) -> str:
    if not figure.recalculated:
        return ""
    return _("Ja: fra grænserne, som de var, til området, som det er fra %(day)s.") % {
        "day": _day(figure.place.from_day)
    }


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def count_text(count: int) -> str:
    """How many figures, in words."""
    return ngettext("%(n)s tal", "%(n)s tal", count) % {"n": number_text(count, 0)}
