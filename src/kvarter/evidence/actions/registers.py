"""Taking in a file of figures: looked through first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kvarter.agreements.models import Partnership
from kvarter.evidence.figures import Counted, Measure
from kvarter.evidence.importers.extract import Extract, Status
from kvarter.evidence.impossible import impossible
from kvarter.evidence.models import Indicator, IndicatorRecipe, Observation, Register, Source
from kvarter.evidence.naming import OURS, Unmatched, placed
from kvarter.evidence.recipes import Made, Recipe, Territory, make_figures
from kvarter.evidence.replacing import Before, Replaced, before_of, replaced_by
from kvarter.evidence.showing import period_text, status_text, value_text
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.places.models import Area, AreaCode, AreaVersion

# So many figures are named in a refusal.
MOST_TOLD = 5
# Two counts as large as this are hardly ever alike twice by chance, both part and whole.
LIKELY_BY_CHANCE = 100


class NotLoadable(ActionError):
    """The file has something that keeps all of it out. The message says what, and what to do."""


class NeedsReason(NotLoadable):
    """Figures that stand already would become others, and nobody said why."""

    field = "why"


class AlreadyTakenIn(ActionError):
    """This very file is here, and all that it gives."""


class Contradicted(NotLoadable):
    """The same file was read another way before: a figure would stand twice with two numbers."""


@dataclass(frozen=True)
class Loading:
    """What a file would give: the figures, and the indicators whose columns it lacks or withholds.

    copies: figures left out because the same counts stand under another day already: one measurement, not two.
    unmatched: what somebody's table calls places, where that is no area here. replaced: figures that stand already with
    another number. before: what the very same file gave before; `figures` has what is new alone then.
    """

    extract: Extract
    figures: tuple[Made, ...]
    without: tuple[str, ...]
    copies: tuple[Made, ...]
    before: Before | None = None
    unmatched: tuple[Unmatched, ...] = ()
    replaced: tuple[Replaced, ...] = ()

    @property
    def already(self) -> bool:
        """Whether the very same file is here, with all that it gives."""
        return self.before is not None and not self.figures

    @property
    def contradicts(self) -> bool:
        """Whether the very same file was read another way before, so that a figure would stand with two numbers."""
        return self.before is not None and bool(self.replaced)

    @property
    def can_be_taken_in(self) -> bool:
        """Whether there is anything to take in, and nothing that keeps all of it out."""
        return bool(self.figures) and not self.extract.stopped and not self.contradicts

    @property
    def indicators(self) -> list[str]:
        """The addresses of the indicators it gives figures for."""
        return list(dict.fromkeys(figure.indicator for figure in self.figures))


def look_through(partnership: Partnership, extract: Extract) -> Loading:
    """What the file would give if it were taken in. Changes nothing; a fixed number of SQL queries.

    Raises NotLoadable where the file's mapping makes indicators that cannot be made.
    """
    recipes = _said_recipes(partnership, extract) if extract.makes else recipes_of(partnership, extract.source)
    known = territories(partnership)
    extract, unmatched = placed(extract, known)
    every = make_figures(extract, recipes, known, rests())
    counted = _counted_before(partnership, extract)
    copies = tuple(figure for figure in every if _is_copy(figure, counted))
    before = before_of(partnership, extract.digest, every)
    left_out = {*copies, *(before.standing if before else ())}
    figures = tuple(figure for figure in every if figure not in left_out)
    made = {figure.indicator for figure in every}
    return Loading(
        replace(extract, findings=(*extract.findings, *impossible(figures))),
        figures,
        tuple(recipe.indicator for recipe in recipes if recipe.indicator not in made),
        copies,
        before,
        tuple(unmatched),
        replaced_by(partnership, figures),
    )


def _said_recipes(partnership: Partnership, extract: Extract) -> list[Recipe]:
    """The recipes that a table's own mapping tells (two SQL queries). Raises NotLoadable."""
    measures = dict(Indicator.objects.filter(partnership=partnership).values_list("slug", "measure"))
    outside = Source.objects.filter(key=extract.source, counted=Counted.OUTSIDE).exists()
    for slug, _part, whole in extract.makes:
        if slug not in measures:
            raise NotLoadable(_("Indikatoren “%(key)s” findes ikke. Opret den først.") % {"key": slug})
        if measures[slug] in {"share", "mean"} and not whole and not outside:
            raise NotLoadable(
                _("“%(key)s” er en andel eller et gennemsnit. Sig, i hvilken kolonne det antal står, som den er af.")
                % {"key": slug}
            )
    return [Recipe(slug, part, whole, measures[slug]) for slug, part, whole in extract.makes]


