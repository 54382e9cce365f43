"""Who may see and do what with surveys. Registered with the one policy; nothing else here decides.

Anyone may answer with a code, and read of a wave that has opened; of one that is called off, if people were written to.
Secretariat and analyst follow its way; the secretariat does the work. Names and addresses
leave in letters and files for sending; a page shows those of one person alone, to the secretariat, by that person's own
code. The answers are read by nobody: only estimates are, and the analyst's export, to which no way leads from a person.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from kvarter.agreements.models import Role
from kvarter.agreements.rules import holds_role, is_secretariat, shown_partnership, standing
from kvarter.people.policy import Actor, allow, is_shown, predicate, scope
from kvarter.surveys import models as m

AT_WORK = frozenset({Role.SECRETARIAT, Role.ANALYST})
OPENED = (m.Wave.State.IN_FIELD, m.Wave.State.CLOSED, m.Wave.State.WEIGHTED, m.Wave.State.PUBLISHED)


def _shown_wave(person: Actor) -> Q:
    at_work = Q(partnership__in=standing(person).where(AT_WORK))
    written_to = Q(Exists(m.Mailing.objects.filter(wave=OuterRef("pk"))))
    shown = Q(state__in=OPENED) | Q(state=m.Wave.State.CALLED_OFF) & written_to
    return shown & shown_partnership(person, "partnership__") | at_work


def _at_work(person: Actor) -> Q:
    return Q(partnership__in=standing(person).where(AT_WORK))


@predicate
def is_in_field(_person: Actor, wave: m.Wave | None = None) -> bool:
    """Whoever comes with a code may answer: the code itself says which invitation it is for, and to nobody whose."""
    return wave is not None and wave.state == m.Wave.State.IN_FIELD


@predicate
def has_open_link(_person: Actor, wave: m.Wave | None = None) -> bool:
    return wave is not None and wave.open_link


def _at_the_secretariat(person: Actor) -> Q:
    return Q(partnership__in=standing(person).where({Role.SECRETARIAT}))


scope(m.Wave, _shown_wave)
scope(m.AnswersDraft, _at_the_secretariat)
scope(m.QuestionnaireVersion, _at_work)

allow("wave.read", is_shown)
allow("wave.follow", holds_role(AT_WORK))
allow("wave.write", is_secretariat)
allow("wave.answer", is_in_field)
allow("wave.answer_openly", is_in_field & has_open_link & is_shown)
allow("wave.key_in", is_secretariat)
allow("wave.export", holds_role(AT_WORK))
allow("questionnaire.read", is_shown)
allow("questionnaire.write", is_secretariat)
