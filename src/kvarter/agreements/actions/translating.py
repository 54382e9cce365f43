"""Laying a translation beside a version: a help to the reader, told apart from the agreement itself."""

from __future__ import annotations

from itertools import zip_longest

from django.db import transaction
from django.utils.translation import gettext as _

from kvarter.agreements.actions.versions import new_wording, store_titles
from kvarter.agreements.models import AgreementVersion, ClauseWording, Obligation
from kvarter.agreements.queries.versions import clause_texts
from kvarter.agreements.text import AgreementText, ClauseText, Duty, Wording
from kvarter.journal.actions import ActionError, record
from kvarter.people.policy import Actor, require


class StructureDiffers(ActionError):
    """The translation does not have the same clauses in the same order as the version."""


@transaction.atomic
def add_translation(*, by: Actor, version: AgreementVersion, text: AgreementText, why: str = "") -> bool:
    """Lay a text read from a file beside the version, clause by clause in order. False when it stood there already.

    Raises StructureDiffers naming the first clause that has no counterpart.
    """
    require(by, "version.translate", version.agreement)
    AgreementVersion.objects.select_for_update().get(pk=version.pk)
    check_same_structure(version, text)
    own = clause_texts(version)
    words = {c.key: Wording(t.heading, t.text) for c, t in zip(own, text.clauses, strict=True)}
    if all(c.translations.get(text.language) == words[c.key] for c in own):
        return False
    ClauseWording.objects.filter(clause__version=version, language=text.language).delete()
    ClauseWording.objects.bulk_create(
        new_wording(clause, text.language, words[clause.key]) for clause in version.clauses.all()
    )
    version.wordings.filter(language=text.language).delete()
    store_titles(version, {text.language: Wording(text.title, text.subtitle)})
    _name_duties(version, text)
    record(by=by, verb="version.translate", about=version.agreement, why=why, language=text.language)
    return True


def check_same_structure(version: AgreementVersion, text: AgreementText) -> None:
    """Raise StructureDiffers unless the text has the version's clauses, kind by kind, in another language."""
    if text.language == version.language:
        raise StructureDiffers(_("Oversættelsen er på samme sprog som aftalen (%(code)s).") % {"code": text.language})
    for mine, theirs in zip_longest(clause_texts(version), text.clauses):
        if mine is None or theirs is None or mine.kind != theirs.kind:
            raise StructureDiffers(
                _(
                    "Oversættelsen følger ikke aftalen: %(mine)s svarer ikke til %(theirs)s. "
                    "Der skal være de samme punkter i samme rækkefølge."
                )
                % {"mine": _shown(mine), "theirs": _shown(theirs)}
            )


def _shown(clause: ClauseText | None) -> str:
    if clause is None:
        return _("(intet punkt)")
    return f"“{(clause.heading or clause.text)[:60]}” ({clause.kind.label})"


def _name_duties(version: AgreementVersion, text: AgreementText) -> None:
    """The translation names the same duties: give the obligations their English titles."""
    if text.language != "en":
        return
    named = {(duty.duty, duty.due): duty.title for duty in text.duties}
    for row in Obligation.objects.filter(agreement=version.agreement, title_en=""):
        due = row.due if not row.every_months else None
        row.title_en = named.get((Duty(row.duty), due), "")
        row.save(update_fields=["title_en"])
