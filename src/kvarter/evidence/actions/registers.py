"""Taking in a file of figures: looked through first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.figures import Counted
from kvarter.evidence.importers.extract import Extract
from kvarter.evidence.models import Indicator, Observation, Register, Source
from kvarter.evidence.recipes import Made, Recipe, Territory, make_figures
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.places.models import Area, AreaCode, AreaVersion


class NotLoadable(ActionError):
    """The file has something that keeps all of it out. The message says what, and what to do."""


class AlreadyTakenIn(ActionError):
    """This very file is here."""


@dataclass(frozen=True)
class Loading:
    """What a file would give: the figures, the recipes whose columns it lacks or withholds, and the lines unknown."""

    extract: Extract
    figures: tuple[Made, ...]
    without: tuple[str, ...]
    already: bool

    @property
    def indicators(self) -> list[str]:
        """The addresses of the indicators it gives figures for."""
        return list(dict.fromkeys(figure.indicator for figure in self.figures))


def look_through(partnership: Partnership, extract: Extract, recipes: Sequence[Recipe]) -> Loading:
    """What the file would give if it were taken in. Changes nothing; six SQL queries."""
    known = set(partnership.indicators.values_list("slug", flat=True))
    usable = [recipe for recipe in recipes if recipe.indicator in known]
    figures = make_figures(extract, usable, territories(), rests())
    made = {figure.indicator for figure in figures}
    return Loading(
        extract,
        tuple(figures),
        tuple(recipe.indicator for recipe in usable if recipe.indicator not in made),
        partnership.registers.filter(digest=extract.digest).exists(),
    )


def territories() -> list[Territory]:
    """Every version of every area, with its codes (two SQL queries)."""
    codes: dict[int, set[tuple[str, str]]] = {}
    for version, scheme, code in AreaCode.objects.values_list("version_id", "scheme", "code"):
        codes.setdefault(version, set()).add((scheme, code))
    rows = AreaVersion.objects.select_related("area").order_by("area_id", "valid_from")
    return [Territory(version, frozenset(codes.get(version.pk, ()))) for version in rows]


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
    recipes: Sequence[Recipe],
    counted: Counted = Counted.FULL,
    why: str = "",
) -> Register:
    """Store the figures that a file gives for the partnership's indicators, with what was found odd about it.

    Raises NotLoadable for what stops a file, for an unknown source, or when it gives no figure at all;
    AlreadyTakenIn for the same file again.
    """
    require(by, "register.take_in", partnership)
    if extract.stopped:
        raise NotLoadable(" ".join(finding.told for finding in extract.stopped))
    source = Source.objects.filter(key=extract.source).first()
    if source is None:
        raise NotLoadable(_("Kilden “%(key)s” er ikke kendt. Opret den først.") % {"key": extract.source})
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    loading = look_through(partnership, extract, recipes)
    if loading.already:
        raise AlreadyTakenIn(_("Filen er indlæst før."))
    if not loading.figures:
        raise NotLoadable(
            _("Filen har ingen tal for de områder og indikatorer, der er oprettet. Se efter områdernes koder.")
        )
    register = Register.objects.create(
        partnership=partnership,
        source=source,
        file=extract.file[:200],
        digest=extract.digest,
        label=extract.label[:200],
        published=extract.published,
        taken_in=timezone.now(),
        footnotes=list(extract.footnotes),
        findings=[asdict(finding) for finding in extract.findings],
    )
    Observation.objects.bulk_create(_observations(register, partnership, loading.figures, counted))
    record(by=by, verb="register.take_in", about=register, why=why, digest=extract.digest, figures=len(loading.figures))
    return register


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
