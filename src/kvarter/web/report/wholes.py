"""Wholes parted into categories: what they are held up against, and every figure of them in one table for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from kvarter.evidence.citing import Citation
from kvarter.evidence.figures import Figure
from kvarter.evidence.importers.extract import Period
from kvarter.evidence.queries.mirrors import Mirrored, mirror_groups, percent
from kvarter.evidence.queries.pages import block_of
from kvarter.evidence.queries.published import Whole
from kvarter.evidence.showing import counted_word, number_text, show
from kvarter.web.report.citing import cited
from kvarter.web.report.content import Block, Facts, Findings, Heading, Table, Text
from kvarter.web.report.known import Known

EMPTY = "–"


def of_theme(known: Known, theme: str) -> list[Whole]:
    """The wholes of a theme, in order."""
    return [whole for whole in known.published.compositions if whole.categories[0].theme == theme]


def reflected(known: Known, theme: str) -> Iterator[Block]:
    """What each whole of a theme, of the area and of the units that hold it, is like beside what lies around. How much
    of a unit the area is, is said the first time.
    """
    told: set[str] = set()
    for whole in of_theme(known, theme):
        held_up = _held_up(known, whole)
        if held_up:
            yield Heading(whole.name)
        for one in held_up:
            said = [f"{text}." for text in (one.verdict, one.base) if text]
            yield Findings(_heading(one), (*said, *one.said, *([one.unit] if one.unit not in {"", *told} else [])))
            yield from _source(one)
            told.add(one.unit)


def beside(known: Known, whole: Whole) -> Iterator[Block]:
    """Each group of a whole beside the same group around, in a table for each place."""
    for one in _held_up(known, whole):
        if one.rows:
            head = (_("Gruppe"), one.place, one.around, _("Så mange gange så stor en andel"))
            rows = tuple(
                (
                    row.name,
                    _cell(row.own.text, row.own.base),
                    _cell(row.around.text, row.around.base),
                    _times(row.ratio, row.interval),
                )
                for row in one.rows
            )
            yield Table(f"{one.name}: {_heading(one)}", head, rows)
            yield from _source(one)


def _held_up(known: Known, whole: Whole) -> list[Mirrored]:
    groups = mirror_groups(known.published, known.margin.margin if known.margin else None)
    return [one for group in groups for one in group.mirrors if one.slug == whole.slug]


def _heading(one: Mirrored) -> str:
    facts = {"place": one.place, "around": one.around, "when": one.when}
    return _("%(place)s holdt op mod %(around)s, %(when)s") % facts


def _source(one: Mirrored) -> Iterator[Block]:
    parts = [(f"{one.source}.", one.source_lang), (" ", ""), (f"{one.attribution}.", one.attribution_lang)]
    yield from cited(Citation(tuple(parts)))


def _cell(text: str, base: str) -> str:
    return f"{text} ({base})" if base else text


def _times(ratio: str, interval: str) -> str:
    return f"{ratio}, {interval}" if interval else ratio


def counted(whole: Whole) -> tuple[Block, ...]:
    """Every figure of a whole in one table: a row for each place and time, a column for each category. Made of what is
    published alone, and so the same for ever.
    """
    return tuple(_counted(whole))


def _counted(whole: Whole) -> Iterator[Block]:
    first = whole.categories[0]
    yield Heading(whole.name, listed=False)
    yield Text(first.definition, "definition")
    names = [told.name.removeprefix(f"{whole.name}: ") for told in whole.categories]
    yield Table(
        _("Tabel: %(name)s") % {"name": whole.name},
        (_("Område"), _("Hvornår"), _("Talt"), *(name[:1].upper() + name[1:] for name in names)),
        tuple(_row(whole, like) for series in first.series for like in series.figures),
        row_heads=2,
    )
    for source in block_of(first).sources:
        yield from cited(source)
    known = [(_("Hvem der tælles eller svarer"), first.respondents), (_("Kendte svagheder"), first.known_issues)]
    yield Facts(tuple(fact for fact in known if fact[1]))


def _row(whole: Whole, like: Figure) -> tuple[str, ...]:
    """A place at a time: how many are counted, and each category's share with how many it is."""
    there = [_at(told.figures, like.place.key, like.period) for told in whole.categories]
    base = f"{number_text(like.denominator)} {counted_word(whole.counted)}" if like.denominator else EMPTY
    shown = show(like)
    return shown.place, shown.when, _cell(base, shown.mark), *map(_share, there)


def _at(figures: Sequence[Figure], place: str, period: Period) -> Figure | None:
    return next((one for one in figures if one.place.key == place and one.period == period), None)


def _share(figure: Figure | None) -> str:
    if figure is None:
        return EMPTY
    if figure.value is None or figure.numerator is None:
        return show(figure).text
    return f"{percent(figure.value)} ({number_text(figure.numerator)})"
