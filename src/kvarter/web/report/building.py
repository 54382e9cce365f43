"""The one function that makes the report: from what is published to plain blocks, in the active language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kvarter.evidence.documents import Document, words
from kvarter.evidence.queries.published import Told
from kvarter.web.report.appendix import forecasts_part, method_part, unmeasured_part
from kvarter.web.report.content import Multiples, Part, Report
from kvarter.web.report.known import Known
from kvarter.web.report.themes import annex_part, by_theme, multiple, sources_of, theme_part

OVERVIEW = "overblik"


def build_report(known: Known) -> Report:
    """The report. No number in it is computed here."""
    indicators = known.published.indicators
    documents = _used(known, indicators)
    dated = localdate(documents[-1].published)
    partnership = known.partnership
    year = known.published.year
    title = _("Effektrapport %(year)s") % {"year": year} if year else _("Effektrapport")
    made_up = partnership.is_demonstration or any(document.synthetic for document in documents)
    return Report(
        language=get_language() or "da",
        title=title,
        partnership=partnership.name,
        subtitle=_("%(area)s på alle aftalens temaer") % {"area": partnership.area or partnership.name},
        made_up=_("OPDIGTEDE TAL") if made_up else "",
        dated=dated,
        running=f"{partnership.name} · {title} · {date_format(dated, 'DATE_FORMAT')}",
        facts=tuple(_facts(known, documents)),
        lead=_lead(known, made_up),
        parts=tuple(_parts(known, indicators, documents)),
    )


def _used(known: Known, indicators: Mapping[str, Told]) -> list[Document]:
    """The publications that the report's figures and differences are from, oldest first."""
    numbers: set[int] = set()
    for told in indicators.values():
        numbers |= {figure.publication for figure in (*told.figures, *told.cuts)}
        numbers |= {one.publication for one in told.differences}
    return [document for document in known.published.holding if document.number in numbers]


def _facts(known: Known, documents: list[Document]) -> Iterator[tuple[str, str]]:
    """What stands on the front: whose it is, what it is made from and when."""
    partnership = known.partnership
    yield _("Partnerskab"), partnership.name
    if partnership.area:
        yield _("Område"), str(partnership.area)
    if known.agreement:
        facts = {"title": known.agreement.title, "n": known.agreement.version.number}
        yield _("Aftale"), _("%(title)s, udgave %(n)s") % facts
    yield (
        _("Tal"),
        _("til og med %(year)s") % {"year": known.published.year}
        if known.published.year
        else _("alt, der er offentliggjort"),
    )
    for document in documents:
        yield (
            _("Offentliggørelse nr. %(n)s") % {"n": document.number},
            ", ".join(
                (
                    words(document.content["title"], known.published.language),
                    date_format(localdate(document.published), "DATE_FORMAT"),
                )
            ),
        )
        yield "SHA-256", document.digest
    for goal in known.goals:
        yield _("Effektmål"), f"{goal} ({goal.set_by})"


def _lead(known: Known, made_up: bool) -> tuple[str, ...]:
    """How the report is to be read."""
    said = [
        _("Rapporten viser, hvordan det går. Den siger ikke, hvorfor: en ændring kan have mange grunde."),
        _("Hvert tal står med det, det består af, sin dag og sin kilde. Tal fra et udsnit står med et 95 %-interval."),
        _(
            "En ændring kaldes kun en ændring, når en prøve af netop den ændring siger det, også når der tages højde "
            "for, hvor mange der er prøvet. Ellers står der, at den ikke kan påvises. Det er ikke det samme som, at "
            "intet er sket."
        ),
        _("Tal for andre områder end aftalens eget står med deres eget navn, og der er ingen linje mellem dem."),
    ]
    if made_up:
        said.insert(0, _("Alle tal i rapporten er opdigtet til en demonstration. De handler ikke om nogen."))
    return tuple(said)


def _parts(known: Known, indicators: Mapping[str, Told], documents: list[Document]) -> Iterator[Part]:
    told = by_theme(indicators.values())
    cells = tuple(multiple(*pair) for pair in zip(known.themes, known.headings, strict=True))
    if cells:
        key = _(
            "Sådan læses diagrammerne: Fyldte prikker er %(area)s eller, hvor det står under diagrammet, et større "
            "område, som %(area)s er en del af. Hule firkanter er det, der sammenlignes med. En "
            "lodret streg viser, hvor usikkert et tal fra en stikprøve er. Ruder er tal fra andre, hvor vi ikke kender "
            "usikkerheden. En linje går aldrig over en grænse, der er flyttet."
        ) % {"area": known.partnership.area or known.partnership.name}
        yield Part(OVERVIEW, _("Alle temaer på én side"), (Multiples(cells, key, sources_of(cells)),))
    for number, theme in enumerate(known.themes):
        yield theme_part(theme, told.get(theme.slug, []), known, new_page=number == 0)
    yield unmeasured_part(known.agreement, indicators.values())
    yield forecasts_part(known.forecasts, indicators, known.published.year)
    yield method_part(indicators.values(), documents, known.published.language)
    for theme in known.themes:
        if of_theme := told.get(theme.slug):
            yield annex_part(theme, of_theme, known)
