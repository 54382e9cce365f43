"""A mapping that may fit a file, as TOML for a person to put right: by headings, labels, and what codes are called."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.surveys.outside.mapping import TO_SAY
from kvarter.surveys.outside.people import number_in, plain_code
from kvarter.surveys.outside.reading import AnswersTable
from kvarter.surveys.questionnaire import Ask, Item, Questionnaire, Without
from kvarter.surveys.xlsform.reading import read_xlsform

HEADINGS = {
    "id": "id respid respondent respondentid respondentnr løbenummer loebenummer nr",
    "area": "område omraade area kvarter bydel",
    "stratum": "lag stratum strata",
    "household": "husstand household hushid",
    "gender": "køn koen gender sex",
    "age": "alder age aldersgruppe agegroup",
    "birth_year": "fødselsår foedselsaar birthyear",
    "weight": "vægt vaegt weight w wgt",
    "mode": "svarmåde svarmaade mode",
}
GENDERS = {"kvinde": "f", "kvinder": "f", "female": "f", "woman": "f", "k": "f", "f": "f"}
GENDERS |= {"mand": "m", "mænd": "m", "male": "m", "man": "m", "m": "m"}
SILENCE = {
    "ved ikke": Without.UNKNOWN,
    "ved ikke/ikke relevant": Without.UNKNOWN,
    "don't know": Without.UNKNOWN,
    "ønsker ikke at svare": Without.UNSAID,
    "vil ikke svare": Without.UNSAID,
    "ubesvaret": Without.UNSAID,
    "refused": Without.UNSAID,
}
MOST_CODES = 30


@dataclass(frozen=True)
class Named:
    """A questionnaire, and its name in a mapping: the key of a stored one, or the file of a form (XLSForm)."""

    name: str
    form: Questionnaire


def suggest_for(
    partnership: Partnership, table: AnswersTable, today: date, sent: Mapping[str, bytes] | None = None
) -> str:
    """A mapping of a table for a partnership, by forms that are sent with it, or its newest questionnaires (one SQL
    query). Raises what reading a form raises.
    """
    forms: dict[str, Named] = {}
    for name, content in (sent or {}).items():
        form = read_xlsform(content, name).questionnaire
        forms.setdefault(form.audience, Named(name, form))
    for version in partnership.questionnaires.order_by("-added", "-pk") if not forms else ():
        if version.audience not in forms:
            forms[version.audience] = Named(version.key, version.questionnaire)
    area = partnership.area
    areas = [one.slug for one in (area, area.reference if area else None) if one]
    return suggest_mapping(table, forms, areas, today)


def suggest_mapping(table: AnswersTable, forms: Mapping[str, Named], areas: Sequence[str], today: date) -> str:
    """A mapping of a table. forms: questionnaires by "adults" and "youth"; areas: addresses, the wave's first.

    What has to be said by a person stands as "?".
    """
    people = {name: column for name in HEADINGS if (column := _column(table, HEADINGS[name].split()))}
    left = [column for column in table.columns if column not in people.values()]
    items = list(_items(table, left, forms))
    return "\n".join(
        [
            "# " + _("Et forslag. Ret det, der ikke passer, og alt, hvor der står “?”. Se docs/importing-answers.md."),
            *_wave(areas, today),
            *_questionnaires(forms),
            *_people(table, people),
            *(line for item in items for line in item),
            *_unknown(left, items),
            "",
        ]
    )


def _column(table: AnswersTable, names: Sequence[str]) -> str:
    plain = {"".join(sign for sign in column.casefold() if sign.isalnum()): column for column in table.columns}
    return next((plain[name] for name in names if name in plain), "")


def _text(value: str) -> str:
    """A text as TOML has it: JSON's way of writing one is TOML's too, but for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _codes(codes: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_text(code)} = {_text(ours)}" for code, ours in codes.items()) + " }"


def _wave(areas: Sequence[str], today: date) -> Iterator[str]:
    area, reference = (*areas, TO_SAY, "")[:2] if areas else (TO_SAY, "")
    yield "[wave]"
    yield f'slug = "{today.year}"'
    yield f"name = {_text(_('Undersøgelsen %(year)s') % {'year': today.year})}"
    yield f"area = {_text(area)}"
    yield f"reference = {_text(reference)}"
    for name in ("reference_on", "opens", "closes"):
        yield f"{name} = {today}  # {TO_SAY}"
    for name in ("controller", "purpose", "legal_basis", "retention"):
        yield f'{name} = "{TO_SAY}"'


