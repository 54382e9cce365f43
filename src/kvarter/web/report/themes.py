"""A theme's parts: what there is to know of it first, and an annex with every figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kvarter.agreements.queries.versions import Passage, Reading
from kvarter.evidence.figures import Counted, Figure
from kvarter.evidence.models import Theme
from kvarter.evidence.models.indicator import Grade
from kvarter.evidence.queries.pages import Block as IndicatorBlock
from kvarter.evidence.queries.pages import Heading as ThemeHeading
from kvarter.evidence.queries.pages import block_of, headline_of
from kvarter.evidence.queries.published import Told
from kvarter.evidence.showing import Shown
from kvarter.web.report import wholes
from kvarter.web.report.citing import cited
from kvarter.web.report.content import Block, Facts, Findings, Heading, Multiple, Part, Picture, Quote, Table, Text
from kvarter.web.report.known import Known
from kvarter.web.report.sentences import certainty_word, sentences_of

EMPTY = "–"
_MOST_WORDS = 25


def anchor_of(theme: Theme) -> str:
    """A theme's place in the report, and the end of its page's address."""
    return f"tema-{theme.slug}"


def theme_part(theme: Theme, told: Sequence[Told], known: Known, *, new_page: bool) -> Part:
    """What there is to know of a theme first: what may be said of its indicators, with their charts. told: those with
    figures; categories of a whole are told of as the whole.
    """
    indicators = [indicator for indicator in known.indicators if indicator.theme_id == theme.pk]
    blocks: list[Block] = []
    if theme.about:
        blocks.append(Text(theme.said("about"), "lead", _language(theme, "about")))
    blocks += _clauses(theme, told, known.agreement)
    for one in told:
        if not one.composition:
            blocks += known.published.kept(("report", one.slug), partial(_indicator, one))
    blocks += wholes.reflected(known, theme.slug)
    seen = {one.slug for one in told}
    without = [str(indicator) for indicator in indicators if indicator.slug not in seen and not indicator.successor_id]
    if without:
        blocks.append(Text(_("Uden offentliggjorte tal: %(names)s.") % {"names": "; ".join(without)}))
    if told:
        blocks.append(Text(_("Alle tal om temaet står i bilaget."), "note"))
    if not told and not without:
        blocks.append(Text(_("Der er ingen tal om temaet endnu.")))
    return Part(anchor_of(theme), str(theme), tuple(blocks), _language(theme, "name"), new_page=new_page)


def annex_part(theme: Theme, told: Sequence[Told], known: Known) -> Part:
    """Every figure of a theme with what it is made of, how differences were judged, and what is known to be weak."""
    blocks: list[Block] = []
    for one in told:
        if not one.composition:
            blocks += known.published.kept(("report annex", one.slug), partial(_in_full, one))
    for whole in wholes.of_theme(known, theme.slug):
        blocks += known.published.kept(("report whole", whole.slug), partial(wholes.counted, whole))
        blocks += wholes.beside(known, whole)
    heading = _("Bilag: %(theme)s") % {"theme": theme}
    return Part(f"bilag-{theme.slug}", heading, tuple(blocks), _language(theme, "name"), new_page=False)


def _language(theme: Theme, field: str) -> str:
    """Danish, where the report is in English and the theme has no English of its own; else the report's."""
    return "da" if get_language() == "en" and not getattr(theme, f"{field}_en") else ""


def _clauses(theme: Theme, told: Sequence[Told], agreement: Reading | None) -> Iterator[Block]:
    """The clauses that its indicators speak to, and the one that names the theme where it says more than the name."""
    if agreement is None:
        return
    slug = agreement.version.agreement.slug
    spoken_to = {link["key"] for one in told for link in one.clauses if link["agreement"] == slug}
    own = agreement.find(theme.clause)
    shown = [one for one in agreement.passages if one.key in spoken_to or (one is own and one.children)]
    if shown:
        yield Text(_("Det taler til i aftalen:"))
        yield from (_shortened(quote(passage)) for passage in shown)


def _shortened(clause: Quote) -> Quote:
    """A clause cut to what is needed to know it again: the agreement itself has the rest."""
    return replace(clause, text=Truncator(clause.text).words(_MOST_WORDS, truncate=" …"))


def quote(passage: Passage) -> Quote:
    """A clause with what it is and its key, marked where it is in another language than the report."""
    language = "" if passage.language == get_language() else passage.language
    return Quote(passage.label, passage.key, passage.words, language)


def _indicator(told: Told) -> tuple[Block, ...]:
    """What may be said of an indicator, and its chart: made of what is published alone, and so the same for ever."""
    sources = (text for source in block_of(told).sources for text in cited(source))
    return Heading(told.name), Findings(_("Det kan vi sige"), sentences_of(told)), picture_of(told), *sources


def _in_full(told: Told) -> tuple[Block, ...]:
    return tuple(_everything_of(told))


def _everything_of(told: Told) -> Iterator[Block]:
    """Everything else there is to say of an indicator: made of what is published alone too."""
    block = block_of(told)
    yield Heading(told.name, listed=False)
    yield Text(told.definition, "definition")
    yield _table(told, block)
    yield from _differences(told, block)
    yield from _cuts(told, block)
    for sentence in block.sentences:
        yield Text(sentence)
    for source in block.sources:
        yield from cited(source)
    yield Facts(tuple(_facts(told)))


