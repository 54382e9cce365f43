"""Publishing: the one way from what was taken in to what is shown, through disclosure control, for ever."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.disclosing import Limits
from kvarter.evidence.documents import canonical, digest_of, read_document
from kvarter.evidence.drafting import Choice, Draft, draft_publication
from kvarter.evidence.models import Publication
from kvarter.journal.actions import ActionError, record
from kvarter.people.models import Person
from kvarter.people.policy import Actor, require

MOST_NAMED = 5


class NothingToPublish(ActionError):
    """There is no figure in the choice, or nothing in it that is not published already."""


class GivesAway(ActionError):
    """A count of few people could be worked out from this and what was published before."""


class NeedsCorrection(ActionError):
    """A figure that is published already differs: that is a correction, and must name what it corrects."""


class ChangedMeanwhile(ActionError):
    """What would be published is not what somebody saw before they said so."""


@dataclass(frozen=True)
class Words:
    """What a publication is called, in both languages, and why it is made."""

    title: str
    title_en: str = ""
    note: str = ""
    note_en: str = ""


@transaction.atomic
def publish(
    *,
    by: Actor,
    partnership: Partnership,
    words: Words,
    choice: Choice | None = None,
    seen: str | None = None,
    why: str = "",
) -> Publication:
    """Publish what is chosen of everything taken in.

    seen: the `Draft.seen` of the draft that somebody looked through; None where nobody did, as at the command line.
    Raises ChangedMeanwhile where it is another by now, NothingToPublish, NeedsCorrection, or GivesAway naming the
    figures that would let a hidden one be worked out. Nothing is stored then.
    """
    require(by, "publication.make", partnership)
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    draft = draft_publication(partnership, choice or Choice(), Limits())
    if seen is not None:
        refuse_what_was_not_seen(draft, seen)
    refuse(draft)
    number = 1 + (partnership.publications.values_list("number", flat=True).order_by("-number").first() or 0)
    now = timezone.now()
    corrected = partnership.publications.filter(number=draft.choice.corrects or 0).first()
    text = canonical(
        draft.content
        | {
            "number": number,
            "title": {"da": words.title, "en": words.title_en or words.title},
            "note": {"da": words.note, "en": words.note_en or words.note},
            "published": now.isoformat(),
            "corrects": {"number": corrected.number, "digest": corrected.digest} if corrected else None,
        }
    )
    made_of = read_document(text)  # refuses a figure or a difference that lacks anything of its label
    made_of.figures("da"), made_of.differences("da")
    made = Publication.objects.create(
        partnership=partnership,
        number=number,
        title=words.title,
        published=now,
        by=by if isinstance(by, Person) else None,
        corrects=corrected,
        document=text,
        digest=digest_of(text),
    )
    record(by=by, verb="publication.make", about=made, why=why, number=number, digest=made.digest)
    return made


def refuse_what_was_not_seen(draft: Draft, seen: str) -> None:
    """Raise ChangedMeanwhile where a draft is not the one that somebody saw."""
    if not seen:
        raise ChangedMeanwhile(_("Se først tallene igennem."))
    changed = draft.changed_since(seen)
    if changed:
        more = _(" og %(n)s mere") % {"n": len(changed) - MOST_NAMED} if len(changed) > MOST_NAMED else ""
        raise ChangedMeanwhile(
            _("Det er ikke det, du så. Noget er ændret siden: %(what)s. Se det igennem igen.")
            % {"what": "; ".join(changed[:MOST_NAMED]) + more}
        )


def refusal_of(draft: Draft) -> str:
    """What keeps a draft from being published, in words; nothing where nothing does."""
    try:
        refuse(draft)
    except ActionError as error:
        return str(error)
    return ""


def refuse(draft: Draft) -> None:
    """Raise what keeps a draft from being published, if anything does."""
    if not draft.content["figures"]:
        raise NothingToPublish(_("Der er ingen tal i det, du har valgt. Indlæs et register, eller vælg flere."))
    if not draft.fresh and not draft.changed and draft.choice.corrects is None:
        raise NothingToPublish(_("Alle tallene er offentliggjort allerede. Der er intet nyt at offentliggøre."))
    if draft.corrects_nothing:
        raise NothingToPublish(
            _(
                "Offentliggørelse nr. %(n)s siger allerede det samme, ord for ord og tal for tal. Der er intet at "
                "rette. Læs først det ind, der er anderledes."
            )
            % {"n": draft.choice.corrects}
        )
    if draft.changed and draft.choice.corrects is None:
        raise NeedsCorrection(
            _(
                "%(n)s tal er offentliggjort før og er blevet anderledes: tallet selv, eller hvad det bygger på. Det "
                "første er %(figure)s. Sig, hvilken offentliggørelse du retter."
            )
            % {"n": len(draft.changed), "figure": draft.named(draft.changed[0])}
        )
    if draft.unknown_correction:
        raise NeedsCorrection(_("Der er ingen offentliggørelse med det nummer at rette."))
    if draft.leaks:
        raise GivesAway(" ".join(draft.said_leaks()))