def _questionnaires(forms: Mapping[str, Named]) -> Iterator[str]:
    yield "\n[questionnaire]"
    for of in ("adults", "youth"):
        if of in forms or of == "adults":
            yield f"{of} = {_text(forms[of].name if of in forms else TO_SAY)}"


def _people(table: AnswersTable, columns: Mapping[str, str]) -> Iterator[str]:
    yield "\n[people]"
    for name, column in columns.items():
        yield f"{name} = {_text(column)}"
        if name in ("area", "gender", "age", "mode") and (codes := _people_codes(table, name, column)):
            yield f"{name}s = {_codes(codes)}"


def _people_codes(table: AnswersTable, name: str, column: str) -> dict[str, str]:
    """Each code of a column of people with what it seems to mean."""
    met = _met(table, column)
    if name == "age" and all(number_in(code) is not None and float(code) > 11 for code in met):
        return {}  # ages in years
    if len(met) > MOST_CODES:
        return {}
    called = {code: table.values.get(column, {}).get(code, code) for code in met}
    if name == "gender":
        return {code: GENDERS.get(label.casefold(), TO_SAY) for code, label in called.items()}
    return {code: TO_SAY if label == code else f"{TO_SAY} {label}" for code, label in called.items()}


def _met(table: AnswersTable, column: str) -> list[str]:
    """The codes that stand in a column, few or many."""
    at = table.at(column)
    return sorted({plain_code(row[at]) for row in table.rows} - {""}, key=lambda code: (number_in(code) or 0.0, code))


def _items(table: AnswersTable, columns: Sequence[str], forms: Mapping[str, Named]) -> Iterator[list[str]]:
    """A block for each column that seems to be an item: it is called so, maybe behind its group as Kobo and ODK have
    it, or its label is the question.
    """
    for of, form in ((of, named.form) for of, named in forms.items()):
        by_key = {item.key.casefold(): item for item in form.items}
        by_words = {words.casefold(): item for item in form.items for words in item.texts.values()}
        for column in columns:
            plain = column.casefold()
            item = by_key.get(plain) or by_key.get(plain.replace("_", "-"))
            item = item or by_words.get(table.labels.get(column, "").casefold())
            item = item or _behind_its_group(plain, by_key)
            if item:
                yield list(_item(table, column, item, of, form))


def _behind_its_group(column: str, by_key: Mapping[str, Item]) -> Item | None:
    """The item of "group/name"; none for "item/choice", which only repeats one of several choices."""
    group, slash, name = column.rpartition("/")
    return by_key.get(name) if slash and group.rpartition("/")[2] not in by_key else None


def _item(table: AnswersTable, column: str, item: Item, of: str, form: Questionnaire) -> Iterator[str]:
    yield "\n[[items]]"
    yield f"item = {_text(item.key)}"
    if of != "adults":
        yield f"of = {_text(of)}"
    yield f"column = {_text(column)}"
    if item.ask.has_choices and item.ask is not Ask.MANY:
        codes = _item_codes(table, column, item, form)
        if any(code != ours for code, ours in codes.items()):
            yield f"codes = {_codes(codes)}"


def _item_codes(table: AnswersTable, column: str, item: Item, form: Questionnaire) -> dict[str, str]:
    """Each code of a column with our choice: called the same, or the same code; "?" where none is."""
    choices = form.choices_of(item)
    by_words = {text.casefold(): choice.code for choice in choices for text in choice.texts.values()}
    without = {choice.without: choice.code for choice in choices if choice.without}
    own = {choice.code for choice in choices}
    values = table.values.get(column, {})
    found = {}
    for code in (*dict.fromkeys([*values, *_met(table, column)]),)[:MOST_CODES]:
        label = values.get(code, "").casefold()
        silent = without.get(SILENCE[label]) if label in SILENCE else None
        found[code] = by_words.get(label) or silent or (code if code in own and not label else TO_SAY)
    return found


def _unknown(columns: Sequence[str], items: Sequence[Sequence[str]]) -> Iterator[str]:
    spoken = {line for item in items for line in item}
    left = [column for column in columns if f"column = {_text(column)}" not in spoken]
    if left:
        yield "\n# " + _("Disse kolonner er der ikke fundet noget spørgsmål til: %(names)s.") % {
            "names": ", ".join(left[:60])
        }
