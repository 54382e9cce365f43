"""What a letter says: the same in a letter, an e-mail and Digital Post."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.surveys.models import Mailing, Wave

Kind = Mailing.Kind


@dataclass(frozen=True)
class Words:
    """A letter without its addressee and code. scanning: how to come in from paper; facts: what the law asks for."""

    title: str
    opening: str
    scanning: str
    how: str
    free: str
    helping: str
    leaving: str
    youth: str
    english: str
    facts: tuple[tuple[str, str], ...]
    sender: str
    contact: str
    address: str

    def paragraphs(self, *, is_youth: bool) -> list[str]:
        """The Danish paragraphs in order, for a text without layout."""
        youth = [self.youth] if is_youth else []
        return [self.opening, self.how, self.free, *youth, self.helping, self.leaving]


def words_of(wave: Wave, kind: str, minutes: int) -> Words:
    """What a letter of a kind says. minutes: how long answering takes. The wave comes with its areas at hand."""
    languages = wave.questionnaire.questionnaire.languages
    with override("da"):
        told = {
            "sender": wave.controller,
            "places": _(" og ").join(str(area.name) for area in (wave.area, wave.reference) if area),
            "closes": date_format(wave.closes),
            "site": answer_address(),
            "minutes": minutes,
            "contact": _whole_numbers(wave.contact or wave.controller),
            "leave": f"{answer_address()}/fravaelg",
        }
        return Words(
            title=_title(kind),
            opening=_opening(kind) % told,
            scanning=_("Scan firkanten med din telefon, eller gå til %(site)s og skriv koden.") % told,
            how=_(
                "Det tager omkring %(minutes)s minutter. Du kan holde pause og gå videre med den samme kode. "
                "Svar senest den %(closes)s."
            )
            % told,
            free=_(
                "Det er frivilligt at svare. Dit svar bliver gemt uden dit navn og din adresse. Når undersøgelsen "
                "lukker, kan ingen finde ud af, hvem der har svaret hvad."
            ),
            helping=_(
                "Vil du hellere svare på papir, i telefonen eller sammen med en, der hjælper dig? Hav koden klar, og "
                "kontakt os: %(contact)s."
            )
            % told,
            leaving=_("Vil du ikke spørges igen i denne undersøgelse? Skriv koden på %(leave)s, eller sig det til os.")
            % told,
            youth=_(
                "Du er under 18 år. Vis brevet til dine forældre, før du svarer. Du bestemmer selv, om du vil svare."
            ),
            english=_english(wave, languages, told),
            facts=_facts(wave),
            sender=wave.controller,
            contact=_whole_numbers(wave.contact),
            address=f"{settings.ADDRESS}{wave.journal_subject}",
        )


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
    return _(
        "Vi har skrevet til dig om en undersøgelse blandt beboere i %(places)s. Vi har ikke fået dit svar. Er du "
        "begyndt, går du videre, hvor du slap. Har du svaret i disse dage, skal du ikke gøre mere."
    )


def _english(wave: Wave, languages: tuple[str, ...], told: dict[str, object]) -> str:
    with override("en"):
        names = [str(LANG_INFO[code]["name"]) if code in LANG_INFO else code for code in languages]
        return _(
            "In English: We ask residents what it is like to live here. Go to %(site)s and type the code. "
            "You can answer in: %(languages)s. It is voluntary. Do you need help? Contact us: %(contact)s."
        ) % (told | {"languages": ", ".join(names)})


def _facts(wave: Wave) -> tuple[tuple[str, str], ...]:
    return (
        (_("Dataansvarlig"), wave.controller),
        (_("Formål"), wave.purpose),
        (_("Hjemmel"), wave.legal_basis),
        (_("Svarene"), wave.retention),
        (
            _("Navn og adresse"),
            _("bruges kun til at skrive til dig og slettes den %s.") % date_format(wave.frame_deleted_on),
        ),
        (_("Klage"), _("kan sendes til Datatilsynet, datatilsynet.dk.")),
    )
