"""What each page of the agreement room shows: found through the policy, so an unseen thing is a missing one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from kvarter.agreements.comparing import ClauseChange, compare_versions
from kvarter.agreements.models import (
    Agreement,
    AgreementVersion,
    Amendment,
    Clause,
    ClauseWording,
    ImportReview,
    Membership,
    Obligation,
    Partnership,
    Party,
    Signature,
)
from kvarter.agreements.queries.versions import Reading, in_force_on, read_version, texts_of_versions, with_term
from kvarter.agreements.searching import holding, stem_words
from kvarter.agreements.text import ClauseText
from kvarter.people.policy import Actor, visible
from kvarter.people.sorting import danish


def _one(rows: QuerySet[Any], **wanted: Any) -> Any:
    """The one row, or a 404 that says nothing about whether it exists unseen."""
    found = rows.filter(**wanted).first()
    if found is None:
        raise Http404
    return found


def partnership_for(person: Actor, slug: str) -> Partnership:
    """A partnership by address, or 404."""
    found: Partnership = _one(visible(person, Partnership.objects.select_related("area__reference")), slug=slug)
    return found


def agreement_for(person: Actor, slug: str) -> Agreement:
    """An agreement by address, with its partnership, or 404."""
    found: Agreement = _one(visible(person, Agreement.objects.select_related("partnership__area")), slug=slug)
    return found


def version_for(person: Actor, slug: str, *, day: date | None = None, number: int | None = None) -> AgreementVersion:
    """The version of a number, or in force on a day, or 404 (two SQL queries)."""
    agreement = agreement_for(person, slug)
    version = (
        agreement.versions.filter(number=number).first()
        if number is not None
        else in_force_on(agreement, day or date.max)
    )
    if version is None:
        raise Http404
    version.agreement = agreement
    return version


def amendment_for(person: Actor, pk: int) -> Amendment:
    """An amendment with what it changes, or 404."""
    rows = Amendment.objects.select_related("agreement__partnership", "base", "author", "result")
    found: Amendment = _one(visible(person, rows), pk=pk)
    return found


def review_for(person: Actor, pk: int) -> ImportReview:
    """An import under way, or 404."""
    found: ImportReview = _one(visible(person, ImportReview.objects.select_related("partnership")), pk=pk)
    return found


def obligation_for(person: Actor, pk: int, partnership: Partnership) -> Obligation:
    """An obligation of a partnership, or 404."""
    rows = Obligation.objects.select_related("partnership", "agreement", "responsible__organisation")
    found: Obligation = _one(visible(person, rows), pk=pk, partnership=partnership)
    return found


def obligations_of(person: Actor, partnership: Partnership) -> QuerySet[Obligation]:
    """A partnership's obligations with the end of their agreement, those due first in front (one SQL query)."""
    rows = Obligation.objects.select_related("partnership", "agreement", "responsible__organisation")
    return visible(person, with_term(rows.filter(partnership=partnership), timezone.localdate(), "agreement__"))


def next_obligations(person: Actor, partnership: Partnership, most: int = 5) -> list[Obligation]:
    """The open ones due next, overdue ones first (one SQL query)."""
    return list(obligations_of(person, partnership).filter(state=Obligation.State.OPEN)[:most])


def parties_of(person: Actor, partnership: Partnership, day: date | None = None) -> list[Party]:
    """The parties in the order the agreement names them, or only those bound on a day (one SQL query)."""
    rows = Party.objects.filter(partnership=partnership).select_related("organisation")
    if day is not None:
        rows = rows.filter(joined__lte=day).filter(Q(left=None) | Q(left__gt=day))
    return list(visible(person, rows))


def signatures_of(person: Actor, agreement: Agreement) -> list[Signature]:
    """Who signed for whom (one SQL query)."""
    rows = Signature.objects.filter(agreement=agreement).select_related("party__organisation", "party__partnership")
    return list(visible(person, rows))


def agreements_of(person: Actor, partnership: Partnership) -> QuerySet[Agreement]:
    """A partnership's agreements with when each ends as things stand today (one SQL query)."""
    rows = with_term(Agreement.objects.filter(partnership=partnership), timezone.localdate())
    return visible(person, rows)


def family_of(person: Actor, partnership: Partnership) -> list[Agreement]:
    """A partnership's agreements with what frames what, and their versions (three SQL queries)."""
    rows = agreements_of(person, partnership).select_related("partnership")
    frames = Prefetch("frames", queryset=visible(person, Agreement.objects.all()))
    return list(rows.prefetch_related(frames, "versions"))


@dataclass(frozen=True)
class ClauseMoment:
    """A clause as one version had it, beside the version that brought it."""

    version: AgreementVersion
    change: ClauseChange


