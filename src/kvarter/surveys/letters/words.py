"""What a letter says: the same in a letter, an e-mail and Digital Post."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from kvarter.agreements.made_up import marked, told_of
from kvarter.surveys.letters.own_language import own_lines
from kvarter.surveys.minutes import whole_minutes
from kvarter.surveys.models import Mailing, Wave
from kvarter.surveys.telling import TEXTS, contact_in, told_in

Kind = Mailing.Kind


@dataclass(frozen=True)
class Words:
    """A letter without its addressee and code. scanning: how to come in from paper; facts: what the law asks for.

    english: the most of it in a few lines, for what has no back. back: a sheet's other side, in English; turn: the line
    on the front that sends its readers there. own: a line in each other language that can be answered in, as
    (language, line). The back itself has none of them. how_young: `how` for the young, who are asked other questions.
    """

    title: str
    opening: str
    scanning: str
    how: str
    how_young: str
    free: str
    helping: str
    leaving: str
    youth: str
    facts: tuple[tuple[str, str], ...]
    sender: str
    contact: str
    more: str
    english: str = ""
    turn: str = ""
    own: tuple[tuple[str, str], ...] = ()
    back: Words | None = None

    def paragraphs(self, *, is_youth: bool) -> list[str]:
        """The Danish paragraphs in order, for a text without layout."""
        youth = [self.youth] if is_youth else []
        how = self.how_young if is_youth else self.how
        return [self.opening, how, self.free, *youth, self.helping, self.leaving]


def words_for(wave: Wave, kind: str) -> Words:
    """What the letters of a wave say, with how long its questionnaires take."""
    young = whole_minutes(wave.youth.questionnaire) if wave.youth else None
    return words_of(wave, kind, whole_minutes(wave.questionnaire.questionnaire), young)


def words_of(wave: Wave, kind: str, minutes: int, young: int | None = None) -> Words:
    """What a letter of a kind says. minutes: how long answering takes; young: the young, None where they answer the
    same. The wave comes with its areas at hand.
    """
    young = young or minutes
    with override("en"):
        told = _told(wave, minutes)
        back = replace(
            _words(wave, kind, told, young), scanning=_scanning_from_behind() % told, facts=_facts(wave, "en")
        )
        codes = wave.questionnaire.questionnaire.languages
        languages = {"languages": ", ".join(_names_of(codes))}
        english = _english() % (told | languages)
    with override("da"):
        turn = _("In English: see the other side. You can answer in: %(languages)s.") % languages
        danish = _words(wave, kind, _told(wave, minutes), young)
        return replace(danish, english=english, turn=turn, own=own_lines(codes, answer_address()), back=back)


def _told(wave: Wave, minutes: int) -> dict[str, object]:
    """What stands within the sentences, in the language at hand."""
    return {
        "sender": wave.controller,
        "places": _(" og ").join(str(area) for area in (wave.area, wave.reference) if area),
        "closes": date_format(wave.closes),
        "site": answer_address(),
        "minutes": minutes,
        "contact": _whole_numbers(contact_in(wave, get_language() or "da") or wave.contact or wave.controller),
        "leave": f"{answer_address()}/fravaelg",
    }


def _words(wave: Wave, kind: str, told: dict[str, object], young: int) -> Words:
    """A letter in the language at hand."""
    how = _(
        "Det tager omkring %(minutes)s minutter. Du kan holde pause og gå videre med den samme kode. "
        "Svar senest den %(closes)s."
    )
    return Words(
        title=marked(wave.partnership, _title(kind)),
        opening=" ".join(filter(None, (told_of(wave.partnership), _opening(kind) % told))),
        scanning=_("Scan firkanten med din telefon, eller gå til %(site)s og skriv koden.") % told,
        how=how % told,
        how_young=how % (told | {"minutes": young}),
        free=_(
            "Det er frivilligt at svare. Dit svar bliver gemt uden dit navn og din adresse. Når undersøgelsen "
            "lukker, bliver vejen fra dig til dit svar ødelagt for altid."
        ),
        helping=_(
            "Vil du hellere svare på papir, i telefonen eller sammen med en, der hjælper dig? Hav koden klar, og "
            "kontakt os: %(contact)s."
        )
        % told,
        leaving=_("Vil du ikke spørges igen i denne undersøgelse? Skriv koden på %(leave)s, eller sig det til os.")
        % told,
        youth=_("Du er under 18 år. Vis brevet til dine forældre, før du svarer. Du bestemmer selv, om du vil svare."),
        facts=_facts(wave, "da"),
        sender=wave.controller,
        contact=_whole_numbers(wave.contact),
        more=_("Læs om dine oplysninger og rettigheder: %s") % _address(wave),
    )


def _scanning_from_behind() -> str:
    """With %(site)s in it. The back is the same for everybody, so that no sheet can show the code of another's."""
    return _(
        "Firkanten og koden står på den anden side. Scan firkanten med din telefon, eller gå til %(site)s og skriv "
        "koden."
    )


