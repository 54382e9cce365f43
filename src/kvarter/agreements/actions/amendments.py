"""Proposing a change: drafted clause by clause, proposed to the parties, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.agreements.actions.term import check_term
from kvarter.agreements.aligning import keep_keys
from kvarter.agreements.comparing import moved_keys
from kvarter.agreements.merging import ChangeKind, ImpossibleChange, Place, ProposedChange, apply_changes
from kvarter.agreements.models import Agreement, Amendment, AmendmentChange
from kvarter.agreements.queries.amendments import changes_of
from kvarter.agreements.queries.versions import clause_texts, latest
from kvarter.agreements.text import AgreementText, ClauseText
from kvarter.journal.actions import ActionError, record
from kvarter.people.models import Person
from kvarter.people.policy import Actor, require


class NoVersion(ActionError):
    """There is no text to change yet."""


class NotADraft(ActionError):
    """Only a draft can be changed."""


class NotWaiting(ActionError):
    """The amendment is in force or withdrawn."""


class NothingProposed(ActionError):
    """The amendment changes nothing."""


class CannotChange(ActionError):
    """The change does not fit the text it was written on."""


@transaction.atomic
def draft_amendment(
    *,
    by: Actor,
    agreement: Agreement,
    title: str,
    why: str,
    ends: date | None = None,
    approving_body: str = "",
) -> Amendment:
    """Begin a change of the newest version. Raises NoVersion, EndsBeforeStart."""
    require(by, "amendment.draft", agreement)
    base = latest(agreement)
    if base is None:
        raise NoVersion(_("Aftalens tekst er ikke indlæst endnu. Indlæs den først."))
    check_term(agreement.starts, ends)
    amendment = Amendment.objects.create(
        agreement=agreement,
        base=base,
        title=title,
        why=why,
        ends=ends,
        approving_body=approving_body,
        author=by if isinstance(by, Person) else None,
    )
    record(by=by, verb="amendment.draft", about=amendment, why=why)
    return amendment


def locked_amendment(amendment: Amendment, *states: str) -> Amendment:
    """The amendment as stored, locked until the transaction ends. Raises NotADraft or NotWaiting."""
    rows = Amendment.objects.select_for_update(of=("self",)).select_related("agreement__partnership", "base")
    row = rows.get(pk=amendment.pk)
    if row.state not in states:
        if states == (Amendment.State.DRAFT,):
            raise NotADraft(_("Forslaget er fremsat og kan ikke rettes. Træk det tilbage, og lav et nyt."))
        raise NotWaiting(_("Forslaget er ikke længere til behandling."))
    return row


@transaction.atomic
def put_change(*, by: Actor, amendment: Amendment, change: ProposedChange) -> AmendmentChange:
    """Change, add or remove one clause in a draft; a second change of the same clause replaces the first.

    Raises NotADraft, CannotChange.
    """
    require(by, "amendment.edit", amendment)
    row = locked_amendment(amendment, Amendment.State.DRAFT)
    others = [other for other in changes_of(row) if other.key != change.key]
    _check(row, [*others, change])
    row.changes.filter(key=change.key).delete()
    stored = _store(row, change)
    record(by=by, verb="amendment.change", about=row, key=change.key, change=change.change)
    return stored


@transaction.atomic
def undo_change(*, by: Actor, amendment: Amendment, key: str) -> None:
    """Leave a clause as it is after all. Raises NotADraft, CannotChange when another change rests on it."""
    require(by, "amendment.edit", amendment)
    row = locked_amendment(amendment, Amendment.State.DRAFT)
    _check(row, [other for other in changes_of(row) if other.key != key])
    row.changes.filter(key=key).delete()
    record(by=by, verb="amendment.change", about=row, key=key, change="undo")


def _check(amendment: Amendment, changes: Sequence[ProposedChange]) -> None:
    try:
        apply_changes(clause_texts(amendment.base), changes)
    except ImpossibleChange as error:
        raise CannotChange(str(error)) from error


def _store(amendment: Amendment, change: ProposedChange) -> AmendmentChange:
    place = change.place
    return AmendmentChange.objects.create(
        amendment=amendment,
        change=change.change,
        key=change.key,
        kind=change.kind or "",
        heading=change.heading,
        text=change.text,
        placed=place is not None,
        parent=(place.parent if place else None) or "",
        after=(place.after if place else None) or "",
        wordings={code: [w.heading, w.text] for code, w in change.translations.items()},
    )


def store_changes(amendment: Amendment, changes: Sequence[ProposedChange]) -> None:
    """Put these changes in the place of the amendment's own. Call inside a transaction."""
    amendment.changes.all().delete()
    for change in changes:
        _store(amendment, change)