def history_of(agreement: Agreement, key: str) -> list[ClauseMoment]:
    """Each version in which a clause came, changed, moved or went, oldest first (three SQL queries in all)."""
    texts = texts_of_versions(agreement)
    moments: list[ClauseMoment] = []
    before: tuple[ClauseText, ...] = ()
    for version in agreement.versions.order_by("number"):
        now = texts.get(version.number, ())
        moments += [
            ClauseMoment(version, change)
            for change in compare_versions(before, now)
            if change.key == key and change.state != "unchanged"
        ]
        before = now
    return moments


@dataclass(frozen=True)
class Hit:
    """A clause that holds the words looked for."""

    agreement: Agreement
    version: AgreementVersion
    clause: Clause
    heading: str
    text: str
    language: str


def search_clauses(
    person: Actor, partnership: Partnership, question: str, language: str, today: date, most: int = 50
) -> list[Hit]:
    """The clauses in force that hold every word of the question, in either language (three SQL queries)."""
    if not stem_words(question, language):
        return []
    current = _versions_in_force(person, partnership, today)
    rows = visible(person, Clause.objects.filter(version__in=current)).select_related("version__agreement")
    own = {c.pk: c for c in rows.filter(_in_own_language(question))[:most]}
    words = ClauseWording.objects.filter(clause__in=rows.values("pk"), language=language)
    other = words.filter(holding(question, language)).select_related("clause__version__agreement")[:most]
    found = {w.clause_id: _hit(w.clause, w.heading, w.text, w.language) for w in other}
    for pk, clause in own.items():
        found.setdefault(pk, _hit(clause, clause.heading, clause.text, clause.version.language))
    return sorted(found.values(), key=lambda hit: (hit.agreement.pk, hit.clause.position))[:most]


def _in_own_language(question: str) -> Q:
    return Q(version__language="da") & holding(question, "da") | Q(version__language="en") & holding(question, "en")


def _hit(clause: Clause, heading: str, text: str, language: str) -> Hit:
    return Hit(clause.version.agreement, clause.version, clause, heading, text, language)


def _versions_in_force(person: Actor, partnership: Partnership, today: date) -> list[int]:
    """Ids of the version in force of each agreement (one SQL query)."""
    rows = AgreementVersion.objects.filter(agreement__partnership=partnership, in_force_from__lte=today)
    newest: dict[int, int] = {}
    for agreement, pk in visible(person, rows).order_by("number").values_list("agreement_id", "pk"):
        newest[agreement] = pk
    return list(newest.values())


@dataclass(frozen=True)
class PartnershipFront:
    """What the front page of a partnership shows."""

    partnership: Partnership
    agreement: Agreement | None
    reading: Reading | None
    obligations: list[Obligation]
    parties: list[Party]
    family: list[Agreement]


def main_agreement(person: Actor, partnership: Partnership, today: date) -> AgreementVersion | None:
    """The version in force of the partnership agreement: the oldest of that kind with words (one SQL query)."""
    rows = AgreementVersion.objects.filter(agreement__partnership=partnership, in_force_from__lte=today)
    rows = rows.select_related("agreement__partnership")
    found = list(visible(person, rows).order_by("agreement_id", "number"))
    ranked = [v for v in found if v.agreement.kind == "partnership"] or found
    return [v for v in ranked if v.agreement_id == ranked[0].agreement_id][-1] if ranked else None


def front_of(person: Actor, partnership: Partnership, language: str, today: date) -> PartnershipFront:
    """The front page (at most seven SQL queries whatever the size)."""
    version = main_agreement(person, partnership, today)
    return PartnershipFront(
        partnership=partnership,
        agreement=version.agreement if version else None,
        reading=read_version(version, language) if version else None,
        obligations=next_obligations(person, partnership),
        parties=parties_of(person, partnership, today),
        family=list(agreements_of(person, partnership)),
    )


def has_clause(agreement: Agreement, key: str) -> bool:
    """Whether any version of the agreement has a clause of that key (one SQL query)."""
    return Clause.objects.filter(version__agreement=agreement, key=key).exists()


def signatures_in(person: Actor, partnership: Partnership) -> list[Signature]:
    """Every signature in a partnership (one SQL query)."""
    rows = Signature.objects.filter(agreement__partnership=partnership)
    return list(visible(person, rows.select_related("agreement", "party__organisation")))


def members_of(person: Actor, partnership: Partnership) -> list[Membership]:
    """Who has or had a role, by name the Danish way (one SQL query)."""
    rows = Membership.objects.filter(partnership=partnership).select_related("person", "party__organisation")
    return list(visible(person, rows).order_by(F("until").asc(nulls_first=True), danish("person__name"), "pk"))


def reviews_of(person: Actor, partnership: Partnership) -> list[ImportReview]:
    """Imports under way in a partnership (one SQL query)."""
    return list(visible(person, ImportReview.objects.filter(partnership=partnership).select_related("partnership")))


def keys_ever_used(agreement: Agreement) -> set[str]:
    """Every key a clause of the agreement has had: none is given twice (one SQL query)."""
    return set(Clause.objects.filter(version__agreement=agreement).values_list("key", flat=True))