def recipes_of(partnership: Partnership, source: str) -> list[Recipe]:
    """Which columns of a source make the partnership's indicators (one SQL query)."""
    rows = IndicatorRecipe.objects.filter(indicator__partnership=partnership, source__key=source)
    names = ("indicator__slug", "part", "whole", "indicator__measure")
    told = rows.order_by("indicator__position", "indicator_id").values_list(*names)
    return [Recipe(slug, tuple(part), tuple(whole), measure) for slug, part, whole, measure in told]


def _counted_before(partnership: Partnership, extract: Extract) -> dict[tuple[str, int, float, float], set[date]]:
    """The days under which the very same counts stand already, by indicator, area and counts (one SQL query)."""
    rows = Observation.objects.filter(register__partnership=partnership, register__source__key=extract.source)
    found: dict[tuple[str, int, float, float], set[date]] = {}
    names = ("indicator__slug", "version__area_id", "numerator", "denominator", "first")
    for slug, area, part, whole, first in rows.exclude(denominator=None).values_list(*names):
        found.setdefault((slug, area, part, whole), set()).add(first)
    return found


def _is_copy(figure: Made, before: dict[tuple[str, int, float, float], set[date]]) -> bool:
    if figure.numerator is None or figure.denominator is None or figure.denominator < LIKELY_BY_CHANCE:
        return False
    key = figure.indicator, figure.version.area_id, figure.numerator, figure.denominator
    return bool(before.get(key, set()) - {figure.period.first})


def territories(partnership: Partnership) -> list[Territory]:
    """Every version of every area, with its codes; of made-up ones for a demonstration alone (two SQL queries)."""
    codes: dict[int, set[tuple[str, str]]] = {}
    for version, scheme, code in AreaCode.objects.values_list("version_id", "scheme", "code"):
        codes.setdefault(version, set()).add((scheme, code))
    alike = AreaVersion.objects.filter(area__is_demonstration=partnership.is_demonstration)
    rows = alike.select_related("area").order_by("area_id", "valid_from")
    return [Territory(version, frozenset({(OURS, version.area.slug), *codes.get(version.pk, ())})) for version in rows]


def rests() -> dict[int, tuple[int, int]]:
    """By area that is a rest: of what, and without what (one SQL query)."""
    rows = Area.objects.filter(without__isnull=False).values_list("pk", "part_of", "without")
    return {pk: (whole, left_out) for pk, whole, left_out in rows if whole is not None and left_out is not None}


@transaction.atomic
def take_in(
    *,
    by: Actor,
    partnership: Partnership,
    extract: Extract,
    english: Extract | None = None,
    why: str = "",
) -> Register:
    """Store the figures that a file gives for the partnership's indicators, with what was found odd about it.

    english: the same file read under English, for the words of what was found. Of a file that is here already, what it
    gave before is left as it is, and what is new is added to it.

    Raises NotLoadable for what stops a file, for an unknown source, or when it gives no figure at all; NeedsReason
    where figures that stand already become others; AlreadyTakenIn for the same file with nothing new, and Contradicted
    where it gives other numbers than before.
    """
    require(by, "register.take_in", partnership)
    if extract.stopped:
        raise NotLoadable(" ".join(finding.told for finding in extract.stopped))
    source = Source.objects.filter(key=extract.source).first()
    if source is None:
        raise NotLoadable(_("Kilden “%(key)s” er ikke kendt. Opret den først.") % {"key": extract.source})
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    loading = look_through(partnership, extract)
    if loading.extract.stopped:
        raise NotLoadable(" ".join(finding.told for finding in loading.extract.stopped))
    if loading.already:
        raise AlreadyTakenIn(_("Filen er indlæst før, med alle de tal, den giver."))
    if not loading.figures:
        raise NotLoadable(
            _("Filen har ingen tal for de områder og indikatorer, der er oprettet. Se efter områdernes koder.")
        )
    if loading.before:
        return _added(by, loading, source, extract, english or extract, why)
    if loading.replaced and not why.strip():
        raise NeedsReason(
            ngettext(
                "1 tal, der er læst ind før, bliver et andet. Skriv hvorfor: det er en rettelse.",
                "%(n)s tal, der er læst ind før, bliver andre. Skriv hvorfor: det er en rettelse.",
                len(loading.replaced),
            )
            % {"n": len(loading.replaced)}
        )
    register = Register.objects.create(
        partnership=partnership,
        source=source,
        file=extract.file[:200],
        digest=extract.digest,
        label=extract.label[:200],
        published=extract.published,
        taken_in=timezone.now(),
        footnotes=_in_both(extract.footnotes, (english or extract).footnotes),
        findings=_findings(extract, english or extract),
    )
    Observation.objects.bulk_create(_observations(register, partnership, loading.figures, Counted(source.counted)))
    told = {"figures": len(loading.figures), "replaced": len(loading.replaced)}
    record(by=by, verb="register.take_in", about=register, why=why, digest=extract.digest, **told)
    return register


