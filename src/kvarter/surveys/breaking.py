"""What changed of an item from one questionnaire to the next, so that its figures are not one series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kvarter.surveys.questionnaire import Item, Questionnaire, words


@dataclass(frozen=True)
class Break:
    """That an item's figures before and after cannot be one series, or may not be: what changed, in which language."""

    item: str
    what: str
    before: str
    after: str


def breaks_between(before: Questionnaire, after: Questionnaire) -> list[Break]:
    """What changed of items that both have: "words" in Danish, "choices", "kind" or "routing"."""
    known = {item.key: item for item in before.items}
    return [one for item in after.items if item.key in known for one in _breaks(before, known[item.key], after, item)]


def _breaks(before: Questionnaire, old: Item, after: Questionnaire, new: Item) -> Iterator[Break]:
    if words(old.texts, "da") != words(new.texts, "da"):
        yield Break(new.key, "words", words(old.texts, "da"), words(new.texts, "da"))
    if old.ask is not new.ask:
        yield Break(new.key, "kind", old.ask.value, new.ask.value)
    choices = [
        " / ".join(f"{c.code}={words(c.texts, 'da')} ({c.score})" for c in whole.choices_of(item))
        for whole, item in ((before, old), (after, new))
    ]
    if choices[0] != choices[1]:
        yield Break(new.key, "choices", *choices)
    if old.shown_if != new.shown_if:
        yield Break(new.key, "routing", str(old.shown_if or ""), str(new.shown_if or ""))