def _address(wave: Wave) -> str:
    """Where anyone reads all that the law wants told, in the language at hand."""
    return f"{settings.ADDRESS}{'/en' if get_language() == 'en' else ''}{wave.journal_subject}/oplysninger"


def _whole_numbers(text: str) -> str:
    """A telephone number is not broken over two lines."""
    return re.sub(r"(?<=\d) (?=\d)", "\u00a0", text)


def answer_address() -> str:
    """Where one types the code, as people write an address."""
    return f"{settings.ADDRESS.removeprefix('https://')}/svar"


def code_address(code: str) -> str:
    """Where the square leads."""
    return f"{settings.ADDRESS}/s/{code}"


def _title(kind: str) -> str:
    return {
        Kind.INVITATION: _("Vil du fortælle, hvordan det er at bo her?"),
        Kind.FIRST: _("Vi vil stadig gerne høre fra dig"),
        Kind.SECOND: _("Du kan nå at svare endnu"),
    }[Kind(kind)]


def _opening(kind: str) -> str:
    """With %(sender)s and %(places)s in it."""
    if kind == Kind.INVITATION:
        return _(
            "%(sender)s spørger beboere i %(places)s, hvordan det er at bo der. Du er en af dem, vi spørger. "
            "Dit svar tæller, både hvis du er glad for at bo her, og hvis du ikke er."
        )
    if kind == Kind.FIRST:
        return _(
            "Vi har skrevet til dig om en undersøgelse blandt beboere i %(places)s. Vi har ikke fået dit svar. Er du "
            "begyndt, går du videre, hvor du slap. Har du svaret i disse dage, skal du ikke gøre mere."
        )
    return _(
        "Det er sidste gang, vi skriver til dig om undersøgelsen blandt beboere i %(places)s. Jo flere der svarer, jo "
        "bedre passer tallene med dem, der bor her. Har du svaret i disse dage, skal du ikke gøre mere."
    )


def _english() -> str:
    """With %(site)s, %(languages)s and %(contact)s in it."""
    return _(
        "In English: We ask residents what it is like to live here. Go to %(site)s and type the code. "
        "You can answer in: %(languages)s. It is voluntary. Do you need help? Contact us: %(contact)s."
    )


def _names_of(languages: tuple[str, ...]) -> list[str]:
    return [str(LANG_INFO[code]["name"]) if code in LANG_INFO else code for code in languages]


def _facts(wave: Wave, language: str) -> tuple[tuple[str, str], ...]:
    """What the law wants told first. A text that is not there in English stands in Danish, on the front."""
    texts = {name: told_in(wave, name, language) for name in TEXTS}
    facts = (
        (_("Dataansvarlig"), wave.controller),
        (_("Databeskyttelsesrådgiver"), wave.officer),
        (_("Formål"), texts["purpose"]),
        (_("Hjemmel"), texts["legal_basis"]),
        (_("Svarene"), texts["retention"]),
        (_("Dit navn"), texts["source"]),
        _deleting(wave),
        _complaining(),
    )
    there = tuple((name, text) for name, text in facts if text)
    if all(texts[name] or not getattr(wave, name) for name in TEXTS):
        return there
    return (*there, (_("Formål, hjemmel og hvor længe svarene gemmes"), _("står på dansk på den anden side.")))


def _deleting(wave: Wave) -> tuple[str, str]:
    told = _("bruges kun til at skrive til dig og slettes den %s.") % date_format(wave.frame_deleted_on)
    return _("Navn og adresse"), told


def _complaining() -> tuple[str, str]:
    return _("Klage"), _("kan sendes til Datatilsynet, datatilsynet.dk.")
