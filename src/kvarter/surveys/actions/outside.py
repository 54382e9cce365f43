"""Taking in answers that were collected elsewhere: looked through first, then the whole wave or nothing.

What says which row is whose person is read to find somebody who stands twice, and is kept nowhere. A file that waits to
be looked through is kept as its mapped columns alone, in a random order, sealed under the operator's key.
"""

from __future__ import annotations

import json
import random
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.journal.actions import ActionError, record
from kvarter.people.models import Person
from kvarter.people.policy import Actor, require
from kvarter.surveys.actions.cutting import join_the_few, shuffled
from kvarter.surveys.actions.waves import SameQuestionnaire, State, add_questionnaire, names_taken
from kvarter.surveys.answers.models import Response
from kvarter.surveys.answers.router import ANSWERS
from kvarter.surveys.coarsening import Kind, coarsened
from kvarter.surveys.models import AnswersDraft, Cell, QuestionnaireVersion, Stratum, Wave
from kvarter.surveys.outside.findings import Odd, Weight
from kvarter.surveys.outside.looking import Coming, Forms, forms_for, look_through_answers
from kvarter.surveys.outside.mapping import AnswersMapping, read_answers_mapping
from kvarter.surveys.outside.reading import AnswersTable
from kvarter.surveys.outside.weighing import Counting, counting_of
from kvarter.surveys.questionnaire import Questionnaire
from kvarter.surveys.sealing import CannotOpen, seal, unseal
from kvarter.surveys.writing import digest_of, read, written

KEPT = timedelta(days=7)
SEALED_FOR = "answers collected elsewhere"


class NotTakenIn(ActionError):
    """The file has something that keeps all of it out. The message says what, where, and how to mend it."""


def take_in_answers(
    *, by: Actor, partnership: Partnership, coming: Coming, english: Coming | None = None, why: str = ""
) -> Wave:
    """Make a wave of a file that was looked through, with weights or ready to be weighted.

    english: the same looked through under English, for the words of what was found. The answers lie in a random order
    under random names, as after a cut. If either database refuses, both are as before. Raises NotTakenIn.
    """
    require(by, "wave.write", partnership)
    if coming.stopped:
        raise NotTakenIn(" ".join(one.told for one in coming.stopped))
    key = f"{partnership.slug}/{coming.mapping.wave.slug}"
    stored = False
    try:
        with transaction.atomic():
            Partnership.objects.select_for_update().get(pk=partnership.pk)
            if Wave.objects.filter(partnership=partnership, slug=coming.mapping.wave.slug).exists():
                told = _("Der er allerede en undersøgelse med adressen “%(slug)s”.") % {
                    "slug": coming.mapping.wave.slug
                }
                raise NotTakenIn(told)
            if taken := next(names_taken(partnership, coming.mapping.wave.model_dump()), None):
                raise NotTakenIn(taken[1])
            counting = counting_of(coming.mapping, coming.answers)
            versions = {of: _kept_form(by, partnership, form) for of, form in coming.forms.items()}
            wave = _wave(partnership, coming, english or coming, counting, versions)
            _keep_strata(wave, coming, counting)
            record(by=by, verb="wave.import", about=wave, why=why, answers=len(coming.answers))
            with transaction.atomic(using=ANSWERS):
                Response.objects.filter(wave=key).delete()  # left by a machine that stopped between the two
                rows = _responses(wave, coming, counting, versions)
                join_the_few(rows, coarsened(_answered(coming)))
                Response.objects.bulk_create(shuffled(rows), batch_size=500)
            stored = True
    except BaseException:
        if stored:
            Response.objects.filter(wave=key).delete()
        raise
    return wave


def _kept_form(by: Actor, partnership: Partnership, form: Questionnaire) -> QuestionnaireVersion:
    """The stored version of a questionnaire, kept now where it is not yet."""
    try:
        return add_questionnaire(by=by, partnership=partnership, questionnaire=form)
    except SameQuestionnaire:
        return partnership.questionnaires.get(digest=digest_of(form))


