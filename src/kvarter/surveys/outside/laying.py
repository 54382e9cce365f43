"""Rows of a file as answers to questionnaires of ours, each checked as an answer from a page is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kvarter.surveys.checking import Wrong, checked
from kvarter.surveys.frame import UNDER_AGE, YOUTH
from kvarter.surveys.outside.findings import Faults, Odd, Weight, shortened
from kvarter.surveys.outside.mapping import AnswersMapping, ItemColumns
from kvarter.surveys.outside.people import GROUPS, Noted, PeopleReader, Whose, plain_code
from kvarter.surveys.outside.reading import AnswersTable
from kvarter.surveys.questionnaire import Ask, Item, Questionnaire
from kvarter.surveys.routing import asked
from kvarter.tables.limits import BadFile


@dataclass(frozen=True)
class Answer:
    """A row as a response: to which questionnaire ("adults" or "youth"), from whom, and what was answered."""

    of: str
    whose: Whose
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Laid:
    """A file as responses, in its order, with what is odd about it."""

    answers: tuple[Answer, ...]
    odd: tuple[Odd, ...]


def lay_out(table: AnswersTable, mapping: AnswersMapping, forms: Mapping[str, Questionnaire]) -> Laid:
    """The responses of a file; what is wrong with its rows is told in `odd`. forms: by "adults" and "youth".

    Raises BadFile for a mapping that does not fit the file or the questionnaires.
    """
    laying = _Laying(table, mapping, forms)
    answers = tuple(laying.answers())
    return Laid(answers, (*laying.faults.told(table.name), *_unread(table, mapping)))


def _unread(table: AnswersTable, mapping: AnswersMapping) -> Iterator[Odd]:
    known = {*mapping.columns, *mapping.ignore}
    left = [column for column in table.columns if column not in known]
    if left:
        names = ", ".join(left[:20]) + ("…" if len(left) > 20 else "")
        yield Odd("unread-columns", Weight.NOTE, _("Disse kolonner læses ikke: %(names)s.") % {"names": names})


class _Laying:
    def __init__(self, table: AnswersTable, mapping: AnswersMapping, forms: Mapping[str, Questionnaire]) -> None:
        self.table, self.mapping, self.forms = table, mapping, forms
        self.places = {column: at for at, column in enumerate(table.columns)}
        self.faults = Faults()
        self.items = {of: list(self._items(of)) for of in ("adults", "youth")}
        self._check_columns()
        year = mapping.wave.reference_on.year
        self.reader = PeopleReader(mapping.people, self.places, mapping.wave.area, year)
        self.empty = frozenset(mapping.empty)

    def bad(self, why: str) -> BadFile:
        return BadFile(_("Opskriften på %(file)s: %(why)s") % {"file": self.table.name, "why": why})

    def _items(self, of: str) -> Iterator[tuple[ItemColumns, Item]]:
        form = self.forms.get(of)
        told = [one for one in self.mapping.items if one.of == of]
        if told and form is None:
            raise self.bad(_("der er spørgsmål til unge, men intet skema for unge."))
        for key, times in Counter(one.item for one in told).items():
            if times > 1:
                raise self.bad(_("“%(item)s” står to gange.") % {"item": key})
        for one in told:
            assert form
            item = next((item for item in form.items if item.key == one.item), None)
            if item is None:
                raise self.bad(
                    _("skemaet “%(form)s” har intet spørgsmål “%(item)s”.") % {"form": form.key, "item": one.item}
                )
            self._check_item(one, item, form)
            yield one, item

    def _check_item(self, one: ItemColumns, item: Item, form: Questionnaire) -> None:
        if bool(one.column) == bool(one.columns):
            raise self.bad(_("sig enten “column” eller “columns” for “%(item)s”.") % {"item": item.key})
        if one.columns and item.ask is not Ask.MANY:
            raise self.bad(_("“%(item)s” har kun ét svar, så det står i én kolonne.") % {"item": item.key})
        if not item.ask.has_choices:
            return
        known = {choice.code for choice in form.choices_of(item)}
        wanted = {*one.codes.values(), *one.columns.values()} - {""}
        if lost := sorted(wanted - known):
            told = {"item": item.key, "codes": ", ".join(lost), "known": ", ".join(sorted(known))}
            raise self.bad(_("“%(item)s” har ikke svarene %(codes)s. Det har: %(known)s.") % told)

    def _check_columns(self) -> None:
        lost = [column for column in self.mapping.columns if column not in self.places]
        if lost:
            told = {"lost": ", ".join(lost), "have": ", ".join(self.table.columns[:40])}
            raise self.bad(_("filen har ikke kolonnerne %(lost)s. Den har: %(have)s.") % told)

    def answers(self) -> Iterator[Answer]:
        """Every row as a response; what is wrong is noted."""
        ids: dict[str, int] = {}
        seen: dict[tuple[str, ...], int] = {}
        for number, row in enumerate(self.table.rows, self.table.first):
            if not any(row):
                continue
            self._look_for_twins(row, number, ids, seen)
            yield self._answer(row, number)

    def _look_for_twins(
        self, row: tuple[str, ...], number: int, ids: dict[str, int], seen: dict[tuple[str, ...], int]
    ) -> None:
        column = self.mapping.people.id
        if column:
            own = row[self.places[column]]
            if not own:
                told = _("nummeret mangler i kolonnen “%(column)s”.") % {"column": column}
                self.faults.note("no-id", told, number)
            elif ids.setdefault(own, number) != number:
                told = _("personen står også i række %(first)s. Behold den ene.") % {"first": ids[own]}
                self.faults.note("person-twice", told, number)
        elif seen.setdefault(row, number) != number:
            told = _("rækken er den samme som række %(first)s, felt for felt.") % {"first": seen[row]}
            self.faults.note("row-twice", told, number, Weight.NOTE)

    def _answer(self, row: Sequence[str], number: int) -> Answer:
        def note(kind: str, told: str) -> None:
            self.faults.note(kind, told, number)

        whose = self.reader.whose(row, note)
        of = "youth" if whose.age == YOUTH and "youth" in self.forms else "adults"
        self._check_age(whose.age, of, note)
        given = {item.key: self._given(one, item, row, of, note) for one, item in self.items[of]}
        answers = {key: value for key, value in given.items() if value not in (None, [])}
        return Answer(of, whose, self._on_the_way(answers, of, number))

    def _check_age(self, age: str, of: str, note: Noted) -> None:
        if age == UNDER_AGE:
            note("child", _("er om et barn under 12 år. Børn spørges ikke. Tag rækken ud."))
        elif age == YOUTH and of == "adults":
            note("no-youth-form", _("er om en ung fra 12 til 17 år. Sig skemaet for unge, eller tag rækken ud."))
        elif age and age not in GROUPS:
            known = ", ".join(sorted(GROUPS - {UNDER_AGE}))
            note("unknown-code", _("aldersgruppen skal være en af %(known)s.") % {"known": known})

    def _given(self, one: ItemColumns, item: Item, row: Sequence[str], of: str, note: Noted) -> Any:
        """The answer to an item as it is kept; None where there is none, or where it is wrong, which is noted."""
        if one.columns:
            said: str | list[str] = self._marked(one, row, note)
            column = ", ".join(one.columns)
        else:
            column = one.column
            said = self._said(one, item, row[self.places[column]], note)
        answer, wrong = checked(self.forms[of], item, said)
        if wrong and wrong is not Wrong.MISSING:
            told = {"why": _why(wrong, item), "value": shortened(str(said)), "column": column}
            note(str(wrong), _("“%(value)s” i kolonnen “%(column)s” %(why)s") % told)
        return answer

    def _marked(self, one: ItemColumns, row: Sequence[str], note: Noted) -> list[str]:
        found = []
        for column, choice in one.columns.items():
            text = plain_code(row[self.places[column]])
            if text in one.marks:
                found.append(choice)
            elif text not in {"", "0", *self.empty}:
                told = {"value": shortened(text), "column": column}
                note("unknown-code", _("“%(value)s” i kolonnen “%(column)s” står ikke i opskriften.") % told)
        return found

    def _said(self, one: ItemColumns, item: Item, text: str, note: Noted) -> str | list[str]:
        if not text or text in self.empty:
            return ""
        if item.ask is Ask.MANY:
            parts = text.split(one.separator) if one.separator else text.split()
            return [code for part in parts if (code := self._code(one, item, part.strip(), note))]
        return self._code(one, item, text, note)

    def _code(self, one: ItemColumns, item: Item, text: str, note: Noted) -> str:
        """Our code for what stands in the file. A number or a text is itself unless the mapping says otherwise."""
        plain = text if item.ask is Ask.TEXT else plain_code(text)
        if plain in one.codes:
            return one.codes[plain]
        if one.codes and item.ask.has_choices:
            told = {"value": shortened(plain), "column": one.column}
            note("unknown-code", _("“%(value)s” i kolonnen “%(column)s” står ikke i opskriften.") % told)
            return ""
        return "" if plain in self.empty else plain

    def _on_the_way(self, answers: dict[str, Any], of: str, number: int) -> dict[str, Any]:
        """The answers to what was to be asked; those outside the routing stop the file, or are left out."""
        on_the_way = {item.key for item in asked(self.forms[of], answers)}
        outside = [key for key in answers if key not in on_the_way]
        for key in outside:
            if self.mapping.outside_routing == "stop":
                told = _("“%(item)s” er besvaret, men skulle ikke stilles efter de andre svar.") % {"item": key}
                self.faults.note("outside-routing", told, number)
            else:
                told = _("“%(item)s” er besvaret uden at skulle stilles, og svaret udelades.") % {"item": key}
                self.faults.note("outside-routing", told, number, Weight.NOTE)
        return {key: value for key, value in answers.items() if key in on_the_way}


def _why(wrong: Wrong, item: Item) -> str:
    """Why an answer cannot be kept, as the end of a sentence about the field."""
    if wrong is Wrong.OUTSIDE:
        return _("ligger uden for %(low)s til %(high)s.") % {"low": item.low or "…", "high": item.high or "…"}
    return {
        Wrong.NOT_A_CHOICE: _("er ikke et af svarene."),
        Wrong.NOT_A_NUMBER: _("er ikke et helt tal."),
        Wrong.NOT_A_DAY: _("er ikke en dag, skrevet som 2024-03-01."),
        Wrong.TOO_LONG: _("er for lang en tekst."),
        Wrong.BOTH: _("er både et svar og intet svar."),
    }[wrong]
