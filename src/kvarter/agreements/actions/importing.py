"""Taking in an agreement that was read from a file: planned first, stored whole or not at all.

The first text of an agreement becomes its first version. A later text that differs is never stored over it: it
becomes an amendment, which comes into force by a decision like any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.agreements.actions.amendments import propose_text
from kvarter.agreements.actions.duties import note_duties
from kvarter.agreements.actions.term import check_term
from kvarter.agreements.actions.versions import seal_version
from kvarter.agreements.keys import plain_letters
from kvarter.agreements.models import Agreement, AgreementVersion, Amendment, Frame, Partnership, Party, Visibility
from kvarter.agreements.queries.amendments import standpoint_of
from kvarter.agreements.queries.versions import clause_texts
from kvarter.agreements.text import AgreementText, ClauseText, RelatedAgreement
from kvarter.journal.actions import ActionError, record
from kvarter.people.actions import name_organisation
from kvarter.people.policy import Actor, require

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 60


class Outcome(StrEnum):
    """What accepting a text would do."""

    NEW_PARTNERSHIP = "new_partnership"
    NEW_AGREEMENT = "new_agreement"
    FIRST_TEXT = "first_text"
    AMENDMENT = "amendment"
    NOTHING = "nothing"


class NothingToImport(ActionError):
    """The text has no clause."""


class BadSlug(ActionError):
    """An address must be small letters, numbers and hyphens."""


class SlugTaken(ActionError):
    """Another partnership has an agreement at that address."""


@dataclass(frozen=True)
class Plan:
    """What a text means for what is stored already."""

    outcome: Outcome
    partnership: Partnership | None
    agreement: Agreement | None
    slug: str


@dataclass(frozen=True)
class Imported:
    """What accepting a text did."""

    outcome: Outcome
    partnership: Partnership
    agreement: Agreement
    version: AgreementVersion | None = None
    amendment: Amendment | None = None


def slug_of(title: str) -> str:
    """The address of an agreement with this title."""
    return slugify(plain_letters(title))[:LONGEST_SLUG].strip("-") or "aftale"


def first_day(text: AgreementText, given: date | None) -> tuple[date, str]:
    """The day an imported first version holds from, and what that rests on when the text does not say."""
    with override("da"):  # what is stored is Danish; a page shows it in the reader's language
        if given:
            return given, _("Datoen er angivet ved indlæsningen.")
        if text.in_force_from:
            return text.in_force_from, ""
        return timezone.localdate(), _("Teksten har ingen dato. Dagen er den, hvor den blev indlæst.")


def plan_import(text: AgreementText, partnership_slug: str, agreement_slug: str = "") -> Plan:
    """What `accept_import` would do, changing nothing. Raises NothingToImport, BadSlug and SlugTaken."""
    check_clauses(text)
    slug = agreement_slug or own_slug(partnership_slug, text.title)
    for address in (partnership_slug, slug):
        check_slug(address)
    partnership = Partnership.objects.filter(slug=partnership_slug).first()
    agreement = Agreement.objects.filter(slug=slug).select_related("partnership").first()
    if agreement and agreement.partnership != partnership:
        raise SlugTaken(_("Adressen /aftale/%(slug)s er optaget. Vælg en anden adresse til aftalen.") % {"slug": slug})
    return Plan(_outcome(text, partnership, agreement), partnership, agreement, slug)


def check_clauses(text: AgreementText) -> None:
    """Raise NothingToImport for a text without a clause."""
    if not text.clauses:
        raise NothingToImport(_("Teksten har ingen punkter. Se efter, om det er den rigtige fil."))


def own_slug(partnership_slug: str, title: str) -> str:
    """The address of a partnership's agreement of that title; with the partnership's own added when another
    partnership has the short one, so that no partnership can see or block what another calls its agreements.
    """
    slug = slug_of(title)
    if not Agreement.objects.filter(slug=slug).exclude(partnership__slug=partnership_slug).exists():
        return slug
    return f"{slug[: LONGEST_SLUG - 1 - len(partnership_slug)].strip('-')}-{partnership_slug}".strip("-")


def check_slug(slug: str) -> None:
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise BadSlug(
            _("“%(slug)s” kan ikke være en adresse. Brug små bogstaver, tal og bindestreg, højst 60 tegn.")
            % {"slug": slug}
        )


def _outcome(text: AgreementText, partnership: Partnership | None, agreement: Agreement | None) -> Outcome:
    if partnership is None:
        return Outcome.NEW_PARTNERSHIP
    if agreement is None:
        return Outcome.NEW_AGREEMENT
    last = agreement.versions.order_by("number").last()
    if last is None:
        return Outcome.FIRST_TEXT
    wanted = _words(text.clauses)
    if _words(clause_texts(last)) == wanted or wanted in _proposed(agreement):
        return Outcome.NOTHING
    return Outcome.AMENDMENT


def _words(clauses: Sequence[ClauseText]) -> list[tuple[str, str, str, int]]:
    """Kind, words and the place of the clause above (-1 at the top): all that a text says, whatever its keys."""
    places = {clause.key: place for place, clause in enumerate(clauses)}
    return [(c.kind, c.heading, c.text, places[c.parent] if c.parent else -1) for c in clauses]


def _proposed(agreement: Agreement) -> list[list[tuple[str, str, str, int]]]:
    """The words that each amendment under way would give the agreement."""
    waiting = agreement.amendments.filter(state__in=(Amendment.State.DRAFT, Amendment.State.PROPOSED))
    return [_words(standpoint_of(row).merged.clauses) for row in waiting.select_related("base", "agreement", "result")]


@transaction.atomic
def accept_import(
    *,
    by: Actor,
    text: AgreementText,
    partnership_slug: str,
    agreement_slug: str = "",
    partnership_name: str = "",
    in_force_from: date,
    basis: str = "",
    visibility: str = "",
    why: str = "",
) -> Imported:
    """Store what was read. Running it twice changes nothing the second time.

    visibility: who sees the agreement; left out, one that is known by name stays as it is, and a new one is public.

    Raises Refused, NothingToImport, BadSlug, SlugTaken, EndsBeforeStart; nothing is stored then.
    """
    Partnership.objects.select_for_update().filter(slug=partnership_slug).first()  # one import at a time
    plan = plan_import(text, partnership_slug, agreement_slug)
    partnership = plan.partnership or _found_partnership(by, partnership_slug, partnership_name or text.title)
    require(by, "agreement.import", partnership)
    if plan.outcome is Outcome.NOTHING and plan.agreement:
        return Imported(plan.outcome, partnership, plan.agreement)
    if plan.outcome is Outcome.AMENDMENT and plan.agreement:
        amendment = propose_text(by=by, agreement=plan.agreement, text=text, why=why or _("Indlæst fra en fil."))
        return Imported(plan.outcome, partnership, plan.agreement, amendment=amendment)
    agreement = plan.agreement or Agreement(partnership=partnership, slug=plan.slug)
    agreement.visibility = visibility or agreement.visibility
    version = _take_in(by, agreement, text, in_force_from, basis)
    record(by=by, verb="agreement.import", about=agreement, why=why, digest=version.digest)
    return Imported(plan.outcome, partnership, agreement, version=version)


def _found_partnership(by: Actor, slug: str, name: str) -> Partnership:
    require(by, "partnership.add")
    partnership = Partnership.objects.create(slug=slug, name=name)
    record(by=by, verb="partnership.add", about=partnership)
    return partnership


def _take_in(by: Actor, agreement: Agreement, text: AgreementText, day: date, basis: str) -> AgreementVersion:
    agreement.title, agreement.kind = text.title, text.kind
    agreement.starts = min(agreement.starts or day, day)
    agreement.ends = text.term_ends or agreement.ends
    check_term(day, agreement.ends)
    agreement.save()
    version = seal_version(
        agreement=agreement,
        in_force_from=day,
        basis=basis,
        title=text.title,
        subtitle=text.subtitle,
        language=text.language,
        clauses=text.clauses,
        approving_body=text.approving_body,
        term_ends=agreement.ends,
    )
    _bind_parties(agreement, text, day)
    for related in text.related:
        _place_in_family(agreement, related)
    note_duties(agreement, text, day)
    return version


def _bind_parties(agreement: Agreement, text: AgreementText, day: date) -> None:
    """The parties named, shown to whoever may see the agreement; one bound already is shown to no fewer than before."""
    bound = {
        p.organisation.name: p for p in agreement.partnership.parties.filter(left=None).select_related("organisation")
    }
    for position, found in enumerate(text.parties, 1):
        known = bound.get(found.name.strip())
        if known is None:
            organisation = name_organisation(name=found.name, kind=found.kind)
            bound[organisation.name] = Party.objects.create(
                partnership=agreement.partnership,
                organisation=organisation,
                position=position,
                joined=day,
                visibility=agreement.visibility,
            )
        elif agreement.visibility == Visibility.PUBLIC and known.visibility != Visibility.PUBLIC:
            known.visibility = Visibility.PUBLIC
            known.save(update_fields=["visibility"])


def _place_in_family(agreement: Agreement, related: RelatedAgreement) -> None:
    """The other agreement, known by name and term until its own text comes; together they frame the work."""
    slug = own_slug(agreement.partnership.slug, related.title)
    same = Q(title=related.title) | Q(slug=slug)
    other = agreement.partnership.agreements.filter(same).first() or Agreement.objects.create(
        partnership=agreement.partnership,
        slug=slug,
        title=related.title,
        kind=related.kind,
        starts=related.starts,
        ends=related.ends,
        visibility=agreement.visibility,
    )
    if other != agreement:
        Frame.objects.get_or_create(outer=agreement, inner=other)