def _wave(
    partnership: Partnership,
    coming: Coming,
    english: Coming,
    counting: Counting,
    versions: Mapping[str, QuestionnaireVersion],
) -> Wave:
    facts = coming.mapping.wave
    told = facts.model_dump(exclude={"area", "reference"})
    now = timezone.now()
    return Wave.objects.create(
        partnership=partnership,
        area=coming.areas[facts.area],
        reference=coming.areas.get(facts.reference),
        questionnaire=versions["adults"],
        youth=versions.get("youth"),
        is_imported=True,
        state=State.WEIGHTED if counting.weighting else State.CLOSED,
        weighting=counting.weighting,
        cut_at=now,
        frame_deleted_on=facts.closes + timedelta(days=1),
        frame_deleted_at=now,
        findings=[
            {"kind": one.kind, "told": {"da": one.told, "en": other.told}}
            for one, other in zip(coming.noted, english.noted, strict=True)
        ],
        **told,
    )


def _keep_strata(wave: Wave, coming: Coming, counting: Counting) -> None:
    strata = Stratum.objects.bulk_create(
        Stratum(
            wave=wave,
            area=coming.areas[one.area],
            name=one.name,
            population=one.people,
            households=one.households or one.people,  # nobody is said to live together: each is a household
            drawn=one.asked or 0,
        )
        for one in counting.strata
    )
    by_name = {stratum.name: stratum for stratum in strata}
    answered = _answered(coming)
    Cell.objects.bulk_create(
        Cell(
            stratum=by_name[one.stratum],
            gender=one.gender,
            age=one.age,
            population=one.people,
            drawn=answered[one.stratum, one.gender, one.age],  # at least they were asked
        )
        for one in coming.mapping.cells
    )


def _answered(coming: Coming) -> Counter[Kind]:
    """How many answered of each kind of people, those of whom nobody did too."""
    found = Counter((one.whose.stratum, one.whose.gender, one.whose.age) for one in coming.answers)
    found.update({(one.stratum, one.gender, one.age): 0 for one in coming.mapping.cells})
    return found


def _responses(
    wave: Wave, coming: Coming, counting: Counting, versions: Mapping[str, QuestionnaireVersion]
) -> list[Response]:
    return [
        Response(
            wave=wave.key,
            questionnaire=versions[answer.of].digest,
            kind=Response.Kind.SAMPLE,
            mode=answer.whose.mode,
            household=answer.whose.household,
            area=answer.whose.area,
            stratum=answer.whose.stratum,
            gender=answer.whose.gender,
            age=answer.whose.age,
            base=base,
            weight=weight,
            answers=dict(answer.answers),
            finished=True,
        )
        for answer, base, weight in zip(coming.answers, counting.bases, counting.weights, strict=True)
    ]


def send_answers(
    *,
    by: Actor,
    partnership: Partnership,
    table: AnswersTable,
    mapping: str,
    sent: Mapping[str, bytes],
    why: str = "",
) -> tuple[AnswersDraft | None, Coming]:
    """Look a file through, and keep it to be looked at by a person where nothing stops it; else nothing is kept.

    mapping: TOML; sent: forms (XLSForm) by file name. Raises BadFile.
    """
    require(by, "wave.write", partnership)
    danish, english = look_in_both(partnership, table, mapping, sent)
    coming = english if get_language() == "en" else danish
    if coming.stopped:
        return None, coming
    with transaction.atomic():
        draft = AnswersDraft.objects.create(
            partnership=partnership,
            name=table.name[:200],
            rows=len(coming.answers),
            sent=timezone.now(),
            by=by if isinstance(by, Person) else None,
        )
        draft.sealed = seal(settings.SURVEY_KEY, _packed(table, danish, english, mapping), _purpose(draft))
        draft.save(update_fields=["sealed"])
        record(by=by, verb="wave.send_answers", about=draft, why=why, rows=draft.rows)
    return draft, coming


