"""The line of a letter for whoever reads neither Danish nor English."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest

from kvarter.surveys.actions.inviting import Addressed
from kvarter.surveys.letters.own_language import own_lines
from kvarter.surveys.letters.plain import text_of
from kvarter.surveys.letters.setting import letters_pdf
from kvarter.surveys.letters.words import answer_address, words_of
from tests.surveys.drawn import opened
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

ARABIC = {chr(letter) for letter in range(0x621, 0x64B)}
ONE = Addressed("K7QF9M-2MXR4T-0HJ3WB", "p", "Åse Sørensen", ("Birkevej 1", "2860 Søborg"), "", "", True)


def test_it_is_there_in_each_language_that_every_button_speaks_and_the_letter_does_not() -> None:
    [(language, line)] = own_lines(("da", "en", "ar", "so"), "kvarter.example.dk/svar")
    assert language == "ar"
    assert "kvarter.example.dk/svar" in line
    assert "«العربية»" in line
    assert own_lines(("da", "en"), "kvarter.example.dk/svar") == ()


@pytest.mark.django_db(databases=BOTH_DATABASES)
def test_it_stands_on_the_front_in_letters_that_everyone_has_and_in_e_mail(world: World) -> None:
    words = words_of(opened(world), "invitation", 12)
    assert words.own == ()  # the small questionnaire is not asked in Arabic
    own = own_lines(["ar"], answer_address())
    content = letters_pdf(replace(words, own=own), [ONE], date(2024, 3, 1))
    assert b"pdfuaid:part" in content  # set with fonts that we carry: else the promise of a tagged PDF is dropped
    front, back = (page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(content))
    assert set(own[0][1]) & ARABIC <= set(front)
    assert not set(back) & ARABIC
    assert own[0][1] in text_of(replace(words, own=own), ONE)
