"""A file of answers looked through: what it would become, and everything odd about it. Nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.places.models import Area, AreaVersion
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import QuestionnaireVersion, Wave
from kvarter.surveys.outside.comparing import Round, odd_beside
from kvarter.surveys.outside.findings import Odd, Weight
from kvarter.surveys.outside.laying import Answer, Laid, lay_out
from kvarter.surveys.outside.mapping import AnswersMapping, WaveFacts
from kvarter.surveys.outside.reading import AnswersTable
from kvarter.surveys.outside.weighing import Way, odd_strata, way_of
from kvarter.surveys.questionnaire import Questionnaire, words
from kvarter.surveys.xlsform.reading import read_xlsform
from kvarter.tables.limits import BadFile

ANSWERED = (Wave.State.CLOSED, Wave.State.WEIGHTED, Wave.State.PUBLISHED)
Forms = Mapping[str, Questionnaire]


@dataclass(frozen=True)
class Coming:
    """What a file would become. beside: the wave it was compared with, if there is one."""

    name: str
    mapping: AnswersMapping
    forms: Forms
    answers: tuple[Answer, ...]
    odd: tuple[Odd, ...]
    areas: Mapping[str, Area]
    beside: str

    @property
    def stopped(self) -> list[Odd]:
        """What keeps it out."""
        return [one for one in self.odd if one.stops]

    @property
    def noted(self) -> list[Odd]:
        """What is told beside the figures."""
        return [one for one in self.odd if not one.stops]

    @property
    def way(self) -> Way:
        """How the answers are to count."""
        return way_of(self.mapping)

    @property
    def by_area(self) -> list[tuple[str, int]]:
        """How many answered in each area, as it is called."""
        counts = Counter(answer.whose.area for answer in self.answers)
        return [(str(self.areas.get(slug, slug)), n) for slug, n in counts.most_common()]

    @property
    def items(self) -> list[tuple[str, int]]:
        """The questions that have answers, in their words, and how many answered each."""
        found = []
        for of, form in self.forms.items():
            own = [answer.answers for answer in self.answers if answer.of == of]
            counts = Counter(key for answers in own for key in answers)
            found += [
                (words(item.texts, get_language() or "da"), counts[item.key]) for item in form.items if counts[item.key]
            ]
        return found


def forms_for(partnership: Partnership, mapping: AnswersMapping, sent: Mapping[str, bytes]) -> dict[str, Questionnaire]:
    """The questionnaires of a mapping by "adults" and "youth": a form that was sent (XLSForm), or a stored one.

    Two SQL queries. Raises BadFile for one that is not there, and what reading a form raises.
    """
    wanted = {"adults": mapping.questionnaire.adults, "youth": mapping.questionnaire.youth}
    return {of: _form(partnership, of, name, sent) for of, name in wanted.items() if name}


def _form(partnership: Partnership, of: str, name: str, sent: Mapping[str, bytes]) -> Questionnaire:
    if name in sent:
        found = read_xlsform(sent[name], name).questionnaire
    else:
        key, _slash, version = name.partition("/")
        rows = QuestionnaireVersion.objects.filter(partnership=partnership, key=key)
        if version:
            rows = rows.filter(version=int(version) if version.isascii() and version.isdigit() else 0)
        stored = rows.order_by("-version").first()
        if stored is None:
            raise BadFile(
                _("Spørgeskemaet “%(name)s” kendes ikke. Læg det ind først, eller send dets fil (XLSForm) med.")
                % {"name": name}
            )
        found = stored.questionnaire
    if found.audience != of:
        raise BadFile(_("Spørgeskemaet “%(name)s” er ikke for dem, opskriften siger.") % {"name": name})
    return found


def look_through_answers(
    partnership: Partnership, table: AnswersTable, mapping: AnswersMapping, forms: Forms
) -> Coming:
    """What a table would become as a wave (six SQL queries). Raises BadFile for a mapping that does not fit."""
    laid = lay_out(table, mapping, forms)
    wanted = [mapping.wave.area, mapping.wave.reference]
    alike = Area.objects.filter(is_demonstration=partnership.is_demonstration)
    areas = {area.slug: area for area in alike.filter(slug__in=[slug for slug in wanted if slug])}
    other = _beside(partnership, mapping.wave)
    odd = (
        *_odd_wave(partnership, mapping.wave, areas),
        *laid.odd,
        *_odd_areas(mapping.wave, laid),
        *odd_strata(mapping, laid.answers),
        *(odd_beside(_own(mapping, forms, laid), other) if other else ()),
    )
    return Coming(table.name, mapping, forms, laid.answers, odd, areas, other.name if other else "")


def _odd_wave(partnership: Partnership, facts: WaveFacts, areas: Mapping[str, Area]) -> Iterator[Odd]:
    """What is wrong with the wave as it is told."""
    lost = [slug for slug in (facts.area, facts.reference) if slug and slug not in areas]
    if lost:
        told = _("Områderne %(names)s kendes ikke. Brug deres adresser i Kvarter.") % {"names": ", ".join(lost)}
        yield Odd("unknown-area", Weight.STOP, told)
    if facts.closes < facts.opens:
        yield Odd("bad-days", Weight.STOP, _("Undersøgelsen lukker, før den åbner. Ret dagene."))
    if facts.reference == facts.area:
        yield Odd("same-area", Weight.STOP, _("Området kan ikke sammenlignes med sig selv."))
    taken = Wave.objects.filter(partnership=partnership).filter(
        Q(slug=facts.slug) | Q(reference_on=facts.reference_on, area__slug=facts.area)
    )
    for one in taken:
        told = _("Undersøgelsen “%(name)s” har samme adresse, eller dens tal gælder samme dag. Vælg en anden.")
        yield Odd("wave-there", Weight.STOP, told % {"name": one})
    versions = AreaVersion.objects.filter(area__slug__in=areas).select_related("area")
    held = {version.area.slug for version in versions if version.holds_on(facts.reference_on)}
    for slug in sorted(areas.keys() - held):
        told = _("%(area)s har ingen udgave, der gælder den %(day)s. Tilføj den under Områder, før tallene laves.")
        yield Odd("no-version", Weight.NOTE, told % {"area": areas[slug], "day": facts.reference_on})


def _odd_areas(facts: WaveFacts, laid: Laid) -> Iterator[Odd]:
    known = {facts.area, facts.reference} - {""}
    met = Counter(answer.whose.area for answer in laid.answers)
    if lost := sorted(met.keys() - known - {""}):
        told = _("Filen har svar fra %(names)s, som hverken er undersøgelsens område eller det, der sammenlignes med.")
        yield Odd("other-area", Weight.STOP, told % {"names": ", ".join(lost[:20])})
    if not met[facts.area]:
        told = _("Ingen i filen bor i det område, undersøgelsen handler om. Se kolonnen med område.")
        yield Odd("nobody-there", Weight.STOP, told)
    if facts.reference and not met[facts.reference]:
        told = _("Ingen i filen bor i det område, der sammenlignes med.")
        yield Odd("nobody-beside", Weight.NOTE, told)


def _own(mapping: AnswersMapping, forms: Forms, laid: Laid) -> Round:
    facts = mapping.wave
    modes = Counter(answer.whose.mode for answer in laid.answers)
    days = facts.reference_on, facts.opens, facts.closes
    return Round(facts.name, *days, facts.area, facts.reference, forms, modes)


def _beside(partnership: Partnership, facts: WaveFacts) -> Round | None:
    """The answered wave before this one, or else the next after it."""
    rows = Wave.objects.filter(partnership=partnership, state__in=ANSWERED).select_related(
        "partnership", "area", "reference", "questionnaire", "youth"
    )
    waves = sorted(rows, key=lambda wave: wave.reference_on)
    before = [wave for wave in waves if wave.reference_on < facts.reference_on]
    found = before[-1] if before else next(iter(waves), None)
    if found is None:
        return None
    answered = Response.objects.filter(wave=found.key, finished=True, kind=Response.Kind.SAMPLE)
    modes = dict(answered.values_list("mode").annotate(Count("pk")).order_by("mode"))
    forms = {"adults": found.questionnaire.questionnaire}
    if found.youth:
        forms["youth"] = found.youth.questionnaire
    reference = found.reference.slug if found.reference else ""
    days = found.reference_on, found.opens, found.closes
    return Round(str(found), *days, found.area.slug, reference, forms, modes)
