"""An import on the site: read, corrected by a person as often as they like, accepted or given up."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import TypeAdapter

from kvarter.agreements.actions.importing import (
    Imported,
    accept_import,
    check_clauses,
    first_day,
    plan_import,
)
from kvarter.agreements.models import ImportReview, Partnership
from kvarter.agreements.text import AgreementText, ClauseText
from kvarter.journal.actions import ActionError, record
from kvarter.people.models import Person
from kvarter.people.policy import Actor, require

_TEXT: TypeAdapter[AgreementText] = TypeAdapter(AgreementText)


class ReviewOver(ActionError):
    """Someone else accepted the review or gave it up."""


class BadOrder(ActionError):
    """A clause belongs under one that is not there or comes after it, or two have the same key."""


def proposal_of(review: ImportReview) -> AgreementText:
    """What stands in the review."""
    return _TEXT.validate_python(review.proposal)


@transaction.atomic
def start_review(*, by: Actor, partnership: Partnership, filename: str, text: AgreementText) -> ImportReview:
    """Keep what was read until a person has looked it through. Raises what `plan_import` raises."""
    require(by, "agreement.import", partnership)
    plan_import(text, partnership.slug)
    review = ImportReview.objects.create(
        partnership=partnership,
        filename=filename[:200],
        proposal=_stored(text),
        uploaded_by=by if isinstance(by, Person) else None,
    )
    record(by=by, verb="review.start", about=review)
    return review


def _stored(text: AgreementText) -> Any:
    return _TEXT.dump_python(text, mode="json")


@transaction.atomic
def correct_review(*, by: Actor, review: ImportReview, text: AgreementText) -> ImportReview:
    """Keep a person's corrections. Raises NothingToImport, BadOrder, ReviewOver."""
    require(by, "agreement.import", review)
    check_clauses(text)
    _check_order(text.clauses)
    locked = _locked(review)
    locked.proposal = _stored(text)
    locked.save(update_fields=["proposal"])
    record(by=by, verb="review.correct", about=locked)
    return locked


def _locked(review: ImportReview) -> ImportReview:
    """The review as stored, locked until the transaction ends. Raises ReviewOver."""
    rows = ImportReview.objects.select_for_update(of=("self",)).select_related("partnership")
    found = rows.filter(pk=review.pk).first()
    if found is None:
        raise ReviewOver(_("Indlæsningen er allerede godkendt eller opgivet."))
    return found


def _check_order(clauses: tuple[ClauseText, ...]) -> None:
    seen: set[str] = set()
    for clause in clauses:
        if clause.key in seen:
            raise BadOrder(_("Der er allerede et punkt %(key)s.") % {"key": clause.key})
        if clause.parent is not None and clause.parent not in seen:
            raise BadOrder(
                _("%(key)s hører under %(parent)s, som ikke står før det.")
                % {"key": clause.key, "parent": clause.parent}
            )
        seen.add(clause.key)


@transaction.atomic
def accept_review(*, by: Actor, review: ImportReview, visibility: str, why: str = "") -> Imported:
    """Store the agreement as the review has it, and end the review.

    Raises ReviewOver, and what `accept_import` raises.
    """
    require(by, "agreement.import", review)
    locked = _locked(review)
    text = proposal_of(locked)
    day, basis = first_day(text, text.in_force_from)
    done = accept_import(
        by=by,
        text=text,
        partnership_slug=locked.partnership.slug,
        in_force_from=day,
        basis=basis,
        visibility=visibility,
        why=why,
    )
    locked.delete()
    return done


@transaction.atomic
def drop_review(*, by: Actor, review: ImportReview) -> None:
    """Give the import up; nothing of it is kept."""
    require(by, "agreement.import", review)
    record(by=by, verb="review.drop", about=review)
    review.delete()
