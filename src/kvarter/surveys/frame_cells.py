"""The fields of a list of people: which column is what, and what a field may hold."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

HEADINGS = {
    "pseudonym": "pseudonym id løbenummer loebenummer",
    "area": "område omraade area",
    "household": "husstand husstandsnummer household householdid",
    "stratum": "lag stratum",
    "gender": "køn koen gender sex",
    "age": "alder age",
    "born": "fødselsår foedselsaar birthyear yearofbirth",
    "channel": "vej kanal kontaktvej channel contactchannel",
    "panel": "spurgtsidst panel askedlasttime",
    "name": "navn name",
    "address1": "adresse adresselinje1 address addressline1 address1",
    "address2": "adresselinje2 addressline2 address2",
    "address3": "adresselinje3 addressline3 address3",
    "postcode": "postnr postnummer postcode",
    "town": "by postdistrikt town city",
    "email": "email mail emailadresse",
    "supplier": "leverandørid leverandoerid supplierid",
}
_FIELD_OF = {heading: name for name, headings in HEADINGS.items() for heading in headings.split()}
_CPR_HEADINGS = {"cpr", "cprnr", "cprnummer", "personnummer", "personnr"}
NEEDED = ("pseudonym", "area", "household", "channel")
GENDERS = {"f": "f", "k": "f", "kvinde": "f", "female": "f", "woman": "f", "m": "m", "mand": "m", "male": "m"}
GENDERS |= {"man": "m", "x": "x", "": ""}
CHANNELS = {"digital": "digital", "digitalpost": "digital", "letter": "letter", "brev": "letter", "post": "letter"}
CHANNELS |= {"email": "email", "mail": "email"}
YES, NO = frozenset({"ja", "j", "yes", "y", "1", "true", "sand", "x"}), frozenset({"", "nej", "n", "no", "0", "false"})
MOST_TEXT, MOST_NAME, OLDEST = 60, 120, 120
MOST_EXACT = 10**15  # a workbook keeps no larger whole number without rounding it
_LONG = frozenset({"name", "email"})
AGE_GROUPS = (("0-11", 11), ("12-17", 17), ("18-29", 29), ("30-49", 49), ("50-64", 64), ("65+", 10**6))
_GROUPS = frozenset(name for name, _oldest in AGE_GROUPS)
# Six figures that are a day, and four more: a CPR number. Replacement numbers have 60 added to the day.
_TEN = re.compile(r"(?<!\d)(\d\d)[-./]?(\d\d)[-./]?\d\d[-‐‑–—./ ]{0,3}\d{4}(?!\d)")
# What Danish letters become when UTF-8, DOS or Macintosh letters are read as Windows'.
_MANGLED = re.compile("\ufffd|Ã[\u0080-\u00ff†˜…]|[A-Za-z][›†¾¿Œ]")
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_FORMULA, _FAILED = re.compile(r"^[=+@]", re.MULTILINE), re.compile(r"^#[A-Z]", re.MULTILINE)
_UNWRITABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff]")


def is_empty(cell: object) -> bool:
    """Whether a field holds nothing."""
    return isinstance(cell, str) and not cell.strip()


def as_text(cell: object) -> str:
    """A field as text, with its spaces tidied; a whole number of a workbook without its decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def looks_like_cpr(text: str) -> bool:
    """Whether the text holds ten figures that begin with a day, as a CPR number does."""
    return any(1 <= int(day) % 60 <= 31 and 1 <= int(month) <= 12 for day, month in _TEN.findall(text))


@dataclass
class Said:
    """What a row says. age: its group, "" where it is not known. shows_cpr: whether any field looks like a CPR number.
    problems: what is wrong with it so far.
    """

    pseudonym: str = ""
    area: str = ""
    household: str = ""
    stratum: str = ""
    gender: str = ""
    age: str = ""
    channel: str = ""
    panel: bool = False
    name: str = ""
    address: tuple[str, ...] = ()
    email: str = ""
    supplier: str = ""
    shows_cpr: bool = False
    problems: list[str] = field(default_factory=list)

    def wrong(self, told: str) -> None:
        self.problems.append(told)


