"""Codes and seals: what opens what, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter.surveys.sealing import (
    CODE_LETTERS,
    LETTERS,
    CannotOpen,
    code_digest,
    link_of,
    new_code,
    new_key,
    open_link,
    seal,
    seal_link,
    tidy_code,
    unseal,
)

SALT = bytes(range(16))


def test_a_code_carries_85_random_bits_and_is_read_as_it_was_printed() -> None:
    codes = {new_code() for _at in range(1000)}
    assert len(codes) == 1000
    assert len(LETTERS) ** (CODE_LETTERS - 1) == 2**85
    for code in codes:
        assert tidy_code(f"  {code.lower().replace('-', ' ')} ") == code


def test_letters_that_look_alike_are_read_alike() -> None:
    code = next(one for one in iter(new_code, None) if "0" in one and "1" in one)
    assert tidy_code(code.replace("0", "o").replace("1", "l")) == code


@given(st.integers(0, CODE_LETTERS - 1), st.sampled_from(LETTERS))
def test_one_wrong_letter_is_always_found(at: int, letter: str) -> None:
    letters = new_code().replace("-", "")
    wrong = letters[:at] + letter + letters[at + 1 :]
    assert (tidy_code(wrong) is None) is (wrong != letters)


@pytest.mark.parametrize("typed", ["", "K7QF9M", "ÆØÅ" * 6, "K" * 400, "U" * 18])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert tidy_code(typed) is None


def test_a_seal_opens_with_its_key_for_its_purpose_and_unchanged() -> None:
    key, other = new_key(), new_key()
    sealed = seal(key, b"Bente", "contact")
    assert unseal(key, sealed, "contact") == b"Bente"
    for wrong in ((other, sealed, "contact"), (key, sealed, "link"), (key, sealed[:-1] + b"\0", "contact")):
        with pytest.raises(CannotOpen):
            unseal(*wrong)


def test_any_code_of_a_person_leads_to_the_same_response_and_another_code_to_none() -> None:
    key = new_key()
    bente, bo = link_of(key, "p1", "h1"), link_of(key, "p2", "h1")
    assert bente.ticket != bo.ticket
    assert bente.household == bo.household
    first, second = new_code(), new_code()
    assert open_link(key, first, SALT, seal_link(key, first, SALT, bente)) == bente
    assert open_link(key, second, SALT, seal_link(key, second, SALT, bente)) == bente
    with pytest.raises(CannotOpen):
        open_link(key, second, SALT, seal_link(key, first, SALT, bente))
    with pytest.raises(CannotOpen):
        open_link(new_key(), first, SALT, seal_link(key, first, SALT, bente))


def test_those_without_a_household_are_their_own() -> None:
    key = new_key()
    assert link_of(key, "p1", "").household != link_of(key, "p2", "").household


def test_a_digest_is_salted_by_the_wave() -> None:
    code = new_code()
    key = new_key()
    assert code_digest(key, SALT, code) == code_digest(key, SALT, code)
    assert code_digest(key, SALT, code) != code_digest(key, bytes(16), code)
    assert code_digest(key, SALT, code) != code_digest(new_key(), SALT, code)
