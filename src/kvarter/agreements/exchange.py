"""The exchange format: a partnership's agreements as JSON, complete enough to build them again elsewhere.

Kept in it: the partnership and its areas, parties, agreements with every version, translation and decision,
signatures, obligations. Left out, because they are work in progress or about persons' access: amendments not yet
in force, imports under way, members, the journal.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kvarter.agreements.models import Visibility
from kvarter.agreements.text import AgreementKind, Duty, Kind, Precision
from kvarter.people.kinds import OrganisationKind

FORMAT = "kvarter-partnership-1"
_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Part(BaseModel):
    """A part of the exchange: nothing unknown is let in, nothing is guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WordingPart(Part):
    heading: str = Field("", max_length=300)
    text: str = ""


class ClausePart(Part):
    key: str = Field(pattern=_SLUG, max_length=80)
    kind: Kind
    heading: str = Field("", max_length=300)
    text: str = ""
    parent: str | None = None
    translations: dict[str, WordingPart] = {}


class VersionPart(Part):
    number: int = Field(ge=1)
    in_force_from: date
    basis: str = Field("", max_length=300)
    language: str = Field("da", max_length=10)
    title: str = Field(min_length=1, max_length=200)
    subtitle: str = Field("", max_length=300)
    titles: dict[str, WordingPart] = {}
    approving_body: str = Field("", max_length=200)
    term_ends: date | None = None
    decided_by: str = Field("", max_length=200)
    decided_on: date | None = None
    decision: str = Field("", max_length=200)
    why: str = ""
    digest: str = Field(min_length=64, max_length=64)
    clauses: list[ClausePart]


class SignaturePart(Part):
    party: int = Field(ge=0, description="Place of the party in the list of parties, from 0")
    name: str = Field(min_length=1, max_length=120)
    capacity: str = Field(max_length=120)
    signed_on: date


class AgreementPart(Part):
    slug: str = Field(pattern=_SLUG, max_length=80)
    title: str = Field(min_length=1, max_length=200)
    kind: AgreementKind
    starts: date | None = None
    ends: date | None = None
    visibility: Visibility = Visibility.PUBLIC
    frames: list[str] = []
    versions: list[VersionPart] = []
    signatures: list[SignaturePart] = []


class PartyPart(Part):
    name: str = Field(min_length=1, max_length=120)
    kind: OrganisationKind
    joined: date
    left: date | None = None
    visibility: Visibility = Visibility.PUBLIC


class ObligationPart(Part):
    agreement: str | None = None
    clause: str = Field("", max_length=80)
    duty: Duty
    title: str = Field(min_length=1, max_length=200)
    title_en: str = Field("", max_length=200)
    basis: str = Field("", max_length=300)
    due: date | None = None
    month_day: int = Field(0, ge=0, le=31)
    precision: Precision = Precision.DAY
    every_months: int | None = Field(None, ge=1, le=1200)
    responsible: int | None = Field(None, ge=0, description="Place of the party in the list of parties, from 0")
    state: Literal["open", "done", "dropped"] = "open"
    last_done: date | None = None
    remind_days: list[int] = []
    visibility: Visibility = Visibility.PUBLIC
    calendar_id: uuid.UUID
    sequence: int = 0
    changed: datetime


class AreaVersionPart(Part):
    valid_from: date
    valid_until: date | None = None
    geometry: dict[str, Any] | None = None
    source: str = Field("", max_length=200)
    geometry_source: str = Field("", max_length=200)
    geometry_source_en: str = Field("", max_length=200)
    codes: list[tuple[str, str]] = []


class AreaPart(Part):
    slug: str = Field(pattern=_SLUG, max_length=60)
    name: str = Field(min_length=1, max_length=120)
    name_en: str = Field("", max_length=120)
    reference: str | None = None
    is_demonstration: bool = False
    versions: list[AreaVersionPart] = []


class PartnershipPart(Part):
    slug: str = Field(pattern=_SLUG, max_length=60)
    name: str = Field(min_length=1, max_length=120)
    visibility: Visibility = Visibility.PUBLIC
    area: str | None = None
    is_demonstration: bool = False


class Exchange(Part):
    """The whole document. Areas stand before those compared with them."""

    format: Literal["kvarter-partnership-1"]
    areas: list[AreaPart] = []
    partnership: PartnershipPart
    parties: list[PartyPart] = []
    agreements: list[AgreementPart] = []
    obligations: list[ObligationPart] = []

    def to_json(self) -> str:
        """The document as it is written to a file: sorted as declared, two spaces, one end of line."""
        return self.model_dump_json(indent=2) + "\n"