class Cells:
    """The columns of a file by their headings. problems: headings that are missing, repeated or not allowed."""

    def __init__(self, headings: list[str], year: int) -> None:
        self._year = year
        self._width = len(headings)
        known = [_FIELD_OF.get(_plain(heading)) for heading in headings]
        self._columns = {name: at for at, name in enumerate(known) if name}
        self.unused = tuple(heading for heading, name in zip(headings, known, strict=True) if heading and not name)
        self.problems = list(self._problems(headings, known))

    def _problems(self, headings: list[str], known: list[str | None]) -> list[str]:
        found = []
        if any(_plain(heading) in _CPR_HEADINGS for heading in headings):
            found.append(_("Der er en kolonne med CPR-numre. Dem må Kvarter ikke få. Tag kolonnen ud af filen."))
        for name, times in Counter(known).items():
            if name and times > 1:
                found.append(_("To kolonner hedder “%(name)s”. Lad kun den ene stå.") % {"name": _title(name)})
        missing = [name for name in NEEDED if name not in self._columns]
        if "age" not in self._columns and "born" not in self._columns:
            missing.append("age")
        if missing:
            found.append(
                _("Der mangler en kolonne med overskriften %(names)s. Overskrifterne skal stå i den første række.")
                % {"names": ", ".join(f"“{_title(name)}”" for name in missing)}
            )
        return found

    def leave_out_blank(self, rows: list[list[object]]) -> None:
        """A column for strata that no row fills in is as good as none."""
        if "stratum" in self._columns and not any(self.kept(row).get("stratum") for row in rows):
            del self._columns["stratum"]

    def kept(self, row: list[object]) -> dict[str, str]:
        """The fields of a row that have a column, as tidied text; a hyphen alone is nothing."""
        texts = {name: as_text(row[at]) for name, at in self._columns.items() if at < len(row)}
        return {name: "" if text == "-" else text for name, text in texts.items()}

    def _age(self, kept: dict[str, str], said: Said) -> str:
        """The age group of a row: by age, or by year of birth; "" where it is wrong, which is noted."""
        age, born = kept.get("age", ""), kept.get("born", "")
        group = age.replace(" ", "").replace("–", "-")
        if group in _GROUPS:
            return group
        if not age and not born:
            said.wrong(_("Alderen mangler. Skriv alderen i år eller et fødselsår som 1984."))
            return ""
        number = _whole(age or born)
        if number is None:
            said.wrong(_("Alderen er ikke et helt tal. Skriv alderen i år eller et fødselsår som 1984."))
            return ""
        years = number if age else self._year - number
        if not 0 <= years <= OLDEST:
            told = {"oldest": OLDEST}
            said.wrong(_("Alderen kan ikke være rigtig: den skal være fra 0 til %(oldest)s år. Ret den.") % told)
            return ""
        return next(name for name, oldest in AGE_GROUPS if years <= oldest)

    def said(self, row: list[object], kept: dict[str, str]) -> Said:
        """What a row says, with everything that is wrong about its fields."""
        told = Said(address=_address(kept))
        told.age = self._age(kept, told)
        for name in ("pseudonym", "area", "household", "stratum", "name", "email", "supplier"):
            setattr(told, name, kept.get(name, ""))
        self._look_at(row, kept, told)
        told.gender = _one_of(told, kept.get("gender", ""), GENDERS, _("Køn skrives k, m, x eller står tomt."))
        told.channel = _one_of(
            told,
            kept.get("channel", ""),
            CHANNELS,
            _("Vejen skal være Digital Post, brev eller e-mail. Skriv en af de tre."),
        )
        panel = kept.get("panel", "").casefold()
        if panel not in YES and panel not in NO:
            told.wrong(_("“Spurgt sidst” skrives ja eller nej."))
        told.panel = panel in YES
        _check_needed(told, "stratum" in self._columns)
        _check_contact(told)
        return told

    def _look_at(self, row: list[object], kept: dict[str, str], said: Said) -> None:
        """What no field may hold, whichever it is."""
        if len(row) > self._width and any(not is_empty(cell) for cell in row[self._width :]):
            said.wrong(_("Rækken har flere felter end overskrifter. Se, om et skilletegn er for meget."))
        whole = "\n".join(kept.values())
        said.shows_cpr = looks_like_cpr("\n".join(as_text(cell) for cell in row))  # also in columns that are not kept
        if said.shows_cpr:
            said.wrong(
                _(
                    "Der står noget, der ligner et CPR-nummer: ti tal, der begynder med en dato. Kvarter må ikke få "
                    "CPR-numre. Brug et pseudonym, der ikke er dannet af CPR-nummeret."
                )
            )
        if _FORMULA.search(whole):
            said.wrong(_("Et felt begynder som en formel (=, + eller @). Gem filen med værdier i stedet for formler."))
        if _FAILED.search(whole):
            said.wrong(_("En formel i rækken har givet en fejl. Ret den, og gem filen med værdier."))
        if _MANGLED.search(whole):
            said.wrong(_("Bogstaverne er læst forkert, måske æ, ø og å. Gem filen igen som CSV UTF-8."))
        if _UNWRITABLE.search(whole):
            said.wrong(_("Et felt har tegn, der ikke kan skrives. Slet dem, og gem filen igen."))
        if any(len(text) > (MOST_NAME if name in _LONG else MOST_TEXT) for name, text in kept.items()):
            said.wrong(_("Et felt er for langt: højst %(n)s tegn. Gør det kortere.") % {"n": MOST_TEXT})
        at = self._columns["pseudonym"]
        number = row[at] if at < len(row) else None
        if isinstance(number, float) and abs(number) >= MOST_EXACT:
            said.wrong(_("Regnearket har rundet pseudonymet af. Gem kolonnen som tekst."))


