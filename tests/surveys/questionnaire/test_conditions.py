"""Routing goes to XPath and back, and what cannot be meant the same is refused or told."""

from __future__ import annotations

import pytest

from kvarter.surveys.questionnaire import Ask, Compare, Condition
from kvarter.surveys.routing import holds
from kvarter.surveys.xlsform.conditions import (
    UnreadableError,
    read_condition,
    read_limits,
    written_condition,
    written_limits,
)

KINDS = {"a": Ask.ONE, "b": Ask.MANY, "age": Ask.NUMBER, "day": Ask.DATE}
A_IS_X = Condition("a", Compare.IS, "x")
OVER_17 = Condition("age", Compare.AT_LEAST, "18")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("${a} = 'x'", A_IS_X),
        ('"x"=${a}', A_IS_X),
        ("  ( ${ a } = 'x' ) ", A_IS_X),
        ("${age} >= 18", OVER_17),
        ("18 <= ${age}", OVER_17),
        ("${age} > -5", Condition("age", Compare.MORE, "-5")),
        ("${day} < date('2020-01-31')", Condition("day", Compare.LESS, "2020-01-31")),
        ("${a} != ''", Condition("a", Compare.IS_NOT, "")),
        ("selected(${b}, 'x')", Condition("b", Compare.HAS, "x")),
        ("${a} = 'x' and ${age} >= 18", Condition(parts=(A_IS_X, OVER_17))),
        ("${a} = 'x' or ${age} >= 18", Condition(parts=(A_IS_X, OVER_17), every=False)),
        (
            "${a}='x' or ${age}>=18 and ${a}='x'",
            Condition(parts=(A_IS_X, Condition(parts=(OVER_17, A_IS_X))), every=False),
        ),
        ("string-length(${a}) > 0 and ${a} != 'x'", Condition("a", Compare.IS_NOT, "x")),
    ],
)
def test_what_forms_say_is_read_and_means_the_same_everywhere(said: str, meant: Condition) -> None:
    assert read_condition(said, KINDS) == (meant, False)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("${a} != 'x'", Condition("a", Compare.IS_NOT, "x")),
        ("not(${age} >= 18)", Condition("age", Compare.LESS, "18")),
        ("not(selected(${a}, 'x'))", Condition("a", Compare.IS_NOT, "x")),
        (
            "not(${a} = 'x' and ${age} < 18)",
            Condition(parts=(Condition("a", Compare.IS_NOT, "x"), OVER_17), every=False),
        ),
    ],
)
def test_what_holds_in_xpath_before_an_answer_is_told(said: str, meant: Condition) -> None:
    assert read_condition(said, KINDS) == (meant, True)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "${a}",
        "${a} =",
        "${a} = ${age}",
        "'x' = 'x'",
        "${a} = ''",
        "not(${a} != '')",
        "not(selected(${b}, 'x'))",
        "count-selected(${b}) > 1",
        "${age} + 1 > 18",
        "${a} = 'x' ${a}",
        "(${a} = 'x'",
        "true()",
        "${day} > today()",
        "${day} > date('31/1/2020')",
        "string-length(${a}) > 3",
        "${a} = 'x",
        "${a} = 'x' xor ${age} > 1",
        "(" * 30 + "${a} = 'x'" + ")" * 30,
        "${a} = 'x' or " * 300 + "${a} = 'x'",
    ],
)
def test_the_rest_is_refused_with_a_word(said: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_condition(said, KINDS)
    assert len(str(refused.value)) > 20


@pytest.mark.parametrize("answers", [{}, {"a": "x"}, {"a": "y"}, {"a": "x", "age": 18}, {"a": "y", "age": 3}])
def test_a_negation_is_turned_by_the_laws_of_logic(answers: dict[str, object]) -> None:
    turned, _differs = read_condition("not(${a} = 'x' or ${age} < 18)", KINDS)
    same, _differs = read_condition("${a} != 'x' and ${age} >= 18", KINDS)
    assert holds(turned, answers) == holds(same, answers) == (answers.get("a") == "y" and answers.get("age", 0) == 18)


def test_an_inequality_is_written_so_that_others_skip_the_unanswered_too() -> None:
    not_x = Condition("a", Compare.IS_NOT, "x")
    assert written_condition(not_x, KINDS) == "string-length(${a}) > 0 and ${a} != 'x'"
    both = Condition(parts=(not_x, OVER_17), every=False)
    assert written_condition(both, KINDS) == "(string-length(${a}) > 0 and ${a} != 'x') or ${age} >= 18"
    assert read_condition(written_condition(both, KINDS), KINDS) == (both, False)


@pytest.mark.parametrize(
    ("said", "kind", "limits"),
    [
        (". >= 0 and . <= 120", Ask.NUMBER, ("0", "120")),
        (". > 0", Ask.NUMBER, ("1", "")),
        ("10 > .", Ask.NUMBER, ("", "9")),
        (". = 3", Ask.NUMBER, ("3", "3")),
        (". >= 5 and . >= 12 and . <= 20", Ask.NUMBER, ("12", "20")),
        (". > date('2019-12-31') and . < '2021-01-01'", Ask.DATE, ("2020-01-01", "2020-12-31")),
        (". <= date('9999-12-31')", Ask.DATE, ("", "9999-12-31")),
    ],
)
def test_limits_are_read_as_the_lowest_and_highest_answer(said: str, kind: Ask, limits: tuple[str, str]) -> None:
    assert read_limits(said, kind) == limits
    assert read_limits(written_limits(*limits, kind), kind) == limits


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (". > 0 or . < -5", Ask.NUMBER),
        (". != 7", Ask.NUMBER),
        (". >= 0.5", Ask.NUMBER),
        (". >= ${a}", Ask.NUMBER),
        ("regex(., '[0-9]+')", Ask.TEXT),
        (". <= today()", Ask.DATE),
        (". > date('9999-12-31')", Ask.DATE),
        (". = 'x'", Ask.TEXT),
    ],
)
def test_other_constraints_are_refused(said: str, kind: Ask) -> None:
    with pytest.raises(UnreadableError):
        read_limits(said, kind)