def _facts(told: Told) -> Iterator[tuple[str, str]]:
    if told.respondents:
        yield _("Hvem der tælles eller svarer"), told.respondents
    yield _("Hvor godt det måler temaet"), f"{told.grade}: {Grade(told.grade).label}"
    if told.known_issues:
        yield _("Kendte svagheder"), told.known_issues
    if told.owner:
        yield _("Ansvarlig part"), told.owner


def picture_of(told: Told) -> Picture:
    """The indicator's chart: over time, or of the places where there is but one time."""
    caption = _("%(name)s. De samme tal står i tabellen.") % {"name": told.name}
    return Picture(
        told.slug, told, caption, _("Diagram: %(name)s. De samme tal står i tabellen.") % {"name": told.name}
    )


def _table(told: Told, block: IndicatorBlock) -> Table:
    """Every figure with its interval and what it is made of: the area's own first."""
    figures = {figure.key: figure for figure in told.figures}
    columns = zip(block.places, zip(*(row.cells for row in block.rows), strict=True), strict=True)
    rows = tuple((place, *_row(shown, figures[shown.key])) for place, cells in columns for shown in cells if shown)
    return Table(
        _("Tabel: %(name)s") % {"name": told.name},
        (_("Område"), _("Hvornår"), _("Tal"), _("95 %-interval"), _("Består af")),
        rows,
        row_heads=2,
    )


def _row(shown: Shown, figure: Figure) -> tuple[str, str, str, str]:
    """When, the figure with what there is to mark, its interval or why there is none, and what it is made of."""
    return shown.when, _with_mark(shown.text, shown.mark), shown.interval or _no_interval(figure), shown.base or EMPTY


def _no_interval(figure: Figure) -> str:
    if figure.value is None:
        return EMPTY
    return _("intet, alle er talt med") if figure.counted is Counted.FULL else _("kendes ikke")


def _differences(told: Told, block: IndicatorBlock) -> Iterator[Table | Text]:
    """Every judged difference of the area, as it was judged."""
    if not block.differences:
        return
    caption = _("Forskelle, som de er bedømt: %(name)s") % {"name": told.name}
    rows = tuple(
        (f"{one.name}: {one.what}", one.verdict, _with_mark(one.text, one.mark), one.interval)
        for one in block.differences
    )
    yield Table(caption, (_("Hvad er der sket?"), _("Dom"), _("Forskel"), _("95 %-interval")), rows)
    yield Text(" ".join(dict.fromkeys(one.together for one in block.differences)), "note")


def _cuts(told: Told, block: IndicatorBlock) -> Iterator[Table]:
    """The newest figures of parts of the people, by what parts them."""
    figures = {figure.key: figure for figure in told.cuts}
    for cut in block.cuts:
        rows = tuple(
            (row.name, place, *_row(shown, figures[shown.key])[1:])
            for row in cut.rows
            for place, shown in zip(cut.places, row.cells, strict=True)
            if shown
        )
        head = (cut.name, _("Område"), _("Tal"), _("95 %-interval"), _("Består af"))
        facts = {"cut": cut.name, "when": cut.when, "name": told.name}
        yield Table(_("%(cut)s, %(when)s: %(name)s") % facts, head, rows, row_heads=2)


def multiple(theme: Theme, heading: ThemeHeading) -> Multiple:
    """A theme at a glance: as the site's overview has it, and that there is no figure where there is none."""
    anchor, lang = anchor_of(theme), _language(theme, "name")
    told, figure = headline_of([heading.told] if heading.told else [])
    if told is None or figure is None or heading.latest is None:
        missing = _("Ingen tal for området selv endnu") if heading.figures else _("Ingen tal endnu")
        return Multiple(anchor, heading.name, lang, missing)
    shown, answer = heading.latest, next(iter(heading.answers), None)
    return Multiple(
        anchor=anchor,
        theme=heading.name,
        lang=lang,
        figure=shown.text,
        indicator=told.name,
        certainty=_with_mark(certainty_word(figure), shown.mark),
        verdict=answer.verdict if answer else "",
        grounds=answer.grounds if answer else "",
        notes=tuple(note for note in (heading.gap, heading.note) if note),
        label=f"{shown.place}, {shown.when}",
        picture=small_picture_of(told),
    )


def _with_mark(text: str, mark: str) -> str:
    return f"{text} ({mark})" if mark else text


def sources_of(cells: Iterable[Multiple]) -> str:
    """Where the figures at a glance are from, each source once."""
    figures = (figure for cell in cells if cell.picture for figure in cell.picture.told.figures)
    told = dict.fromkeys((figure.source.producer, figure.source.attribution) for figure in figures)
    said = [f"{producer}." if producer == beside else f"{producer}: {beside}." for producer, beside in told]
    return _("Kilder: %(sources)s") % {"sources": " ".join(said)} if said else ""


def small_picture_of(told: Told) -> Picture:
    """The chart of the figure that stands largest, and what it is compared with."""
    _told, headline = headline_of([told])
    return replace(picture_of(told), headline=headline)


def by_theme(told: Iterable[Told]) -> Mapping[str, list[Told]]:
    """Indicators by theme, in order."""
    found: dict[str, list[Told]] = {}
    for one in sorted(told, key=lambda one: (one.position, one.name)):
        found.setdefault(one.theme, []).append(one)
    return found