def _address(kept: dict[str, str]) -> tuple[str, ...]:
    place = " ".join(filter(None, (kept.get("postcode"), kept.get("town"))))
    lines = [kept.get(f"address{number}", "") for number in (1, 2, 3)]
    return tuple(line for line in (*lines, place) if line)


def _check_needed(said: Said, with_strata: bool) -> None:
    if not said.pseudonym:
        said.wrong(_("Pseudonymet mangler. Giv personen et, som kun I kan kende igen."))
    if not said.area:
        said.wrong(_("Området mangler. Skriv det navn, området har i Kvarter."))
    if not said.household:
        said.wrong(_("Husstanden mangler. Giv dem, der bor sammen, samme nummer, og den, der bor alene, sit eget."))
    if with_strata and not said.stratum:
        said.wrong(_("Laget mangler. Skriv det, eller tag kolonnen ud, så hvert område er ét lag."))


def _check_contact(said: Said) -> None:
    """A way to reach somebody must lead to them."""
    if said.channel == "letter" and not (said.name and said.address):
        said.wrong(_("Den, der skal have brev, mangler navn eller adresse. Skriv begge, eller vælg en anden vej."))
    if said.channel == "email" and not said.email:
        said.wrong(_("Den, der skal have e-mail, mangler en adresse. Skriv den, eller vælg en anden vej."))
    if said.email and not _MAIL.fullmatch(said.email):
        said.wrong(_("E-mailadressen kan ikke være rigtig. Ret den, eller slet den."))


def _one_of(said: Said, text: str, known: dict[str, str], told: str) -> str:
    found = known.get(_plain(text))
    if found is None:
        said.wrong(told)
    return found or ""


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def _plain(heading: Any) -> str:
    """A heading without what people write differently: capitals, spaces, hyphens."""
    return "".join(letter for letter in str(heading).casefold() if letter.isalnum())


def _title(name: str) -> str:
    titles = {
        "pseudonym": _("pseudonym"),
        "area": _("område"),
        "household": _("husstand"),
        "stratum": _("lag"),
        "gender": _("køn"),
        "age": _("alder"),
        "born": _("fødselsår"),
        "channel": _("vej"),
        "panel": _("spurgt sidst"),
        "name": _("navn"),
        "email": _("e-mail"),
    }
    return titles.get(name, HEADINGS[name].split()[0])
