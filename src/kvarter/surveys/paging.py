"""A questionnaire as pages: which of them somebody is shown, where they are, and what they have not answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from kvarter.surveys.checking import Wrong, checked
from kvarter.surveys.minutes import HERE, introduction_of, whole_minutes
from kvarter.surveys.questionnaire import Item, Questionnaire, Section, Texts
from kvarter.surveys.routing import asked, pages_of

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Paper:
    """A questionnaire cut into pages, numbered from 1. pieces: HTML of its questions, kept by whoever draws them."""

    questionnaire: Questionnaire
    pages: list[tuple[Section, tuple[Item, ...]]] = field(default_factory=list)
    pieces: dict[tuple[Any, ...], SafeString] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each item: short in a form's names, and the same for ever, as the questionnaire is."""
        return {item.key: number for number, item in enumerate(self.questionnaire.items, 1)}

    @cached_property
    def page_of(self) -> dict[str, int]:
        """The page that an item stands on."""
        return {item.key: number for number, (_section, items) in enumerate(self.pages, 1) for item in items}

    @cached_property
    def minutes(self) -> Mapping[str, int]:
        """How long it takes, in whole minutes, by language."""
        return {language: whole_minutes(self.questionnaire, language) for language in self.questionnaire.languages}

    @cached_property
    def introductions(self) -> Texts:
        """The introduction, with the minutes it takes."""
        return introduction_of(self.questionnaire)

    @cached_property
    def says_minutes(self) -> bool:
        """Whether the introduction tells how long it takes."""
        return any(HERE in text for text in self.questionnaire.introductions.values())

    def asked_by_page(self, answers: Answers) -> dict[int, list[Item]]:
        """What somebody with these answers is asked on each page that has something to ask, in order."""
        found: dict[int, list[Item]] = {}
        for item in asked(self.questionnaire, answers):
            found.setdefault(self.page_of[item.key], []).append(item)
        return found

    def asked_on(self, page: int, answers: Answers) -> list[Item]:
        """The items of a page that somebody with these answers is asked."""
        return self.asked_by_page(answers).get(page, [])

    def shown(self, answers: Answers) -> list[int]:
        """The pages with something to ask, in order."""
        return list(self.asked_by_page(answers))

    def routed(self, answers: Answers) -> dict[str, Any]:
        """The answers without those that nobody with these answers is asked for."""
        found = asked(self.questionnaire, answers)
        return {item.key: answers[item.key] for item in found if answers.get(item.key) is not None}

    def merged(
        self, page: int, given: Mapping[str, list[str]], answers: Answers, *, may_lack: bool = False
    ) -> tuple[dict[str, Any], dict[str, Wrong]]:
        """All answers once a page is laid to them, and what of the page cannot be kept.

        given: {item key: what the form says}; what is not asked on the page is not looked at. What was emptied goes;
        where something cannot be kept, what stood there stays. may_lack: as a paper may.
        """
        merged, faults = dict(answers), {}
        for item in self.asked_on(page, answers):
            said = [one.replace("\0", "") for one in given.get(item.key, [])]
            answer, wrong = checked(self.questionnaire, item, said)
            if wrong and not (wrong is Wrong.MISSING and may_lack):
                faults[item.key] = wrong
            if answer is not None:
                merged[item.key] = answer
            elif wrong in (None, Wrong.MISSING):
                merged.pop(item.key, None)
        return self.routed(merged), faults

    def skipped(self, answers: Answers) -> list[Item]:
        """What is asked and not answered."""
        return [item for item in asked(self.questionnaire, answers) if answers.get(item.key) is None]

    def first_unanswered(self, answers: Answers) -> int | None:
        """The first page where something required lacks its answer, or nothing is answered; None after the last."""
        for page, items in self.asked_by_page(answers).items():
            given = [answers.get(item.key) is not None for item in items]
            if not any(given) or any(item.required and not there for item, there in zip(items, given, strict=True)):
                return page
        return None


def paper(questionnaire: Questionnaire) -> Paper:
    """A questionnaire cut into pages."""
    return Paper(questionnaire, pages_of(questionnaire))
