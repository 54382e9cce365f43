"""The rows of the survey sheet as sections and items."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from kvarter.surveys.minutes import NAME_IN_FORMS
from kvarter.surveys.questionnaire import Ask, Condition, Item, Section, Texts, Told
from kvarter.surveys.xlsform.conditions import UnreadableError, read_condition, read_limits
from kvarter.surveys.xlsform.errors import Problem
from kvarter.surveys.xlsform.kinds import Kind, kind_of
from kvarter.surveys.xlsform.sheets import FormSheet, Row

DEEPEST = 10  # groups in groups
_YES = {"yes", "true", "true()", "1"}
_NO = {"", "no", "false", "false()", "0"}
# Columns that would change what is asked, and that we cannot keep.
_NOT_KEPT = ("calculation", "choice_filter", "default", "trigger", "repeat_count", "parameters", "read_only")
_PICTURES = ("image", "big-image", "audio", "video")
_LEFT_OUT = ("constraint_message", "required_message", "guidance_hint")
# CPR alone is also first aid in English.
_PERSON = re.compile(r"\bcpr[- ]?n(?:umme)?r|\bpersonnum|\bcivil registration number", re.IGNORECASE)
_TOLD = re.compile(r"(\w+)(?:\s+([0-9]+(?:\.[0-9]+)?))?(?:\s*:\s*(\S.*))?")


class _Open:
    """A group that is begun and not ended: its name, heading, row, and what its questions all hang on."""

    def __init__(self, key: str, texts: Texts, row: int, shown_if: Condition | None) -> None:
        self.key, self.texts, self.row, self.shown_if = key, texts, row, shown_if
        self.times = 0


class Rows:
    """The sections of a form. numbers: the row of each item and section. problems are added to those given.

    Groups in groups become sections one after another, since a page has one heading. Items outside any group stand in
    sections of their own.
    """

    def __init__(self, sheet: FormSheet, problems: list[Problem]) -> None:
        self.problems = problems
        self.remarks: list[Problem] = []
        self.numbers: dict[str, int] = {}
        self.introductions: Texts = {}
        self._kinds: dict[str, Ask] = {}
        self._groups = [_Open("del", {}, 0, None)]
        self._found: list[tuple[_Open, str, list[Item]]] = []
        for row in sheet.rows:
            if row.said("type") or row.said("name") or row.texts("label"):
                self._take(row)
        for group in self._groups[1:]:
            self._bad(group.row, _("gruppen slutter ikke. Skriv en række med end_group."))
        self.sections = tuple(Section(key, group.texts, tuple(items)) for group, key, items in self._found)

    def _take(self, row: Row) -> None:
        if row.said("name") == NAME_IN_FORMS and row.said("type") == "calculate":
            return  # ours: it is reckoned anew
        try:
            kind = kind_of(row.said("type"), row.said("appearance"))
        except ValueError as error:
            self._bad(row.number, str(error))
            return
        if kind.what == "end":
            self._end(row)
        elif kind.what == "note":
            self._note(row)
        elif kind.what == "left_out":
            self._remark(row, _("“%(type)s” tages ikke med.") % {"type": row.said("type")})
        else:
            self._take_named(row, kind)

    def _take_named(self, row: Row, kind: Kind) -> None:
        key = row.said("name")
        if not key:
            self._bad(row.number, _("rækken har intet navn. Skriv et i kolonnen “name”."))
            return
        self.numbers.setdefault(key, row.number)
        self._refuse_what_is_lost(row)
        if kind.what == "begin":
            if len(self._groups) == DEEPEST:
                self._bad(row.number, _("grupperne ligger for dybt i hinanden. Læg dem ved siden af hinanden."))
            self._groups.append(_Open(key, row.texts("label"), row.number, self._shown_if(row)))
        else:
            self._section().append(self._item(row, key, kind))
            self._kinds[key] = kind.ask or Ask.TEXT

    def _end(self, row: Row) -> None:
        if len(self._groups) == 1:
            self._bad(row.number, _("ingen gruppe er begyndt. Slet rækken, eller skriv begin_group før."))
            return
        self._groups.pop()

    def _note(self, row: Row) -> None:
        """The first note, before any question, is the introduction."""
        if not self.introductions and not self._found and len(self._groups) == 1 and not row.said("relevant"):
            self.introductions = row.texts("label")
            return
        self._remark(
            row, _("teksten uden spørgsmål (note) tages ikke med. Skriv den som hjælp (hint) til et spørgsmål.")
        )

    def _section(self) -> list[Item]:
        """The items of the section that a question now belongs to; a group that is taken up again gives a new one."""
        group = self._groups[-1]
        if not self._found or self._found[-1][0] is not group:
            group.times += 1
            key = group.key if group.times == 1 and group.row else f"{group.key}_{group.times}"
            self._found.append((group, key, []))
        return self._found[-1][2]

    def _item(self, row: Row, key: str, kind: Kind) -> Item:
        ask = kind.ask or Ask.TEXT
        low, high = self._limits(row, ask)
        note, *notes = row.texts("kvarter_note").items() or [("", "")]
        return Item(
            key=key,
            ask=ask,
            texts=row.texts("label"),
            theme=row.said("kvarter_theme"),
            hints=row.texts("hint"),
            scale=kind.choices,
            required=self._truth(row, "required"),
            shown_if=self._shown_if(row),
            low=low,
            high=high,
            told=self._told(row),
            note=note[1],
            notes=dict(notes),
            about=row.said("kvarter_about") or "self",
        )

    def _shown_if(self, row: Row) -> Condition | None:
        """What a row hangs on: its own condition, and that of the group it stands in."""
        text = row.said("relevant")
        outer = self._groups[-1].shown_if
        if not text:
            return outer
        try:
            found, differs = read_condition(text, self._kinds)
        except UnreadableError as error:
            self._bad(row.number, _("relevant: %(told)s") % {"told": error})
            return outer
        if differs:
            self._remark(row, _("betingelsen gælder kun for dem, der har besvaret det, den ser på."))
        return Condition(parts=(outer, found)) if outer else found

    def _limits(self, row: Row, ask: Ask) -> tuple[str, str]:
        text = row.said("constraint")
        try:
            return read_limits(text, ask) if text else ("", "")
        except UnreadableError as error:
            self._bad(row.number, _("constraint: %(told)s") % {"told": error})
            return "", ""

    def _told(self, row: Row) -> Told | None:
        """How it becomes a figure: “more: good very_good”, “maintain 2: yes”, or “more” for the mean."""
        text = row.said("kvarter_told")
        said = _TOLD.fullmatch(text)
        if said:
            return Told(tuple((said[3] or "").split()), said[1], float(said[2]) if said[2] else None)
        if text:
            self._bad(
                row.number, _("kvarter_told “%(said)s” skal være som “more: god meget_god”.") % {"said": text[:80]}
            )
        return None

    def _truth(self, row: Row, column: str) -> bool:
        said = row.said(column).lower()
        if said not in _YES | _NO:
            self._bad(row.number, _("%(column)s skal være yes eller no.") % {"column": column})
        return said in _YES

    def _refuse_what_is_lost(self, row: Row) -> None:
        for told in self._lost(row):
            self._bad(row.number, told)
        for column in _LEFT_OUT:
            if row.texts(column):
                self._remark(row, _("kolonnen “%(column)s” tages ikke med.") % {"column": column})

    def _lost(self, row: Row) -> Iterator[str]:
        for column in _NOT_KEPT:
            if row.said(column) and not (column == "read_only" and row.said(column).lower() in _NO):
                yield _("kolonnen “%(column)s” kan ikke bruges. Slet det, der står i den.") % {"column": column}
        if any(row.texts(column) for column in _PICTURES):
            yield _("spørgsmål kan ikke have billeder og lyd. Skriv det som tekst.")
        if any(_PERSON.search(text) for text in row.texts("label").values()):
            yield _("der må ikke spørges om personnummer: det er vejen fra et svar til en person. Slet spørgsmålet.")

    def _bad(self, row: int, told: str) -> None:
        self.problems.append(Problem("survey", row, told))

    def _remark(self, row: Row, told: str) -> None:
        self.remarks.append(Problem("survey", row.number, told))
