"""Gathering the exchange document: only what the one who asks may see."""

from __future__ import annotations

from kvarter.agreements.exchange import (
    FORMAT,
    AgreementPart,
    AreaPart,
    AreaVersionPart,
    ClausePart,
    Exchange,
    ObligationPart,
    PartnershipPart,
    PartyPart,
    SignaturePart,
    VersionPart,
    WordingPart,
)
from kvarter.agreements.models import Agreement, AgreementVersion, Obligation, Partnership, Party, Signature
from kvarter.agreements.queries.pages import family_of, obligations_of, parties_of, signatures_of
from kvarter.agreements.queries.versions import texts_of_versions, titles_of
from kvarter.agreements.text import ClauseText, Wording
from kvarter.people.policy import Actor, can
from kvarter.places.models import Area


def exchange_of(person: Actor, partnership: Partnership, only: Agreement | None = None) -> Exchange:
    """A partnership, or one agreement of it, as far as someone may see it.

    The number of SQL queries grows with the number of agreements and versions, not with their length.
    """
    parties = parties_of(person, partnership)
    family = [a for a in family_of(person, partnership) if only is None or a.pk == only.pk]
    shown = {a.pk for a in family}
    due = [o for o in obligations_of(person, partnership).order_by("id") if only is None or o.agreement_id in shown]
    return Exchange(
        format=FORMAT,
        areas=_areas(partnership.area),
        partnership=PartnershipPart(
            slug=partnership.slug,
            name=partnership.name,
            visibility=partnership.visibility,
            area=partnership.area.slug if partnership.area else None,
            is_demonstration=partnership.is_demonstration,
        ),
        parties=[_party(p) for p in parties],
        agreements=[_agreement(person, a, shown, parties) for a in family],
        obligations=[_obligation(o, parties) for o in due],
    )


def _areas(area: Area | None) -> list[AreaPart]:
    """The area and what it is compared with, the yardstick first."""
    if area is None:
        return []
    versions = [
        AreaVersionPart(
            valid_from=version.valid_from,
            valid_until=version.valid_until,
            geometry=version.geometry,
            source=version.source,
            geometry_source=version.geometry_source,
            geometry_source_en=version.geometry_source_en,
            codes=[(code.scheme, code.code) for code in version.codes.all()],
        )
        for version in area.versions.prefetch_related("codes")
    ]
    reference = area.reference.slug if area.reference else None
    facts = {name: getattr(area, name) for name in ("slug", "name", "name_en", "is_demonstration")}
    own = AreaPart(reference=reference, versions=versions, **facts)
    return [*_areas(area.reference), own]


def _party(party: Party) -> PartyPart:
    organisation = party.organisation
    days = {"joined": party.joined, "left": party.left}
    return PartyPart(name=organisation.name, kind=organisation.kind, visibility=party.visibility, **days)


def _agreement(person: Actor, agreement: Agreement, shown: set[int], parties: list[Party]) -> AgreementPart:
    texts = texts_of_versions(agreement)
    named = can(person, "names.read", agreement)
    return AgreementPart(
        slug=agreement.slug,
        title=agreement.title,
        kind=agreement.kind,
        starts=agreement.starts,
        ends=agreement.ends,
        visibility=agreement.visibility,
        frames=[other.slug for other in agreement.frames.all() if other.pk in shown],
        versions=[_version(v, texts[v.number]) for v in agreement.versions.all()],
        signatures=[_signature(s, parties) for s in signatures_of(person, agreement)] if named else [],
    )


def _signature(signature: Signature, parties: list[Party]) -> SignaturePart:
    return SignaturePart(
        party=[party.pk for party in parties].index(signature.party_id),
        name=signature.name,
        capacity=signature.capacity,
        signed_on=signature.signed_on,
    )


def _version(version: AgreementVersion, clauses: tuple[ClauseText, ...]) -> VersionPart:
    return VersionPart(
        **{name: getattr(version, name) for name in VersionPart.model_fields if name not in {"titles", "clauses"}},
        titles={language: _words(words) for language, words in titles_of(version).items()},
        clauses=[_clause(clause) for clause in clauses],
    )


def _clause(clause: ClauseText) -> ClausePart:
    translations = {language: _words(words) for language, words in sorted(clause.translations.items())}
    return ClausePart(
        key=clause.key,
        kind=clause.kind,
        heading=clause.heading,
        text=clause.text,
        parent=clause.parent,
        translations=translations,
    )


def _words(words: Wording) -> WordingPart:
    return WordingPart(heading=words.heading, text=words.text)


def _obligation(row: Obligation, parties: list[Party]) -> ObligationPart:
    own = {
        name: getattr(row, name)
        for name in ObligationPart.model_fields
        if name not in {"agreement", "clause", "responsible"}
    }
    places = {party.pk: place for place, party in enumerate(parties)}
    return ObligationPart(
        **own,
        agreement=row.agreement.slug if row.agreement else None,
        clause=row.clause_key,
        responsible=places.get(row.responsible_id) if row.responsible_id else None,
    )