@transaction.atomic
def propose_amendment(*, by: Actor, amendment: Amendment, public: bool = False, why: str = "") -> Amendment:
    """Lay a draft before the parties, and before everyone when it goes to public hearing.

    Raises NotADraft, NothingProposed.
    """
    require(by, "amendment.edit", amendment)
    row = locked_amendment(amendment, Amendment.State.DRAFT)
    if not row.changes.exists() and row.ends is None and not row.approving_body:
        raise NothingProposed(_("Forslaget ændrer ikke noget endnu."))
    row.state, row.public = Amendment.State.PROPOSED, public
    row.save()
    record(by=by, verb="amendment.propose", about=row, why=why, public=public)
    return row


@transaction.atomic
def withdraw_amendment(*, by: Actor, amendment: Amendment, why: str) -> Amendment:
    """Take a proposal back, still readable for the parties; or give up a draft, which stays its author's.

    Raises NotWaiting.
    """
    require(by, "amendment.edit", amendment)
    row = locked_amendment(amendment, Amendment.State.DRAFT, Amendment.State.PROPOSED)
    was_draft = row.state == Amendment.State.DRAFT
    row.state = Amendment.State.GIVEN_UP if was_draft else Amendment.State.WITHDRAWN
    row.save()
    record(by=by, verb="amendment.give_up" if was_draft else "amendment.withdraw", about=row, why=why)
    return row


@transaction.atomic
def propose_text(*, by: Actor, agreement: Agreement, text: AgreementText, why: str) -> Amendment:
    """A whole new text of an agreement as a draft amendment: what differs, clause by clause."""
    newest = latest(agreement)
    named = text.approving_body
    amendment = draft_amendment(
        by=by,
        agreement=agreement,
        approving_body=named if newest and named.casefold() != newest.approving_body.casefold() else "",
        title=_("Ny tekst: %(title)s") % {"title": text.title[:150]},
        why=why,
        ends=text.term_ends if newest and text.term_ends != newest.term_ends else None,
    )
    old = clause_texts(amendment.base)
    store_changes(amendment, changes_between(old, keep_keys(old, text.clauses)))
    return amendment


def changes_between(
    old: Sequence[ClauseText], new: Sequence[ClauseText], *, with_translations: bool = False
) -> list[ProposedChange]:
    """What must be done to the old clauses to make the new ones of them; a text read from a file has no translations,
    so they count only when asked for.
    """
    before = {c.key: c for c in old}
    moved = moved_keys(old, new)
    wanted = new if with_translations else [_with_old_translations(before.get(c.key), c) for c in new]
    changes = [_change_to(before.get(c.key), c, place_among(c, new) if c.key in moved else None, new) for c in wanted]
    kept = {c.key for c in new}
    removed = [ProposedChange(ChangeKind.REMOVE, c.key) for c in reversed(old) if c.key not in kept]
    return [change for change in changes if change] + removed


def place_among(clause: ClauseText, among: Sequence[ClauseText]) -> Place:
    """Where a clause stands among others: after its nearest elder sibling."""
    elders: list[str] = []
    for other in among:
        if other.key == clause.key:
            break
        if other.parent == clause.parent:
            elders.append(other.key)
    return Place(clause.parent, elders[-1] if elders else None)


def _with_old_translations(old: ClauseText | None, new: ClauseText) -> ClauseText:
    """A translation stays with words that did not change, and is left behind by words that did."""
    if old is None or (old.kind, old.heading, old.text) != (new.kind, new.heading, new.text):
        return new
    return replace(new, translations=old.translations)


def _change_to(
    old: ClauseText | None, new: ClauseText, place: Place | None, among: Sequence[ClauseText]
) -> ProposedChange | None:
    if old is None:
        place = place_among(new, among)
        return ProposedChange(ChangeKind.ADD, new.key, new.kind, new.heading, new.text, place, new.translations)
    same = (old.kind, old.heading, old.text, old.translations) == (new.kind, new.heading, new.text, new.translations)
    if same and place is None:
        return None
    return ProposedChange(ChangeKind.CHANGE, new.key, new.kind, new.heading, new.text, place, new.translations)
