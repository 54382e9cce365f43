"""Answer a wave in the field with codes from letters, as people might: for tests that need many answers.

`KVARTER_HOME=… python tools/answer_wave.py PARTNERSHIP/WAVE [--publish] < codes.json`. Each code answers page by page
and sends, by the actions that the site's own pages use. --publish: close, weight and publish too, as the secretariat
does. The answers are made up: do it on an installation that is for trying alone.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kvarter.surveys.models import Wave
    from kvarter.surveys.paging import Paper
    from kvarter.surveys.questionnaire import Item

SILENT = 0.04  # the share of questions that somebody lets be


def answer(codes: Iterable[str], seed: int = 1) -> int:
    """Answer with each code and send; how many did. The same seed and codes give the same answers."""
    from django.contrib.auth.models import AnonymousUser
    from django.utils import timezone

    from kvarter.surveys.actions.answering import save_page, send
    from kvarter.surveys.queries.answering import found_by, paper_of, sitting_for

    chance, day, sent = random.Random(seed), timezone.localdate(), 0
    for code in codes:
        found = found_by(code)
        assert found, f"{code} opens nothing"
        sitting = sitting_for(found, "da")
        paper, leaning, page = paper_of(sitting.questionnaire), chance.random(), 0
        answers: dict[str, object] = {}
        while following := [one for one in paper.shown(answers) if one > page]:
            page = following[0]
            given = {item.key: _said(paper, item, chance, leaning) for item in paper.asked_on(page, answers)}
            saved = save_page(by=AnonymousUser(), sitting=sitting, page=page, given=given, today=day)
            assert not saved.faults, saved.faults
            answers = dict(saved.answers)
        send(by=AnonymousUser(), sitting=sitting, today=day)
        sent += 1
    return sent


def _said(paper: Paper, item: Item, chance: random.Random, leaning: float) -> list[str]:
    """What somebody says, who leans more or less (0 to 1) to the first choices."""
    from kvarter.surveys.questionnaire import Ask

    if item.ask is Ask.TEXT or (chance.random() < SILENT and not item.required):
        return []
    if item.ask is Ask.NUMBER:
        low, high = int(float(item.low or 0)), int(float(item.high or 9))
        return [str(round(low + (high - low) * chance.random() ** 0.5))]
    choices = [choice.code for choice in paper.questionnaire.choices_of(item) if not choice.without]
    return [choices[min(int(len(choices) * (leaning + chance.random()) / 2), len(choices) - 1)]]


def publish(wave: Wave) -> None:
    """Close, weight and publish a wave."""
    from kvarter.evidence.actions.publishing import Words
    from kvarter.evidence.actions.waves import publish_wave, take_in_wave
    from kvarter.people.policy import OPERATOR
    from kvarter.surveys.actions.cutting import close_wave
    from kvarter.surveys.actions.weighting import weigh_wave
    from kvarter.surveys.weights import Method

    wave = close_wave(by=OPERATOR, wave=wave)
    weigh_wave(by=OPERATOR, wave=wave, method=Method())
    wave.refresh_from_db()
    take_in_wave(by=OPERATOR, wave=wave)
    wave.refresh_from_db()
    publish_wave(by=OPERATOR, wave=wave, words=Words(wave.name, wave.name_en))


def main() -> None:
    """Answer with the codes on standard input, a JSON list."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvarter.config.settings")
    import django

    django.setup()
    from kvarter.surveys.models import Wave

    partnership, _slash, slug = sys.argv[1].partition("/")
    wave = Wave.objects.select_related("partnership").get(partnership__slug=partnership, slug=slug)
    print(answer(json.load(sys.stdin)))
    if "--publish" in sys.argv:
        publish(wave)


if __name__ == "__main__":
    main()