def _added(by: Actor, loading: Loading, source: Source, danish: Extract, english: Extract, why: str) -> Register:
    """The register of a file that is here already, with what is new in it."""
    assert loading.before
    register = loading.before.register
    if loading.contradicts:
        raise Contradicted(contradiction_of(loading))
    if register.source_id != source.pk:
        raise NotLoadable(
            _("Filen er læst ind før med kilden “%(before)s”. Vælg den samme kilde til de nye tal.")
            % {"before": register.source}
        )
    register.findings += [one for one in _findings(danish, english) if one not in register.findings]
    notes = _in_both(danish.footnotes, english.footnotes)
    register.footnotes += [one for one in notes if one not in register.footnotes]
    register.save(update_fields=["findings", "footnotes"])
    Observation.objects.bulk_create(
        _observations(register, register.partnership, loading.figures, Counted(source.counted))
    )
    record(by=by, verb="register.take_in_more", about=register, why=why, figures=len(loading.figures))
    return register


def contradiction_of(loading: Loading) -> str:
    """Which figures of a file that is here already would be others, and what to do."""
    told = [
        _("%(indicator)s, %(area)s, %(day)s: %(before)s før og %(now)s nu")
        % {
            "indicator": one.before.indicator,
            "area": one.figure.version.area,
            "day": period_text(one.figure.period),
            "before": _in_full(one.before, one.figure.measure),
            "now": _in_full(one.figure, one.figure.measure),
        }
        for one in loading.replaced[:MOST_TOLD]
    ]
    more = ["…"] if len(loading.replaced) > MOST_TOLD else []
    return _(
        "Filen er læst ind før og gav da andre tal (%(figures)s). Et tal kan ikke stå to gange i samme fil. Læs den "
        "på samme måde som før, eller tag filens tal ud under Registre, og læs den ind igen."
    ) % {"figures": "; ".join([*told, *more])}


def _in_full(one: Made | Observation, measure: str) -> str:
    """A figure with what it is made of."""
    if one.value is None:
        return status_text(Status(one.status))
    text = value_text(one.value, Measure(measure))
    parts = [one.numerator, one.denominator]
    return f"{text} ({' / '.join(f'{part:g}' for part in parts)})" if None not in parts else text


def _in_both(danish: Sequence[str], english: Sequence[str]) -> list[str | dict[str, str]]:
    """Footnotes in both languages where they were read in both; a producer's own are the same in either."""
    pairs = zip(danish, english, strict=True)
    return [one if one == other else {"da": one, "en": other} for one, other in pairs]


def _findings(extract: Extract, english: Extract) -> list[dict[str, object]]:
    return [
        {
            "kind": danish.kind,
            "severity": str(danish.severity),
            "told": {"da": danish.told, "en": other.told},
            "measures": list(danish.measures),
        }
        for danish, other in zip(extract.findings, english.findings, strict=True)
    ]


def _observations(
    register: Register, partnership: Partnership, figures: Iterable[Made], counted: Counted
) -> list[Observation]:
    indicators = {indicator.slug: indicator for indicator in Indicator.objects.filter(partnership=partnership)}
    return [
        Observation(
            register=register,
            indicator=indicators[figure.indicator],
            version=figure.version,
            first=figure.period.first,
            last=figure.period.last,
            counted=counted,
            status=figure.status,
            numerator=figure.numerator,
            denominator=figure.denominator,
            value=figure.value,
            processed=figure.processed,
        )
        for figure in figures
    ]


@transaction.atomic
def drop_register(*, by: Actor, register: Register, why: str) -> None:
    """Take a file's figures out again. What was published of them stays published: that is corrected, not undone."""
    require(by, "register.take_in", register.partnership)
    record(by=by, verb="register.drop", about=register, why=why, digest=register.digest)
    register.delete()
