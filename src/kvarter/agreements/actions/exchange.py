"""Building a partnership from the exchange format: whole, or not at all."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from kvarter.agreements.actions.versions import digest_of, seal_version
from kvarter.agreements.exchange import (
    AgreementPart,
    AreaPart,
    Exchange,
    ObligationPart,
    SignaturePart,
    VersionPart,
    WordingPart,
)
from kvarter.agreements.models import Agreement, Frame, Obligation, Partnership, Party, Signature
from kvarter.agreements.queries.exchange import exchange_of
from kvarter.agreements.text import ClauseText, Wording
from kvarter.journal.actions import ActionError, record
from kvarter.people.actions import name_organisation
from kvarter.people.policy import OPERATOR, Actor, require
from kvarter.places.actions import refuse_mixing
from kvarter.places.geometry import check_boundary
from kvarter.places.models import Area, AreaCode, AreaVersion

T = TypeVar("T")


class BadExchange(ActionError):
    """The file is not the exchange format, or says something that cannot be."""


class AlreadyHere(ActionError):
    """The partnership exists and is not the same: nothing is mixed together."""


def read_exchange(data: bytes) -> Exchange:
    """The document in a file. Raises BadExchange naming the place of what is wrong."""
    try:
        return Exchange.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or _("filen")
        raise BadExchange(
            _("Filen kan ikke indlæses: %(where)s: %(what)s. Brug en fil, som Kvarter selv har eksporteret.")
            % {"where": where, "what": first["msg"]}
        ) from error


def import_exchange(*, by: Actor, document: Exchange, why: str = "") -> tuple[Partnership, bool]:
    """Build the partnership; False when the very same is here already.

    Raises BadExchange and AlreadyHere; nothing is stored then.
    """
    try:
        return _import_whole(by, document, why)
    except IntegrityError as error:
        raise BadExchange(
            _("Noget i filen står to gange eller er her i forvejen: %(what)s") % {"what": error}
        ) from error


@transaction.atomic
def _import_whole(by: Actor, document: Exchange, why: str) -> tuple[Partnership, bool]:
    require(by, "partnership.add")
    slug = document.partnership.slug
    here = Partnership.objects.filter(slug=slug).first()
    if here is not None:
        if exchange_of(OPERATOR, here) == document:
            return here, False
        raise AlreadyHere(
            _("Partnerskabet %(slug)s findes i forvejen med et andet indhold. Der er ikke ændret noget.")
            % {"slug": slug}
        )
    areas = _build_areas(document.areas)
    facts = document.partnership
    partnership = Partnership.objects.create(
        slug=slug,
        name=facts.name,
        visibility=facts.visibility,
        area=_named(areas, facts.area, "area") if facts.area else None,
        is_demonstration=facts.is_demonstration,
    )
    refuse_mixing(partnership.is_demonstration, partnership.area)
    parties = _build_parties(partnership, document)
    agreements = {part.slug: _build_agreement(partnership, part, parties) for part in document.agreements}
    for part in document.agreements:
        for inner in part.frames:
            Frame.objects.create(outer=agreements[part.slug], inner=_named(agreements, inner, "frames"))
    for number, due in enumerate(document.obligations):
        _build_obligation(partnership, due, agreements, parties, f"obligations.{number}")
    record(by=by, verb="partnership.import", about=partnership, why=why)
    return partnership, True


def _named(known: dict[str, T], name: str, where: str) -> T:
    if name not in known:
        raise BadExchange(_("%(where)s: “%(name)s” står ikke i filen.") % {"where": where, "name": name})
    return known[name]


def _build_areas(parts: list[AreaPart]) -> dict[str, Area]:
    areas: dict[str, Area] = {}
    for part in parts:
        reference = _named(areas, part.reference, f"areas.{part.slug}") if part.reference else None
        facts = {"name": part.name, "is_demonstration": part.is_demonstration, "reference": reference}
        area, new = Area.objects.get_or_create(slug=part.slug, defaults=facts | {"name_en": part.name_en})
        if any(getattr(area, name) != value for name, value in facts.items()):
            raise AlreadyHere(_("Området %(slug)s findes i forvejen med et andet indhold.") % {"slug": part.slug})
        if new:
            _draw(area, part)
        areas[part.slug] = area
    return areas


def _draw(area: Area, part: AreaPart) -> None:
    for version in part.versions:
        if version.geometry is not None:
            check_boundary(version.geometry)
        codes = tuple(version.codes)
        made = AreaVersion.objects.create(area=area, **version.model_dump(exclude={"codes"}))
        AreaCode.objects.bulk_create(AreaCode(version=made, scheme=scheme, code=code) for scheme, code in codes)


def _build_parties(partnership: Partnership, document: Exchange) -> list[Party]:
    bound: set[str] = set()
    for number, part in enumerate(document.parties):
        _check_days(part.joined, part.left, f"parties.{number}")
        if part.left is None and part.name.strip() in bound:
            raise BadExchange(
                _("%(where)s: %(name)s står to gange som part.") % {"where": f"parties.{number}", "name": part.name}
            )
        bound |= {part.name.strip()} if part.left is None else set()
    return [
        Party.objects.create(
            partnership=partnership,
            organisation=name_organisation(name=part.name, kind=part.kind),
            position=position,
            joined=part.joined,
            left=part.left,
            visibility=part.visibility,
        )
        for position, part in enumerate(document.parties, 1)
    ]


def _check_days(first: date | None, last: date | None, where: str) -> None:
    if first and last and last < first:
        raise BadExchange(
            _("%(where)s: %(last)s ligger før %(first)s.") % {"where": where, "first": first, "last": last}
        )


def _build_agreement(partnership: Partnership, part: AgreementPart, parties: list[Party]) -> Agreement:
    if Agreement.objects.filter(slug=part.slug).exists():
        raise AlreadyHere(_("Aftalen %(slug)s findes i forvejen i et andet partnerskab.") % {"slug": part.slug})
    _check_days(part.starts, part.ends, part.slug)
    agreement = Agreement.objects.create(
        partnership=partnership, **part.model_dump(exclude={"frames", "versions", "signatures"})
    )
    for version in part.versions:
        _build_version(agreement, version)
    for number, signature in enumerate(part.signatures):
        _build_signature(agreement, signature, parties, f"{part.slug}.signatures.{number}")
    return agreement


def _build_version(agreement: Agreement, part: VersionPart) -> None:
    clauses = tuple(
        ClauseText(c.key, c.kind, c.heading, c.text, c.parent, _wordings(c.translations)) for c in part.clauses
    )
    where = f"{agreement.slug}.versions.{part.number}"
    _check_clauses(clauses, where)
    if digest_of(part.title, part.subtitle, clauses) != part.digest:
        raise BadExchange(_("%(where)s: teksten svarer ikke til sit aftryk; filen er ændret.") % {"where": where})
    facts = part.model_dump(exclude={"number", "titles", "clauses", "digest"})
    version = seal_version(agreement=agreement, clauses=clauses, titles=_wordings(part.titles), **facts)
    if version.number != part.number:
        raise BadExchange(_("%(where)s: udgaverne skal stå i rækkefølge fra 1.") % {"where": where})


def _check_clauses(clauses: tuple[ClauseText, ...], where: str) -> None:
    seen: set[str] = set()
    for clause in clauses:
        if clause.key in seen or (clause.parent and clause.parent not in seen):
            raise BadExchange(
                _("%(where)s: punktet %(key)s står to gange eller før det, det hører under.")
                % {"where": where, "key": clause.key}
            )
        if not clause.heading and not clause.text:
            raise BadExchange(_("%(where)s: punktet %(key)s er tomt.") % {"where": where, "key": clause.key})
        seen.add(clause.key)


def _wordings(parts: dict[str, WordingPart]) -> dict[str, Wording]:
    return {language: Wording(part.heading, part.text) for language, part in parts.items()}


def _build_signature(agreement: Agreement, part: SignaturePart, parties: list[Party], where: str) -> None:
    if part.party >= len(parties):
        raise BadExchange(_("%(where)s: parten står ikke i filen.") % {"where": where})
    _signature, new = Signature.objects.get_or_create(
        agreement=agreement,
        party=parties[part.party],
        name=part.name,
        defaults=part.model_dump(exclude={"party", "name"}),
    )
    if not new:
        raise BadExchange(_("%(where)s: %(name)s står to gange.") % {"where": where, "name": part.name})


def _build_obligation(
    partnership: Partnership, part: ObligationPart, agreements: dict[str, Agreement], parties: list[Party], where: str
) -> None:
    if part.responsible is not None and part.responsible >= len(parties):
        raise BadExchange(_("%(where)s: den ansvarlige part står ikke i filen.") % {"where": where})
    Obligation.objects.create(
        partnership=partnership,
        agreement=_named(agreements, part.agreement, where) if part.agreement else None,
        clause_key=part.clause,
        responsible=parties[part.responsible] if part.responsible is not None else None,
        **part.model_dump(exclude={"agreement", "clause", "responsible"}),
    )
