"""What is asked: plain data, without a database and without a page. Written under a version, and then never changed.

Texts are given by language, Danish first: {"da": "…", "en": "…", "ar": "…"}. An item keeps its key from wave to wave;
where its words, scale or routing are no longer the same, `breaking.breaks_between` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Texts = Mapping[str, str]
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ku", "ps", "ur", "yi"})


class Ask(StrEnum):
    """How an item is answered: one choice, several, a step of a scale, a whole number, a day, or in one's own words."""

    ONE = "one"
    MANY = "many"
    SCALE = "scale"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"

    @property
    def has_choices(self) -> bool:
        """Whether the answer is among choices."""
        return self in (Ask.ONE, Ask.MANY, Ask.SCALE)


class Without(StrEnum):
    """An answer that is none, kept apart from silence: does not know, would rather not say."""

    UNKNOWN = "unknown"
    UNSAID = "unsaid"


@dataclass(frozen=True)
class Choice:
    """One of the answers to choose. score: its number on a scale. without: set where the choice is no answer."""

    code: str
    texts: Texts
    score: float | None = None
    without: Without | None = None


@dataclass(frozen=True)
class Scale:
    """Choices that several items share. A changed scale needs a new key: figures on two scales are not one series."""

    key: str
    choices: tuple[Choice, ...]


class Compare(StrEnum):
    """How an answer is held to a value: HAS is for items with several choices."""

    IS = "="
    IS_NOT = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    HAS = "has"


@dataclass(frozen=True)
class Condition:
    """A condition on answers already given: one comparison (`item`), or several joined (`parts`).

    every: all of `parts` must hold, or one of them. A comparison with an item that has no answer does not hold.
    """

    item: str = ""
    compare: Compare = Compare.IS
    value: str = ""
    parts: tuple[Condition, ...] = ()
    every: bool = True

    @property
    def items(self) -> frozenset[str]:
        """The items it looks at."""
        return frozenset({self.item} - {""}).union(*(part.items for part in self.parts))


@dataclass(frozen=True)
class Told:
    """How an item becomes a figure: the share who gave one of these choices, or (without them) the mean of the scores.

    direction: "more", "less", "maintain" or "none", as the partnership has agreed; margin: for "maintain".
    """

    choices: tuple[str, ...] = ()
    direction: str = "none"
    margin: float | None = None


@dataclass(frozen=True)
class Item:
    """One question.

    theme: the slug of the agreement's theme, "" for background. scale: the key of a shared scale, or `choices` of its
    own. shown_if: the routing. low, high: limits of a number, or ISO days of a date. told: how it becomes a figure, if
    it does. note: which established question it corresponds to, and what must stay word for word for other areas'
    figures to compare; notes: the same in other languages. about: "self", or "area" for a question about the area that
    the surrounding town is asked too.
    """

    key: str
    ask: Ask
    texts: Texts
    theme: str = ""
    hints: Texts = field(default_factory=dict)
    scale: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False
    shown_if: Condition | None = None
    low: str = ""
    high: str = ""
    told: Told | None = None
    note: str = ""
    notes: Texts = field(default_factory=dict)
    about: str = "self"


@dataclass(frozen=True)
class Section:
    """Items under one heading."""

    key: str
    texts: Texts
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Questionnaire:
    """A whole questionnaire in one version. languages: those every text is there in, the first being the original.

    audience: "adults" or "youth" (12 to 17 years).
    """

    key: str
    version: int
    titles: Texts
    languages: tuple[str, ...]
    sections: tuple[Section, ...]
    scales: tuple[Scale, ...] = ()
    introductions: Texts = field(default_factory=dict)
    audience: str = "adults"

    @property
    def items(self) -> Iterator[Item]:
        """Every item, in order."""
        return (item for section in self.sections for item in section.items)

    def item(self, key: str) -> Item:
        """The item with this key. Raises KeyError."""
        found = next((item for item in self.items if item.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    def choices_of(self, item: Item) -> tuple[Choice, ...]:
        """The choices of an item: its own, or those of its scale. Raises KeyError for a scale that is not there."""
        if not item.scale:
            return item.choices
        return {scale.key: scale.choices for scale in self.scales}[item.scale]


def words(texts: Texts, language: str) -> str:
    """A text in a language; in Danish, or what there is, where it is not there."""
    return texts.get(language) or texts.get("da") or next(iter(texts.values()), "")
