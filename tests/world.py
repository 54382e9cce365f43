"""A small partnership for tests: every role, and a thing of every visibility."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kvarter.agreements.actions.amendments import draft_amendment, propose_amendment, put_change
from kvarter.agreements.actions.coming_into_force import DecisionReference, bring_into_force
from kvarter.agreements.actions.duties import set_obligation
from kvarter.agreements.actions.family import add_agreement, add_partnership, change_partnership
from kvarter.agreements.actions.importing import accept_import
from kvarter.agreements.actions.members import invite_member
from kvarter.agreements.actions.reviewing import start_review
from kvarter.agreements.merging import ChangeKind, ProposedChange
from kvarter.agreements.models import (
    Agreement,
    AgreementVersion,
    Amendment,
    ImportReview,
    Obligation,
    Partnership,
    Role,
    Visibility,
)
from kvarter.agreements.text import (
    AgreementKind,
    AgreementText,
    ClauseText,
    Duty,
    DutyFound,
    Kind,
    PartyFound,
    Precision,
    Wording,
)
from kvarter.people.actions import open_account
from kvarter.people.kinds import OrganisationKind
from kvarter.people.models import Person
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import add_area

START = date(2025, 1, 1)
BODY = "Det lille partnerskab"
DECISION = DecisionReference(BODY, "møde 3, punkt 4", date(2026, 3, 1))
LATER = date(2026, 4, 1)
ROLES = (
    "visitor",
    "stranger",
    "resident",
    "party_member",
    "initiative_lead",
    "analyst",
    "secretariat",
    "administrator",
)


def small_text(title: str = "Sammen om Lilleby", *, digest: str = "") -> AgreementText:
    """An agreement of ten clauses with a goal, two strategies, themes and terms."""
    clauses = (
        ClauseText("vision", Kind.VISION, "Vision", "Lilleby er et godt sted at bo.", None, _english("A good place.")),
        ClauseText("maal", Kind.SECTION, "Målsætninger"),
        ClauseText("maal-1", Kind.GOAL, "", "Vi vil have et trygt kvarter", "maal", _english("A safe place")),
        ClauseText("maal-1-1", Kind.STRATEGY, "", "Skaber steder, hvor mennesker kan mødes", "maal-1"),
        ClauseText("maal-1-2", Kind.STRATEGY, "", "Støtter børnene i skolen", "maal-1"),
        ClauseText("effekt", Kind.OBLIGATION, "Effekten", "Vi spørger beboerne hvert tredje år."),
        ClauseText("tema-tillid", Kind.THEME, "", "Tillid", "effekt"),
        ClauseText("tema-tryghed", Kind.THEME, "", "Tryghed", "effekt"),
        ClauseText("spilleregel-1", Kind.RULE_OF_PLAY, "", "altid have beboerne med"),
        ClauseText("vilkaar-1", Kind.TERM, "", f"Aftalen løber til 2030. Ændringer godkendes af {BODY}."),
    )
    return AgreementText(
        title=title,
        subtitle="En lille aftale",
        language="da",
        kind=AgreementKind.PARTNERSHIP,
        clauses=clauses,
        parties=(
            PartyFound("Lilleby Kommune", OrganisationKind.MUNICIPALITY),
            PartyFound("Boligforeningen Birken", OrganisationKind.HOUSING),
        ),
        approving_body=BODY,
        term_ends=date(2030, 12, 31),
        duties=(
            DutyFound(Duty.TERM_END, "Aftalens løbetid slutter", "vilkaar-1", date(2030, 12, 31)),
            DutyFound(Duty.SURVEY, "Undersøgelse blandt beboerne", "effekt", None, Precision.YEAR, 36),
        ),
        digest=digest,
    )


def _english(text: str) -> dict[str, Wording]:
    return {"en": Wording("", text)}


@dataclass
class World:
    """What `build_world` made."""

    partnership: Partnership
    agreement: Agreement
    secret: Agreement
    people: dict[str, Person] = field(default_factory=dict)
    amendments: dict[str, Amendment] = field(default_factory=dict)
    obligations: dict[str, Obligation] = field(default_factory=dict)
    review: ImportReview | None = None

    @property
    def secretariat(self) -> Person:
        return self.people["secretariat"]


def build_world(*, is_demonstration: bool = False) -> World:
    """Lilleby: a public agreement and one for the parties, a draft and a proposed amendment, an import under way."""
    add_partnership(by=OPERATOR, slug="lilleby", name="Lilleby", is_demonstration=is_demonstration)
    done = accept_import(by=OPERATOR, text=small_text(), partnership_slug="lilleby", in_force_from=START)
    change_partnership(
        by=OPERATOR,
        partnership=done.partnership,
        name="Lilleby",
        visibility=Visibility.PUBLIC,
        area=add_area(by=OPERATOR, slug="lilleby", name="Lilleby", is_demonstration=is_demonstration),
    )
    secret = add_agreement(
        by=OPERATOR,
        partnership=done.partnership,
        title="Fortrolig delaftale",
        kind=AgreementKind.SUB_AGREEMENT,
        starts=START,
        ends=None,
        visibility=Visibility.PARTIES,
        framed_by=done.agreement,
    )
    world = World(done.partnership, done.agreement, secret)
    _invite_everyone(world)
    _propose(world)
    _fall_due(world)
    world.review = start_review(
        by=world.secretariat,
        partnership=world.partnership,
        filename="ny-aftale.txt",
        text=small_text("En helt ny aftale"),
    )
    return world


def _invite_everyone(world: World) -> None:
    party = world.partnership.parties.get(organisation__name="Boligforeningen Birken")
    for role in ROLES[1:]:
        email = f"{role}@lilleby.example"
        if role in Role.values:
            invite_member(
                by=OPERATOR,
                partnership=world.partnership,
                email=email,
                name=role,
                role=role,
                party=party if role == Role.PARTY_MEMBER else None,
                since=START,
            )
        world.people[role] = open_account(email=email, name=role, administrator=role == "administrator")


def change_of(key: str, text: str) -> ProposedChange:
    """Other words for a clause that has no heading."""
    return ProposedChange(ChangeKind.CHANGE, key, None, "", text)


def _propose(world: World) -> None:
    by = world.secretariat
    for name in ("draft", "proposed", "hearing"):
        made = draft_amendment(by=by, agreement=world.agreement, title=f"Forslag {name}", why="Det trænger til det")
        put_change(by=by, amendment=made, change=change_of("maal-1-2", f"Støtter alle børn ({name})"))
        world.amendments[name] = made
    propose_amendment(by=by, amendment=world.amendments["proposed"])
    propose_amendment(by=by, amendment=world.amendments["hearing"], public=True)


def _fall_due(world: World) -> None:
    birken = world.partnership.parties.get(organisation__name="Boligforeningen Birken")
    world.obligations["term"] = world.agreement.obligations.get(duty=Duty.TERM_END)
    for name, visibility in (("public", Visibility.PUBLIC), ("parties", Visibility.PARTIES)):
        world.obligations[name] = set_obligation(
            by=world.secretariat,
            obligation=Obligation(
                partnership=world.partnership,
                title=f"Møde ({name})",
                due=date(2026, 6, 1),
                visibility=visibility,
                responsible=birken,
            ),
        )


def propose(world: World, *changes: ProposedChange, title: str = "Et forslag") -> Amendment:
    """A proposed amendment of Lilleby's agreement."""
    made = draft_amendment(by=world.secretariat, agreement=world.agreement, title=title, why="Fordi det er bedre")
    for change in changes:
        put_change(by=world.secretariat, amendment=made, change=change)
    return propose_amendment(by=world.secretariat, amendment=made)


def decide(world: World, amendment: Amendment, day: date = LATER) -> AgreementVersion:
    return bring_into_force(by=world.secretariat, amendment=amendment, decision=DECISION, in_force_from=day)
