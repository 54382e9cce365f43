"""The facts a text states: parties, term, dated duties, themes, related agreements, who approves changes."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from kvarter.agreements.reading import words
from kvarter.agreements.text import (
    AgreementKind,
    ClauseText,
    Duty,
    DutyFound,
    Kind,
    PartyFound,
    Precision,
    RelatedAgreement,
    Remark,
)
from kvarter.people.kinds import OrganisationKind

LONGEST_FACT_PARAGRAPH = 6
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÆØÅ“\"'])")
_DATE = re.compile(
    r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?\s*(?P<month>[a-zæøå]+|\d{1,2}\.?)\s*(?P<year>(?:19|20)\d{2})|(?P<only>(?:19|20)\d{2})",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"\b(?:nr|fx|bl\.a|ca|stk|pkt|kl|jf|dvs|mv|etc|e\.g|i\.e|no)\.$", re.IGNORECASE)


def language_of(text: str) -> str:
    """ "da" or "en", by the small words."""
    seen = re.findall(r"\w+", text.casefold())
    counts = {language: sum(word in common for word in seen) for language, common in words.COMMON.items()}
    return "en" if counts["en"] > counts["da"] else "da"


def kind_of_text(text: str) -> AgreementKind:
    """Which member of the family a text is, by what it calls itself near its beginning."""
    beginning = text[:1500]
    found = [(match.start(), kind) for pattern, kind in words.AGREEMENT_KINDS if (match := pattern.search(beginning))]
    return min(found)[1] if found else AgreementKind.PARTNERSHIP


def sentences(text: str) -> list[str]:
    """The sentences of a passage; an abbreviation's full stop ends none."""
    found: list[str] = []
    for part in _SENTENCE.split(text):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return found


def kind_of_sentence(text: str) -> Kind | None:
    """TERM for a term or a rule of change, OBLIGATION for something dated that must happen; else None."""
    if words.DIALOGUE.search(text) and _last_day(text):
        return Kind.OBLIGATION
    if words.SURVEY.search(text) and words.EVERY_YEARS.search(text):
        return Kind.OBLIGATION
    if _approver(text) or _term(text):
        return Kind.TERM
    return None


def sentences_with_facts(text: str) -> list[str]:
    """The sentences of a short passage when each states a term or a duty of its own, so that each gets a clause."""
    found = sentences(text)
    if not 2 <= len(found) <= LONGEST_FACT_PARAGRAPH or not all(kind_of_sentence(sentence) for sentence in found):
        return []
    return found


def themes_in(text: str, line: int, remarks: list[Remark]) -> list[str]:
    """The themes a sentence counts up. The number it names is the check."""
    match = words.THEME_LIST.search(text)
    if not match:
        return []
    themes = split_list(match["list"])
    said = words.NUMBERS.get(match["count"].casefold())
    if said is not None and said != len(themes):
        remarks.append(
            Remark(
                _("Teksten siger %(said)s temaer, men nævner %(found)s.") % {"said": said, "found": len(themes)}, line
            )
        )
    return [theme[:1].upper() + theme[1:] for theme in themes]


def split_list(text: str) -> list[str]:
    """ "a, b og c, d og e" is a, b og c, d, e: only the last "og" divides."""
    parts = [part.strip() for part in text.strip().rstrip(".").split(",") if part.strip()]
    if parts:
        last = re.split(r"\s+(?:og|samt|and)\s+", re.sub(r"^(?:og|samt|and)\s+", "", parts[-1]))
        head = " og ".join(last[:-1]) if len(last) > 2 else last[0]
        parts[-1:] = [head, last[-1]] if len(last) > 1 else [head]
    return [part for part in parts if part]


def parties_in(clauses: Sequence[ClauseText], listed: Sequence[str]) -> tuple[PartyFound, ...]:
    """The organisations bound: those listed as parties, else those the text says it is an agreement between."""
    if listed:
        return tuple(_party(name.split(" – ")[0].split(", v/")[0].strip()) for name in dict.fromkeys(listed))
    for clause in clauses:
        for sentence in sentences(clause.text):
            match = words.BETWEEN.search(sentence)
            if match and words.BINDING.search(sentence):
                found = _named(match["list"])
                if len(found) >= 2:
                    return found
    return ()


def _named(text: str) -> tuple[PartyFound, ...]:
    """The names in a list; one before a colon says what those after it are."""
    parties: list[PartyFound] = []
    housing = False
    for name in split_list(re.split(r"\s+(?:om|about|herefter|regarding)\s+", text)[0]):
        label, colon, rest = name.partition(":")
        if colon:
            housing = _kind_of(label) is OrganisationKind.HOUSING
            name = rest
        name = re.sub(r"^(?:og|and|the)\s+", "", name.strip(), flags=re.IGNORECASE)
        party = _party(name)
        if housing and party.kind is OrganisationKind.OTHER:
            party = PartyFound(name, OrganisationKind.HOUSING)
        if name[:1].isupper() or party.kind is not OrganisationKind.OTHER:
            parties.append(party)
    return tuple(parties)


