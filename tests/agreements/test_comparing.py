"""Old and new side by side: what is marked reads well, and no word is lost."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter.agreements.comparing import (
    ClauseChange,
    Span,
    compare_versions,
    compare_words,
    moved_keys,
)
from kvarter.agreements.text import ClauseText, Kind, Wording


def marked(spans: tuple[Span, ...]) -> str:
    """The text with what changed in brackets."""
    return "".join(f"[{span.text}]" if span.changed else span.text for span in spans)


def sides(old: str, new: str) -> tuple[str, str]:
    compared = compare_words(old, new)
    return marked(compared.old), marked(compared.new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # A word.
        ("Vi styrker kvarterets [image] sammen.", "Vi styrker kvarterets [ry] sammen."),
        # A word more, and its comma.
        ("Vi vil sikre kultur og sport.", "Vi vil sikre kultur[, natur] og sport."),
        # A letter makes another word.
        ("Der er et [bydelshus] i kvarteret.", "Der er et [Bydelshus] i kvarteret."),
        # A sentence more is one mark, however long it is.
        ("Vi mødes.", "Vi mødes. [Det sker hver anden torsdag i huset ved torvet, og alle må være med.]"),
        # A short word between two changes goes with them: no confetti.
        (
            "Kvarteret skal være [attraktivt og trygt] for alle, der bor her.",
            "Kvarteret skal være [indbydende og roligt] for alle, der bor her.",
        ),
        # Two of them stand, and so does a longer one.
        (
            "Børn skal [lege] ude i det [grønne] hver eneste dag.",
            "Børn skal [løbe] ude i det [fri] hver eneste dag.",
        ),
        (
            "Alle skal være [trygge] overalt [om] aftenen i hele kvarteret.",
            "Alle skal være [glade] overalt [hver] aftenen i hele kvarteret.",
        ),
        # Two texts with next to nothing in common differ as a whole.
        ("[Ingen af parterne kan nå det alene.]", "[Vi holder møde fire gange om året i bydelshuset.]"),
        ("[Trygge børn lærer.]", "[Trygge voksne og børn fra hele byen kommer her, og alle lærer meget.]"),
        ("[.]", "[Vi holder møde om det.]"),
        # A new line is a change; another blank is not.
        ("Første punkt. Andet punkt.", "Første punkt.[\n]Andet punkt."),
        ("Hele teksten  er ens.", "Hele teksten er ens."),
        ("", "[Ny tekst.]"),
        ("[Gammel tekst.]", ""),
        ("", ""),
    ],
)
def test_what_is_marked(old: str, new: str) -> None:
    plain = [text.replace("[", "").replace("]", "") for text in (old, new)]
    assert sides(*plain) == (old, new)


WORDS = st.sampled_from(
    [*"aei", "kvarter", "trygt", "børn", "og", ".", ",", " ", "  ", "\n", "\u2028", "2025-2026", "å̊"]
)
LISTS = st.lists(WORDS, max_size=40)
TEXTS = st.one_of(LISTS.map(" ".join), LISTS.map("".join), st.text())


@given(TEXTS, TEXTS)
def test_the_runs_of_a_side_are_its_text(old: str, new: str) -> None:
    compared = compare_words(old, new)
    assert "".join(span.text for span in compared.old) == old
    assert "".join(span.text for span in compared.new) == new


@given(TEXTS, TEXTS)
def test_what_is_not_marked_reads_the_same_on_both_sides(old: str, new: str) -> None:
    compared = compare_words(old, new)
    kept = ["".join(s.text for s in side if not s.changed).split() for side in (compared.old, compared.new)]
    assert "".join(kept[0]) == "".join(kept[1])


@given(TEXTS, TEXTS)
def test_runs_are_never_empty_and_take_turns(old: str, new: str) -> None:
    compared = compare_words(old, new)
    for spans in (compared.old, compared.new):
        assert all(span.text for span in spans)
        assert all(one.changed != other.changed for one, other in pairwise(spans))


@given(TEXTS)
def test_a_text_has_no_difference_to_itself(text: str) -> None:
    assert not any(span.changed for span in compare_words(text, text).new)


def long_text(seed: int, vocabulary: int) -> list[str]:
    """20,000 words, the common ones as common as in a real text."""
    dice = random.Random(seed)
    return [f"ord{int(dice.paretovariate(0.5)) % vocabulary}" for _ in range(20_000)]


def timed(old: str, new: str) -> tuple[float, int]:
    """Seconds of work, and how many of the new words are marked."""
    start = time.process_time()
    compared = compare_words(old, new)
    return time.process_time() - start, sum(len(s.text.split()) for s in compared.new if s.changed)


def test_a_long_text_is_compared_quickly_and_to_the_word() -> None:
    old = long_text(1, 8000)
    new = list(old)
    for place in range(7, 20_000, 50):
        new[place] = "nyt"
    seconds, changed = timed(" ".join(old), " ".join(new))
    assert seconds < 2
    assert 400 <= changed < 450


@pytest.mark.parametrize("vocabulary", [1, 2, 3, 20, 300, 8000])
def test_two_long_texts_with_little_in_common_take_no_longer(vocabulary: int) -> None:
    seconds, _changed = timed(" ".join(long_text(2, vocabulary)), " ".join(long_text(3, vocabulary)))
    assert seconds < 2


def test_a_text_made_to_take_long_does_not() -> None:
    # Each gap between the ties costs difflib the most it can: every word matches, and only one at a time.
    old = " ".join(f"t{n} u{n} v{n} " + "a " * 200 for n in range(90))
    new = " ".join(f"t{n} u{n} v{n} " + "a b " * 100 for n in range(90))
    assert timed(old, new)[0] < 2


# Versions

SECTION = ClauseText("maal", Kind.SECTION, "Målsætninger")
GOALS = tuple(ClauseText(f"maal-{n}", Kind.GOAL, text=f"Mål {n}", parent="maal") for n in range(1, 5))
STEPS = tuple(ClauseText(f"maal-1-{n}", Kind.STRATEGY, text=f"Trin {n}", parent="maal-1") for n in (1, 2, 3))
VISION = ClauseText("vision", Kind.VISION, "Vision", "Et godt sted.")
OLD = (VISION, SECTION, GOALS[0], *STEPS, *GOALS[1:])


def states(changes: tuple[ClauseChange, ...]) -> list[str]:
    """Key and state of each clause that differs."""
    return [f"{change.key} {change.state}" for change in changes if change.state != "unchanged"]


def order(changes: tuple[ClauseChange, ...]) -> list[str]:
    return [change.key for change in changes]


def test_a_version_has_no_difference_to_itself() -> None:
    assert states(compare_versions(OLD, OLD)) == []
    assert order(compare_versions(OLD, OLD)) == [clause.key for clause in OLD]


def test_other_words_another_heading_and_another_kind_are_changes_but_a_translation_is_not() -> None:
    new = [replace(VISION, heading="Vores vision"), *OLD[1:]]
    new[2] = replace(GOALS[0], text="Et trygt kvarter")
    new[3] = replace(STEPS[0], kind=Kind.TEXT)
    new[4] = replace(STEPS[1], translations={"en": Wording(text="Step 2")})
    changes = compare_versions(OLD, new)
    assert states(changes) == ["vision changed", "maal-1 changed", "maal-1-1 changed"]
    assert (changes[0].old, changes[0].new) == (VISION, new[0])


def test_one_new_clause_moves_nobody_else() -> None:
    new = ClauseText("maal-0", Kind.GOAL, text="Nyt", parent="maal")
    changes = compare_versions(OLD, (VISION, SECTION, new, *OLD[2:]))
    assert states(changes) == ["maal-0 new"]
    assert changes[2] == ClauseChange("maal-0", "new", None, new)


def test_one_removed_clause_stands_where_it_used_to_and_moves_nobody_else() -> None:
    changes = compare_versions(OLD, [clause for clause in OLD if clause is not STEPS[1]])
    assert states(changes) == ["maal-1-2 removed"]
    assert order(changes) == [clause.key for clause in OLD]
    assert (changes[4].old, changes[4].new) == (STEPS[1], None)


def test_a_removed_goal_stands_with_its_strategies_after_the_goal_before_it() -> None:
    more = ClauseText("maal-4-1", Kind.STRATEGY, text="Nyt skridt", parent="maal-4")
    new = (VISION, SECTION, *GOALS[1:], more)
    moved_last = (*OLD[:2], *GOALS[1:], GOALS[0], *STEPS)
    assert order(compare_versions(moved_last, new)) == [
        *("vision", "maal", "maal-2", "maal-3", "maal-4", "maal-4-1"),
        *("maal-1", "maal-1-1", "maal-1-2", "maal-1-3"),
    ]


def test_what_took_a_removed_clauses_place_comes_after_it() -> None:
    fresh = ClauseText("frisk", Kind.STRATEGY, text="Frisk", parent="maal-1")
    new = (*OLD[:4], fresh, *OLD[5:])
    assert order(compare_versions(OLD, new))[3:7] == ["maal-1-1", "maal-1-2", "frisk", "maal-1-3"]


def test_a_clause_moved_among_its_siblings_is_the_only_one_moved() -> None:
    new = (*OLD[:2], GOALS[3], GOALS[0], *STEPS, *GOALS[1:3])
    assert states(compare_versions(OLD, new)) == ["maal-4 moved"]


def test_a_clause_under_another_parent_is_moved() -> None:
    new = (*OLD[:5], GOALS[1], replace(STEPS[2], parent="maal-2"), *GOALS[2:])
    assert states(compare_versions(OLD, new)) == ["maal-1-3 moved"]


def test_a_clause_that_comes_between_others_does_not_move_them() -> None:
    two = [ClauseText(f"maal-2-{n}", Kind.STRATEGY, text=f"Trin {n}", parent="maal-2") for n in (1, 2)]
    old = (*OLD[:7], *two, *GOALS[2:])
    new = (*OLD[:5], GOALS[1], two[0], replace(STEPS[2], parent="maal-2"), two[1], *GOALS[2:])
    assert states(compare_versions(old, new)) == ["maal-1-3 moved"]


def test_a_goal_that_moves_does_not_move_its_strategies() -> None:
    new = (*OLD[:2], *GOALS[1:], GOALS[0], *STEPS)
    assert states(compare_versions(OLD, new)) == ["maal-1 moved"]


def test_other_words_in_another_place_are_a_change() -> None:
    new = (*OLD[:5], GOALS[1], replace(STEPS[2], parent="maal-2", text="Andre ord"), *GOALS[2:])
    assert states(compare_versions(OLD, new)) == ["maal-1-3 changed"]


@given(st.permutations(GOALS), st.sets(st.integers(0, 3)), st.sets(st.integers(0, 3)))
def test_every_clause_of_either_version_is_there_once_in_the_new_order(
    turned: list[ClauseText], fresh: set[int], gone: set[int]
) -> None:
    old = (SECTION, *(goal for n, goal in enumerate(GOALS) if n not in fresh))
    new = (SECTION, *(goal for n, goal in enumerate(turned) if n not in gone))
    found = order(compare_versions(old, new))
    assert sorted(found) == sorted({clause.key for clause in (*old, *new)})
    assert [key for key in found if key in {c.key for c in new}] == [c.key for c in new]


@given(st.permutations(range(8)))
def test_as_few_as_can_be_are_moved(turned: list[int]) -> None:
    old = [ClauseText(f"k{n}", Kind.TEXT, text=str(n)) for n in range(8)]
    moved = moved_keys(old, [old[n] for n in turned])
    stayed = [n for n in turned if f"k{n}" not in moved]
    longest = 0
    for chosen in range(256):
        line = [n for n in turned if chosen >> n & 1]
        longest = max(longest, len(line) if line == sorted(line) else 0)
    assert stayed == sorted(stayed)
    assert len(stayed) == longest
