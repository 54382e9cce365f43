"""The only way a new version comes: an amendment, and a decision of the body the agreement names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.agreements.actions.amendments import changes_between, locked_amendment, place_among, store_changes
from kvarter.agreements.actions.duties import move_term
from kvarter.agreements.actions.term import check_term
from kvarter.agreements.actions.versions import seal_version
from kvarter.agreements.comparing import moved_keys
from kvarter.agreements.merging import (
    ChangeKind,
    Conflict,
    ImpossibleChange,
    Place,
    ProposedChange,
    apply_changes,
)
from kvarter.agreements.models import Agreement, AgreementVersion, Amendment
from kvarter.agreements.queries.amendments import Standpoint, standpoint_of
from kvarter.agreements.queries.versions import latest, titles_of
from kvarter.agreements.text import ClauseText
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require


class DecisionMissing(ActionError):
    """The agreement changes only by a decision, and none was given."""


class WrongBody(ActionError):
    """The decision was not made by the body that the agreement names."""


class NoBody(ActionError):
    """The agreement does not say who approves changes."""


class WrongDay(ActionError):
    """A version cannot hold from before the one it replaces, nor be decided in the future."""


class Conflicts(ActionError):
    """Another amendment touched the same clauses; the proposal must be rebased first."""

    def __init__(self, conflicts: tuple[Conflict, ...]) -> None:
        keys = ", ".join(conflict.key for conflict in conflicts)
        super().__init__(
            _("Andre har i mellemtiden ændret de samme punkter: %(keys)s. Flet forslaget med den nye udgave først.")
            % {"keys": keys}
        )
        self.conflicts = conflicts


class NewerVersion(ActionError):
    """The answers were given before yet another version came."""


class Unresolved(ActionError):
    """A conflict was left without an answer."""


@dataclass(frozen=True)
class DecisionReference:
    """Which body decided, when, and where it stands (meeting and item)."""

    body: str
    reference: str
    decided_on: date | None


@dataclass(frozen=True)
class Answer:
    """What a clause in conflict shall be (None: not there), and whether it goes where the proposal moved it."""

    clause: ClauseText | None
    as_proposed: bool = True


@transaction.atomic
def bring_into_force(
    *, by: Actor, amendment: Amendment, decision: DecisionReference | None, in_force_from: date
) -> AgreementVersion:
    """Make the amendment a new version, merged with what came into force since it was written.

    Raises Refused, NotWaiting, DecisionMissing, NoBody, WrongBody, WrongDay, EndsBeforeStart, Conflicts; nothing is
    changed then.
    """
    require(by, "amendment.bring_into_force", amendment)
    agreement = Agreement.objects.select_for_update().get(pk=amendment.agreement_id)
    row = locked_amendment(amendment, Amendment.State.PROPOSED)
    newest = latest(agreement)
    assert newest is not None, "an amendment has a version to change"
    valid = _check_decision(newest, decision)
    _check_day(newest, valid, in_force_from)
    check_term(in_force_from, row.ends or newest.term_ends)
    standpoint = standpoint_of(row)
    if standpoint.merged.conflicts:
        raise Conflicts(tuple(standpoint.merged.conflicts))
    version = _seal(agreement, row, newest, standpoint, valid, in_force_from)
    row.state, row.result = Amendment.State.IN_FORCE, version
    row.save()
    if version.term_ends and version.term_ends != newest.term_ends:
        move_term(agreement, version.term_ends)
    record(by=by, verb="amendment.bring_into_force", about=row, why=row.why, decision=valid.reference, body=valid.body)
    return version


def _check_decision(newest: AgreementVersion, decision: DecisionReference | None) -> DecisionReference:
    body = newest.approving_body
    if decision is None or not decision.reference.strip() or decision.decided_on is None:
        raise DecisionMissing(
            _("Aftalen kan kun ændres ved en beslutning. Skriv, hvornår og hvor %(body)s besluttede det.")
            % {"body": body or _("det rette forum")}
        )
    if not body:
        raise NoBody(_("Aftalen siger ikke, hvem der godkender ændringer. Parterne må aftale det først."))
    if decision.body.strip().casefold() != body.casefold():
        raise WrongBody(
            _("Ændringer skal godkendes af %(body)s, ikke af %(other)s.")
            % {"body": body, "other": decision.body or _("ingen")}
        )
    return decision


def _check_day(newest: AgreementVersion, decision: DecisionReference, in_force_from: date) -> None:
    if decision.decided_on is None or decision.decided_on > timezone.localdate():
        raise WrongDay(_("Beslutningen kan ikke ligge ude i fremtiden."))
    if newest.agreement.starts and decision.decided_on < newest.agreement.starts:
        raise WrongDay(_("Beslutningen kan ikke være ældre end aftalen."))
    if in_force_from < newest.in_force_from:
        raise WrongDay(
            _("Udgaven kan ikke gælde fra en dag før den, den afløser (%(day)s).") % {"day": newest.in_force_from}
        )


def _seal(
    agreement: Agreement,
    amendment: Amendment,
    newest: AgreementVersion,
    standpoint: Standpoint,
    decision: DecisionReference,
    in_force_from: date,
) -> AgreementVersion:
    return seal_version(
        agreement=agreement,
        in_force_from=in_force_from,
        title=newest.title,
        subtitle=newest.subtitle,
        titles=titles_of(newest),
        language=newest.language,
        clauses=standpoint.merged.clauses,
        approving_body=amendment.approving_body or newest.approving_body,
        term_ends=amendment.ends or newest.term_ends,
        decided_by=newest.approving_body,
        decided_on=decision.decided_on,
        decision=decision.reference.strip(),
        why=amendment.why,
    )


@transaction.atomic
def rebase_amendment(*, by: Actor, amendment: Amendment, onto: int, answers: Mapping[str, Answer]) -> Amendment:
    """Lay an amendment on the newest version, whose number is `onto`, with an answer for each clause in conflict.

    Raises NewerVersion when the answers were given to an older one, Unresolved naming a clause without an answer.
    """
    require(by, "amendment.edit", amendment)
    Agreement.objects.select_for_update().get(pk=amendment.agreement_id)
    row = locked_amendment(amendment, Amendment.State.DRAFT, Amendment.State.PROPOSED)
    standpoint = standpoint_of(row)
    newest = latest(row.agreement)
    assert newest is not None, "an amendment has a version to change"
    if newest.number != onto:
        raise NewerVersion(_("Der er kommet endnu en udgave. Se punkterne igennem igen."))
    changes = _settled(standpoint, answers)
    row.base = newest
    row.save(update_fields=["base"])
    store_changes(row, changes)
    record(by=by, verb="amendment.rebase", about=row, answered=sorted(answers))
    return row


def _settled(standpoint: Standpoint, answers: Mapping[str, Answer]) -> list[ProposedChange]:
    """What the amendment does to the newest version, each conflict answered.

    The answers are laid in the merged text one by one, in the order the proposal has the clauses, so that each finds
    those before it in place; what is taken out goes last, from the end.
    """
    for conflict in standpoint.merged.conflicts:
        if conflict.key not in answers:
            raise Unresolved(_("Vælg, hvad der skal stå i punktet %(key)s.") % {"key": conflict.key})
    wish = apply_changes(standpoint.base, standpoint.changes)
    order = {clause.key: place for place, clause in enumerate(wish)}
    keys = sorted((c.key for c in standpoint.merged.conflicts), key=lambda key: order.get(key, len(order)))
    gone = [key for key in keys if answers[key].clause is None]
    text = standpoint.merged.clauses
    try:
        for key in [*(key for key in keys if key not in gone), *reversed(gone)]:
            text = apply_changes(text, _answered(key, answers[key], text, wish, standpoint))
    except ImpossibleChange as error:
        raise Unresolved(str(error)) from error
    return changes_between(standpoint.current, text, with_translations=True)


def _answered(
    key: str, answer: Answer, text: Sequence[ClauseText], wish: Sequence[ClauseText], standpoint: Standpoint
) -> list[ProposedChange]:
    """The change that gives a clause in conflict its answer in the text so far: none when it stands so already."""
    now = next((clause for clause in text if clause.key == key), None)
    clause = answer.clause
    if clause is None:
        return [ProposedChange(ChangeKind.REMOVE, key)] if now else []
    moved = now is None or (answer.as_proposed and key in moved_keys(standpoint.base, wish))
    if now == clause and not moved:
        return []
    change = ChangeKind.CHANGE if now else ChangeKind.ADD
    place = _place_in(clause, wish if any(c.key == key for c in wish) else standpoint.base, text) if moved else None
    return [ProposedChange(change, key, clause.kind, clause.heading, clause.text, place, clause.translations)]


def _place_in(clause: ClauseText, wanted: Sequence[ClauseText], text: Sequence[ClauseText]) -> Place:
    """Where the proposal has a clause: after the nearest elder sibling that stands there too."""
    own = next((c for c in wanted if c.key == clause.key), clause)
    there = {c.key for c in text if c.parent == own.parent}
    return place_among(own, [c for c in wanted if c.key in there or c.key == own.key])