def look_in_both(
    partnership: Partnership, table: AnswersTable, mapping: str, sent: Mapping[str, bytes]
) -> tuple[Coming, Coming]:
    """A table looked through under Danish and under English, for the words of what was found. Raises BadFile."""
    told = read_answers_mapping(mapping, _("Opskriften"))
    forms = forms_for(partnership, told, sent)
    danish, english = (_looked(language, partnership, table, told, forms) for language in ("da", "en"))
    return danish, english


def _looked(
    language: str, partnership: Partnership, table: AnswersTable, mapping: AnswersMapping, forms: Forms
) -> Coming:
    with override(language):
        return look_through_answers(partnership, table, mapping, forms)


def _purpose(draft: AnswersDraft) -> str:
    return f"{SEALED_FOR} {draft.pk}"


def _packed(table: AnswersTable, danish: Coming, english: Coming, mapping: str) -> bytes:
    """The mapped columns in a random order, without what says whose row is whose, and what was found."""
    columns = [name for name in danish.mapping.columns if name != danish.mapping.people.id]
    places = [table.at(name) for name in columns]
    rows = [[row[at] for at in places] for row in table.rows if any(row)]
    random.SystemRandom().shuffle(rows)
    kept: dict[str, Any] = {"name": table.name, "columns": columns, "rows": rows, "mapping": mapping}
    kept["forms"] = {of: written(form) for of, form in danish.forms.items()}
    kept["noted"] = {
        language: [[one.kind, one.told] for one in coming.noted]
        for language, coming in (("da", danish), ("en", english))
    }
    return zlib.compress(json.dumps(kept, ensure_ascii=False).encode())


def read_draft(draft: AnswersDraft, language: str) -> Coming:
    """What a file that waits would become now (six SQL queries), with what was found when it was sent, when the rows
    still had their numbers. Raises NotTakenIn, BadFile.
    """
    try:
        kept = json.loads(zlib.decompress(unseal(settings.SURVEY_KEY, bytes(draft.sealed), _purpose(draft))))
    except CannotOpen as error:
        raise NotTakenIn(_("Filen kan ikke åbnes med nøglen i KVARTER_SURVEY_KEY_FILE. Send den igen.")) from error
    mapping = read_answers_mapping(kept["mapping"], _("Opskriften"))
    people = mapping.people.model_copy(update={"id": ""})
    forms = {of: read(text) for of, text in kept["forms"].items()}
    rows = tuple(tuple(row) for row in kept["rows"])
    table = AnswersTable(kept["name"], tuple(kept["columns"]), rows)
    now = _looked(language, draft.partnership, table, mapping.model_copy(update={"people": people}), forms)
    noted = [Odd(kind, Weight.NOTE, told) for kind, told in kept["noted"][language]]
    return replace(now, odd=(*now.stopped, *noted))


def accept_answers(*, by: Actor, draft: AnswersDraft, why: str = "") -> Wave:
    """Take in a file that was looked at. Raises what `take_in_answers` raises, and the file stays then."""
    require(by, "wave.write", draft.partnership)
    danish, english = (read_draft(draft, language) for language in ("da", "en"))
    wave = take_in_answers(by=by, partnership=draft.partnership, coming=danish, english=english, why=why)
    draft.delete()
    return wave


@transaction.atomic
def give_up_answers(*, by: Actor, draft: AnswersDraft) -> None:
    """Forget a file."""
    require(by, "wave.write", draft.partnership)
    record(by=by, verb="wave.give_up_answers", about=draft)
    draft.delete()


def clear_old_answers(now: datetime) -> int:
    """Forget files that nobody took in for a week; how many."""
    return AnswersDraft.objects.filter(sent__lt=now - KEPT).delete()[1].get("surveys.AnswersDraft", 0)