def _party(name: str) -> PartyFound:
    return PartyFound(name[:120], _kind_of(name))


def _kind_of(name: str) -> OrganisationKind:
    return next((kind for pattern, kind in words.ORGANISATIONS if pattern.search(name)), OrganisationKind.OTHER)


def _approver(text: str) -> str:
    for pattern in words.CHANGES_APPROVED:
        if match := pattern.search(text):
            body = re.sub(r"^(?:the)\s+", "", match["body"].strip())
            return body[:1].upper() + body[1:]
    return ""


def approving_body(clauses: Sequence[ClauseText]) -> str:
    """Who approves changes, as the text says; empty when it does not."""
    return next((body for clause in clauses for s in sentences(clause.text) if (body := _approver(s))), "")


def _last_day(text: str) -> tuple[date, Precision] | None:
    """The last day of the last date or year named."""
    found = [day for match in _DATE.finditer(text) if (day := _day(match))]
    return found[-1] if found else None


def _day(match: re.Match[str]) -> tuple[date, Precision] | None:
    if match["only"]:
        return date(int(match["only"]), 12, 31), Precision.YEAR
    named = match["month"].rstrip(".").casefold()
    month = int(named) if named.isdigit() else words.MONTHS.get(named, 0)
    year, day = int(match["year"]), int(match["day"])
    if not 1 <= month <= 12:
        return date(year, 12, 31), Precision.YEAR
    return date(year, month, min(max(day, 1), monthrange(year, month)[1])), Precision.DAY


def _term(text: str) -> tuple[date, Precision] | None:
    if not (words.TERM.search(text) and words.TERM_SUBJECT.search(text)) or words.DIALOGUE.search(text):
        return None
    return _last_day(text) if len(text) < 400 else None


def term_of(clauses: Sequence[ClauseText]) -> tuple[date, Precision, str] | None:
    """The last day of the agreement with the clause that says so."""
    for clause in clauses:
        if clause.kind is Kind.TERM:
            for sentence in sentences(clause.text):
                if found := _term(sentence):
                    return (*found, clause.key)
    return None


def in_force_from(text: str) -> date | None:
    """The day the text says it holds from, or was signed."""
    match = words.IN_FORCE.search(text)
    found = _DATE.search(match["day"]) if match else None
    day = _day(found) if found else None
    return day[0] if day and day[1] is Precision.DAY else None


def related_in(clauses: Sequence[ClauseText]) -> tuple[RelatedAgreement, ...]:
    """Agreements in quotation marks with the years they run."""
    found: dict[str, RelatedAgreement] = {}
    for clause in clauses:
        for match in words.RELATED.finditer(clause.text):
            start, end = date(int(match["from"]), 1, 1), date(int(match["to"]), 12, 31)
            kind = words.RELATED_KINDS[match["kind"].casefold()[:8]]
            if end >= start:
                found.setdefault(match["title"], RelatedAgreement(match["title"], kind, start, end, clause.key))
    return tuple(found.values())


def duties_in(
    clauses: Sequence[ClauseText], related: Sequence[RelatedAgreement], language: str
) -> tuple[DutyFound, ...]:
    """What falls due: end of term, dialogue, recurring survey, the end of related agreements."""
    titles = words.DUTY_TITLES[language]
    duties: list[DutyFound] = []
    if term := term_of(clauses):
        duties.append(DutyFound(Duty.TERM_END, titles["term_end"], term[2], term[0], term[1]))
    for clause in clauses:
        for sentence in sentences(clause.text):
            duties += _duty(sentence, clause.key, titles)
    for other in related:
        title = titles["related"].format(title=other.title)
        duties.append(DutyFound(Duty.OTHER, title, other.clause, other.ends, Precision.YEAR))
    return tuple(duties)


def _duty(sentence: str, key: str, titles: dict[str, str]) -> list[DutyFound]:
    if words.DIALOGUE.search(sentence) and (day := _last_day(sentence)):
        return [DutyFound(Duty.DIALOGUE, titles["dialogue"], key, *day)]
    every = words.EVERY_YEARS.search(sentence)
    if every and words.SURVEY.search(sentence):
        years = 1 if every["one"] else words.NUMBERS.get(every["number"].casefold(), 0)
        if not years and every["number"].isdigit():
            years = int(every["number"])
        return [DutyFound(Duty.SURVEY, titles["survey"], key, None, Precision.YEAR, years * 12)] if years else []
    return []
