"""Taking in a file of figures: looked through first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kvarter.agreements.models import Partnership
from kvarter.evidence.figures import Counted
from kvarter.evidence.importers.extract import Extract
from kvarter.evidence.models import Indicator, IndicatorRecipe, Observation, Register, Source
from kvarter.evidence.naming import OURS, Unmatched, placed
from kvarter.evidence.recipes import Made, Recipe, Territory, make_figures
from kvarter.evidence.replacing import Replaced, replaced_by
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.places.models import Area, AreaCode, AreaVersion

# Two counts as large as this are hardly ever alike twice by chance, both part and whole.
LIKELY_BY_CHANCE = 100


class NotLoadable(ActionError):
    """The file has something that keeps all of it out. The message says what, and what to do."""


class NeedsReason(NotLoadable):
    """Figures that stand already would become others, and nobody said why."""

    field = "why"


class AlreadyTakenIn(ActionError):
    """This very file is here."""


@dataclass(frozen=True)
class Loading:
    """What a file would give: the figures, and the indicators whose columns it lacks or withholds.

    copies: figures left out because the same counts stand under another day already: one measurement, not two.
    unmatched: what somebody's table calls places, where that is no area here. replaced: figures that stand already with
    another number.
    """

    extract: Extract
    figures: tuple[Made, ...]
    without: tuple[str, ...]
    copies: tuple[Made, ...]
    already: bool
    unmatched: tuple[Unmatched, ...] = ()
    replaced: tuple[Replaced, ...] = ()

    @property
    def indicators(self) -> list[str]:
        """The addresses of the indicators it gives figures for."""
        return list(dict.fromkeys(figure.indicator for figure in self.figures))


def look_through(partnership: Partnership, extract: Extract) -> Loading:
    """What the file would give if it were taken in. Changes nothing; seven SQL queries, and one where it replaces.

    Raises NotLoadable where the file's mapping makes indicators that cannot be made.
    """
    recipes = _said_recipes(partnership, extract) if extract.makes else recipes_of(partnership, extract.source)
    known = territories(partnership)
    extract, unmatched = placed(extract, known)
    every = make_figures(extract, recipes, known, rests())
    counted = _counted_before(partnership, extract)
    copies = tuple(figure for figure in every if _is_copy(figure, counted))
    figures = tuple(figure for figure in every if figure not in copies)
    made = {figure.indicator for figure in every}
    return Loading(
        extract,
        figures,
        tuple(recipe.indicator for recipe in recipes if recipe.indicator not in made),
        copies,
        partnership.registers.filter(digest=extract.digest).exists(),
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

    english: the same file read under English, for the words of what was found.

    Raises NotLoadable for what stops a file, for an unknown source, or when it gives no figure at all; NeedsReason
    where figures that stand already become others; AlreadyTakenIn for the same file again.
    """
    require(by, "register.take_in", partnership)
    if extract.stopped:
        raise NotLoadable(" ".join(finding.told for finding in extract.stopped))
    source = Source.objects.filter(key=extract.source).first()
    if source is None:
        raise NotLoadable(_("Kilden “%(key)s” er ikke kendt. Opret den først.") % {"key": extract.source})
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    loading = look_through(partnership, extract)
    if loading.already:
        raise AlreadyTakenIn(_("Filen er indlæst før."))
    if not loading.figures:
        raise NotLoadable(
            _("Filen har ingen tal for de områder og indikatorer, der er oprettet. Se efter områdernes koder.")
        )
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
