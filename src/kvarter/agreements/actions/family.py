"""The family of agreements and the partnership's own facts: what may be changed without touching the words."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.agreements.actions.importing import check_slug, own_slug
from kvarter.agreements.actions.term import check_term
from kvarter.agreements.models import Agreement, Frame, Partnership, Visibility
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require
from kvarter.places.actions import refuse_mixing
from kvarter.places.models import Area


class TitleTaken(ActionError):
    """Another agreement has that title or address."""


class DecisionNeeded(ActionError):
    """The term of an agreement in force is changed by an amendment, not here."""


@transaction.atomic
def add_partnership(*, by: Actor, slug: str, name: str, is_demonstration: bool = False, why: str = "") -> Partnership:
    """A new partnership, made up from the beginning or never. Raises TitleTaken, BadSlug."""
    require(by, "partnership.add")
    check_slug(slug)
    facts = {"name": name.strip(), "is_demonstration": is_demonstration}
    partnership, new = Partnership.objects.get_or_create(slug=slug, defaults=facts)
    if not new:
        raise TitleTaken(_("Adressen /kvarter/%(slug)s er optaget.") % {"slug": slug})
    record(by=by, verb="partnership.add", about=partnership, why=why)
    return partnership


@transaction.atomic
def change_partnership(
    *, by: Actor, partnership: Partnership, name: str, visibility: str, area: Area | None, why: str = ""
) -> Partnership:
    """Rename a partnership, tie it to an area, or choose who sees it. Raises MadeUp."""
    require(by, "partnership.change", partnership)
    refuse_mixing(partnership.is_demonstration, area)
    partnership.name, partnership.visibility, partnership.area = name.strip(), visibility, area
    partnership.save()
    record(by=by, verb="partnership.change", about=partnership, why=why, visibility=visibility)
    return partnership


@transaction.atomic
def add_agreement(
    *,
    by: Actor,
    partnership: Partnership,
    title: str,
    kind: str,
    starts: date | None,
    ends: date | None,
    visibility: str,
    framed_by: Agreement | None = None,
    why: str = "",
) -> Agreement:
    """An agreement known by name and term; its text can be imported later. Raises TitleTaken, EndsBeforeStart."""
    require(by, "agreement.change", partnership)
    check_term(starts, ends)
    slug = own_slug(partnership.slug, title)
    if Agreement.objects.filter(slug=slug).exists():
        raise TitleTaken(_("Der er allerede en aftale på adressen /aftale/%(slug)s.") % {"slug": slug})
    agreement = Agreement.objects.create(
        partnership=partnership, slug=slug, title=title, kind=kind, starts=starts, ends=ends, visibility=visibility
    )
    if framed_by:
        Frame.objects.create(outer=framed_by, inner=agreement)
    record(by=by, verb="agreement.add", about=agreement, why=why)
    return agreement


@transaction.atomic
def change_agreement(
    *, by: Actor, agreement: Agreement, kind: str, visibility: str, ends: date | None = None, why: str = ""
) -> Agreement:
    """Choose who sees an agreement; set the term of one whose text is not here yet.

    Raises DecisionNeeded, EndsBeforeStart.
    """
    require(by, "agreement.change", agreement)
    if agreement.versions.exists():
        if ends is not None:
            raise DecisionNeeded(_("Løbetiden står i aftalen. Foreslå en ændring, hvis den skal være en anden."))
        ends = agreement.ends
    check_term(agreement.starts, ends)
    agreement.kind, agreement.ends, agreement.visibility = kind, ends, visibility
    agreement.save()
    if visibility == Visibility.PUBLIC:  # who is bound by what all may read is no secret
        agreement.partnership.parties.filter(visibility=Visibility.PARTIES).update(visibility=Visibility.PUBLIC)
    record(by=by, verb="agreement.change", about=agreement, why=why, visibility=visibility)
    return agreement
