"""The only way a new version comes: an amendment, and a decision of the body the agreement names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.agreements.actions.amendments import changes_between, locked_amendment, place_among, store_changes
from kvarter.agreements.actions.duties import move_term
from kvarter.agreements.actions.versions import seal_version
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


class Unresolved(ActionError):
    """A conflict was left without an answer."""


@dataclass(frozen=True)
class DecisionReference:
    """Which body decided, when, and where it stands (meeting and item)."""

    body: str
    reference: str
    decided_on: date | None


@transaction.atomic
def bring_into_force(
    *, by: Actor, amendment: Amendment, decision: DecisionReference | None, in_force_from: date
) -> AgreementVersion:
    """Make the amendment a new version, merged with what came into force since it was written.

    Raises Refused, NotWaiting, DecisionMissing, NoBody, WrongBody, WrongDay, Conflicts; nothing is changed then.
    """
    require(by, "amendment.bring_into_force", amendment)
    agreement = Agreement.objects.select_for_update().get(pk=amendment.agreement_id)
    row = locked_amendment(amendment, Amendment.State.PROPOSED)
    newest = latest(agreement)
    assert newest is not None, "an amendment has a version to change"
    valid = _check_decision(newest, decision)
    _check_day(newest, valid, in_force_from)
    standpoint = standpoint_of(row)
    if standpoint.merged.conflicts:
        raise Conflicts(tuple(standpoint.merged.conflicts))
    version = _seal(agreement, row, newest, standpoint, valid, in_force_from)
    row.state, row.result = Amendment.State.IN_FORCE, version
    row.save()
    if row.ends:
        move_term(agreement, row.ends)
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
        decided_by=newest.approving_body,
        decided_on=decision.decided_on,
        decision=decision.reference.strip(),
        why=amendment.why,
        source_digest=amendment.source_digest,
    )


@transaction.atomic
def rebase_amendment(*, by: Actor, amendment: Amendment, answers: Mapping[str, ClauseText | None]) -> Amendment:
    """Lay an amendment on the newest version. `answers` gives, for each clause in conflict, the clause as it shall be
    (None: not there). Raises Unresolved naming a clause without an answer.
    """
    require(by, "amendment.edit", amendment)
    Agreement.objects.select_for_update().get(pk=amendment.agreement_id)
    row = locked_amendment(amendment, Amendment.State.DRAFT, Amendment.State.PROPOSED)
    standpoint = standpoint_of(row)
    newest = latest(row.agreement)
    assert newest is not None, "an amendment has a version to change"
    changes = _settled(standpoint, answers)
    row.base = newest
    row.save(update_fields=["base"])
    store_changes(row, changes)
    record(by=by, verb="amendment.rebase", about=row, answered=sorted(answers))
    return row


def _settled(standpoint: Standpoint, answers: Mapping[str, ClauseText | None]) -> list[ProposedChange]:
    """What the amendment does to the newest version, each conflict answered."""
    changes = changes_between(standpoint.current, standpoint.merged.clauses)
    for conflict in standpoint.merged.conflicts:
        if conflict.key not in answers:
            raise Unresolved(_("Vælg, hvad der skal stå i punktet %(key)s.") % {"key": conflict.key})
        changes += _answered(conflict.key, answers[conflict.key], standpoint)
    try:
        apply_changes(standpoint.current, changes)
    except ImpossibleChange as error:
        raise Unresolved(str(error)) from error
    return changes


def _answered(key: str, answer: ClauseText | None, standpoint: Standpoint) -> list[ProposedChange]:
    """The change that gives a clause in conflict its answer: none when it is as in force already."""
    now = next((clause for clause in standpoint.current if clause.key == key), None)
    if answer is None:
        return [ProposedChange(ChangeKind.REMOVE, key)] if now else []
    if now is None:
        place = place_among(answer, standpoint.base)
        there = {clause.key for clause in standpoint.merged.clauses}
        place = Place(place.parent, place.after if place.after in there else None)
        return [ProposedChange(ChangeKind.ADD, key, answer.kind, answer.heading, answer.text, place)]
    if (now.kind, now.heading, now.text) == (answer.kind, answer.heading, answer.text):
        return []
    return [ProposedChange(ChangeKind.CHANGE, key, answer.kind, answer.heading, answer.text)]
