"""What stands last: what is not measured yet, forecasts held against the figures, and how it is all made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kvarter.agreements.queries.versions import Reading
from kvarter.agreements.text import Kind
from kvarter.evidence.documents import Document, words
from kvarter.evidence.figures import Counted, Figure, SourceFacts
from kvarter.evidence.models import Forecast
from kvarter.evidence.queries.forecasts import foreseen
from kvarter.evidence.queries.pages import block_of
from kvarter.evidence.queries.published import Told
from kvarter.web.report.citing import cited
from kvarter.web.report.content import Block, Facts, Heading, Part, Quote, Table, Text
from kvarter.web.report.themes import quote

_MOST_WORDS = 40
_WISHES = (Kind.VISION, Kind.FUTURE_IMAGE, Kind.GOAL, Kind.STRATEGY)


def unmeasured_part(agreement: Reading | None, indicators: Iterable[Told]) -> Part:
    """What the agreement wants, and no published figure speaks to: vision, future images, goals and strategies."""
    return Part("ikke-endnu", _("Det måler vi ikke endnu"), tuple(_unmeasured(agreement, indicators)), new_page=False)


def _unmeasured(agreement: Reading | None, indicators: Iterable[Told]) -> Iterator[Block]:
    if agreement is None:
        yield Text(_("Der er ingen aftale at holde tallene op imod."))
        return
    slug = agreement.version.agreement.slug
    spoken_to = {link["key"] for told in indicators for link in told.clauses if link["agreement"] == slug}
    left = [passage for passage in agreement.of_kind(*_WISHES) if passage.key not in spoken_to]
    every = len(agreement.of_kind(*_WISHES))
    if not left:
        yield Text(_("Der er mindst ét offentliggjort tal til hvert punkt, aftalen vil nå."))
        return
    facts = {"n": len(left), "every": every}
    yield Text(
        _("%(n)s af de %(every)s punkter, aftalen vil nå, er der ingen offentliggjorte tal om. Det er dem her:")
        % facts,
        "lead",
    )
    for kind in _WISHES:
        of_kind = [passage for passage in left if passage.kind is kind]
        if of_kind:
            yield Heading(str(kind.label).capitalize())
            yield from (_shortened(quote(passage), kind) for passage in of_kind)


def _shortened(clause: Quote, kind: Kind) -> Quote:
    """A clause cut to what can be taken in; one with no number of its own is called by the heading it stands under."""
    label = "" if kind in (Kind.VISION, Kind.STRATEGY) else clause.label
    return Quote(label, clause.key, Truncator(clause.text).words(_MOST_WORDS, truncate=" …"), clause.lang)


def forecasts_part(rows: Sequence[Forecast], indicators: Mapping[str, Told], year: int | None) -> Part:
    """What was written down before the figures came, and how far off it was."""
    written = [row for row in rows if year is None or row.written_on.year <= year]
    if not written:
        blocks: tuple[Block, ...] = (
            Text(_("Ingen har skrevet en forudsigelse. Den skrives, før tallet kommer, og bliver holdt op mod det.")),
        )
        return Part("forudsigelser", _("Forudsigelser"), blocks, new_page=False)
    told = [(row, foreseen(row, row.indicator, indicators.get(row.indicator.slug))) for row in written]
    lines = tuple(
        (str(row.indicator), f"{one.place}, {one.about}", one.value, one.outcome, f"{one.author}, {one.written}")
        for row, one in told
    )
    head = (_("Indikator"), _("Om"), _("Ventet"), _("Hvordan det gik"), _("Skrevet af"))
    lead = Text(_("Hvad nogen ventede, hvis intet blev gjort, skrevet ned før tallet kom."), "lead")
    table = Table(_("Forudsigelser holdt op mod tallene"), head, lines)
    known = (indicators[row.indicator.slug] for row in written if row.indicator.slug in indicators)
    sources = dict.fromkeys(source for one in known for source in block_of(one).sources)
    notes = tuple(text for source in sources for text in cited(source))
    return Part("forudsigelser", _("Forudsigelser"), (lead, table, *notes), new_page=False)


def method_part(indicators: Iterable[Told], documents: Sequence[Document], language: str) -> Part:
    """Sources with method and limits, what is hidden, what a verdict is, how intervals are made, words, digests."""
    figures = [figure for told in indicators for figure in (*told.figures, *told.cuts)]
    blocks = (
        *_sources(figures),
        *_hidden(documents),
        *_verdicts(figures),
        *_words(),
        *_digests(documents, language),
    )
    return Part("metode", _("Metode og ord"), blocks, new_page=False)


def _sources(figures: Iterable[Figure]) -> Iterator[Block]:
    yield Heading(_("Kilder"))
    every: dict[str, SourceFacts] = {figure.source.key: figure.source for figure in figures}
    for source in sorted(every.values(), key=lambda source: source.title):
        yield Heading(source.title, 4, source.lang_of("title"))
        yield Facts(
            tuple(
                (name, text)
                for name, text in (
                    (_("Producent"), source.producer),
                    (_("Metode"), source.method),
                    (_("Hvad kilden ikke kan sige"), source.limits),
                    (_("Kildeangivelse"), source.attribution),
                )
                if text
            )
        )


def _hidden(documents: Sequence[Document]) -> Iterator[Block]:
    rule = documents[-1].content["rule"]
    yield Heading(_("Hvad der bliver skjult"))
    yield Text(
        _(
            "Antal fra 1 til og med %(most)s bliver skjult, og det gør andele af færre end %(base)s også. Før hver "
            "offentliggørelse bliver det prøvet, om et skjult tal kan regnes ud af alt, der er offentliggjort."
        )
        % {"most": rule["minimum"] - 1, "base": rule["base"]}
    )


def _verdicts(figures: Sequence[Figure]) -> Iterator[Block]:
    yield Heading(_("Intervaller og domme"))
    if any(figure.counted is Counted.SAMPLE for figure in figures):
        yield Text(
            _(
                "Et 95 %-interval hører til tal fra et udsnit. Spurgte man nye udsnit på samme måde igen og igen, "
                "ville 95 ud af 100 sådanne intervaller holde det tal, man fik ved at spørge alle. Intervallet følger, "
                "hvordan udsnittet er trukket og vægtet. Det siger intet om dem, der ikke svarer, eller om spørgsmål, "
                "der bliver forstået forskelligt."
            )
        )
    yield Facts(
        (
            (
                _("påviseligt bedre eller værre"),
                _("Prøven af ændringen siger, at der er en, og den går den vej eller den modsatte vej, der er aftalt."),
            ),
            (
                _("påviselig ændring"),
                _("Prøven siger, at der er en ændring, men ikke, at den er god eller dårlig."),
            ),
            (
                _("ingen påviselig ændring"),
                _("Prøven kan ikke skelne ændringen fra et tilfælde. Der kan være sket noget, som er for lille at se."),
            ),
            (_("påviseligt fastholdt"), _("Prøven siger, at tallet er blevet inden for det, der er aftalt.")),
            (_("kan ikke måles"), _("Der er for få svar til, at en ændring, der betyder noget, ville kunne ses.")),
            (
                _("ingen dom"),
                _("Alle er talt med, eller tallet er andres uden det, et interval kræver, eller der er kun én måling."),
            ),
        )
    )
    yield Text(
        _(
            "Dommen er over forskellen selv, aldrig læst ud af to intervaller. Jo flere forskelle der bedømmes på "
            "én gang, jo mere skal der til, så at nogle få ikke kaldes ændringer ved et tilfælde."
        )
    )


def _words() -> Iterator[Block]:
    yield Heading(_("Ord"))
    yield Facts(
        (
            (_("Udsnit"), _("De, der er trukket ud til at blive spurgt, i stedet for alle.")),
            (_("Procentpoint"), _("Forskellen mellem to procenttal: fra 40 til 43 procent er 3 procentpoint.")),
            (_("Sammenligningsområde"), _("Det, området holdes op imod: ofte resten af kommunen.")),
            (_("Består af"), _("Hvor mange tallet gælder for ud af hvor mange, eller hvor mange der svarede.")),
            (_("Skjult, for få"), _("Tallet findes, men er om så få, at nogen kunne kendes.")),
            (
                _("Fingeraftryk"),
                _("64 tegn (SHA-256), som bliver nogle andre, hvis ét tegn i det offentliggjorte ændres."),
            ),
        )
    )


def _digests(documents: Sequence[Document], language: str) -> Iterator[Block]:
    yield Heading(_("Offentliggørelser, rapporten er lavet af"))
    rows = tuple(
        (
            str(document.number),
            words(document.content["title"], language),
            date_format(localdate(document.published), "DATE_FORMAT"),
            document.digest,
        )
        for document in documents
    )
    yield Table(_("Offentliggørelser og deres fingeraftryk"), (_("Nr."), _("Titel"), _("Dag"), "SHA-256"), rows)
    registers = {digest: one["file"] for document in documents for digest, one in document.content["registers"].items()}
    files = tuple(sorted((name, digest) for digest, name in registers.items()))
    yield Table(_("Filer, tallene er læst i, og deres fingeraftryk"), (_("Fil"), "SHA-256"), files)
