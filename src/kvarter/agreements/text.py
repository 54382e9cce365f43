"""The text of an agreement as plain values: what reading a file gives and what every export takes.

Nothing here touches the database. `reading/` makes an `AgreementText` from a file, `actions.py` stores one,
`queries.py` gives one back from a stored version, and `exports/` writes one out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from kvarter.people.kinds import OrganisationKind


class Kind(TextChoices):
    """What a clause is. The value is what stands in JSON, the label what a reader sees."""

    SECTION = "section", _("afsnit")
    TEXT = "text", _("tekst")
    BACKGROUND = "background", _("baggrund")
    VISION = "vision", _("vision")
    FUTURE_IMAGE = "future_image", _("fremtidsbillede")
    GOAL = "goal", _("målsætning")
    STRATEGY = "strategy", _("det betyder, at vi")
    RULE_OF_PLAY = "rule_of_play", _("spilleregel")
    THEME = "theme", _("tema")
    ORGANISATION = "organisation", _("organisering")
    TERM = "term", _("vilkår")
    OBLIGATION = "obligation", _("forpligtelse")


class AgreementKind(TextChoices):
    """Which member of the family of agreements a text is."""

    PARTNERSHIP = "partnership", _("partnerskabsaftale")
    COOPERATION = "cooperation", _("samarbejdsaftale")
    PLAN = "plan", _("plan")
    SUB_AGREEMENT = "sub_agreement", _("delaftale")


class Precision(TextChoices):
    """How exactly a due date is known: "in 2026" is a year, and is due by its last day."""

    DAY = "day", _("dag")
    MONTH = "month", _("måned")
    YEAR = "year", _("år")


class Duty(TextChoices):
    """What sort of obligation something due is."""

    TERM_END = "term_end", _("aftalens udløb")
    DIALOGUE = "dialogue", _("dialog om videreførelse")
    SURVEY = "survey", _("undersøgelse")
    STATUTORY = "statutory", _("følger af lov")
    CUSTOMARY = "customary", _("fast i årets gang")
    OTHER = "other", _("anden forpligtelse")


@dataclass(frozen=True)
class Wording:
    """A clause's words in one language. Either part may be empty, not both."""

    heading: str = ""
    text: str = ""


@dataclass(frozen=True)
class ClauseText:
    """One clause. Order is the order of the tuple it stands in; a parent always stands before its children.

    key: unique in the agreement, survives versions, usable as a URL fragment ("vision", "maal-1", "maal-1-2").
    parent: the key of the clause it belongs under (strategy under goal), or None at the top.
    translations: language code ("en") to the same clause in that language.
    """

    key: str
    kind: Kind
    heading: str = ""
    text: str = ""
    parent: str | None = None
    translations: dict[str, Wording] = field(default_factory=dict)


@dataclass(frozen=True)
class PartyFound:
    """An organisation the text names as bound by the agreement."""

    name: str
    kind: OrganisationKind


@dataclass(frozen=True)
class DutyFound:
    """Something due that the text promises.

    due: the last day it may happen; None when the text gives no year.
    every_months: 36 for "every third year"; None when it happens once.
    clause: key of the clause that says so.
    """

    duty: Duty
    title: str
    clause: str
    due: date | None = None
    precision: Precision = Precision.YEAR
    every_months: int | None = None


@dataclass(frozen=True)
class RelatedAgreement:
    """Another agreement the text names as part of the same frame ("Vores HG" 2025-2026)."""

    title: str
    kind: AgreementKind
    starts: date | None
    ends: date | None
    clause: str


@dataclass(frozen=True)
class Remark:
    """Something a person should look at before accepting, with the line of the file where it stands (from 1)."""

    message: str
    line: int | None = None


@dataclass(frozen=True)
class AgreementText:
    """An agreement as one reads it: title, clauses, and the facts its clauses state."""

    title: str
    language: str
    kind: AgreementKind
    clauses: tuple[ClauseText, ...]
    subtitle: str = ""
    parties: tuple[PartyFound, ...] = ()
    approving_body: str = ""
    in_force_from: date | None = None
    term_ends: date | None = None
    duties: tuple[DutyFound, ...] = ()
    related: tuple[RelatedAgreement, ...] = ()
    remarks: tuple[Remark, ...] = ()
    digest: str = ""

    def of_kind(self, *kinds: Kind) -> tuple[ClauseText, ...]:
        """The clauses of the given kinds, in order."""
        return tuple(clause for clause in self.clauses if clause.kind in kinds)

    def under(self, parent: str | None) -> Iterator[ClauseText]:
        """The clauses that stand directly under a clause (or at the top, for None), in order."""
        return (clause for clause in self.clauses if clause.parent == parent)
