"""Every text a user sees is there in English too, and the public pages are plain to read."""

from __future__ import annotations

import re
import sys

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.utils.html import strip_tags

from tests.conftest import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "tools"))
import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
LONGEST_LIX = 45
AGREEMENT = "/aftale/sammen-om-hoeje-gladsaxe"
HG = "/kvarter/hoeje-gladsaxe"
PLAIN = ("/", AGREEMENT, f"{AGREEMENT}/maal/maal-1", f"{AGREEMENT}/udgaver", "/privatliv", "/tilgaengelighed", "/svar")
PLAIN += (f"{HG}/tal", f"{HG}/tal/tryghed", f"{HG}/tal/medborgerskab", f"{HG}/tal/tillid", f"{HG}/udgivelser")
PLAIN += (f"{HG}/varsling", f"{HG}/indikator/valgdeltagelse", f"{HG}/kort")


def catalogue():  # type: ignore[no-untyped-def]
    with messages.CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def test_the_catalogue_has_every_text_and_no_other() -> None:
    known = {(message.id, message.context) for message in catalogue() if message.id}
    used = {(text, context) for _file, text, context in messages.texts()}
    assert {text for text, _context in used} - {text for text, _context in known} == set()
    assert {text for text, _context in known} - {text for text, _context in used} == set()


def test_nothing_lacks_its_english() -> None:
    assert messages.missing(catalogue()) == []
    assert [message.id for message in catalogue() if message.fuzzy and message.id] == []


def test_placeholders_survive_translation() -> None:
    for message in catalogue():
        if not message.id:
            continue
        danish = message.id if isinstance(message.id, tuple) else (message.id,)
        english = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(PLACEHOLDER.findall(" ".join(danish)))
        assert set(PLACEHOLDER.findall(" ".join(english))) == wanted, message.id


def lix(text: str) -> float:
    """Björnsson's readability index: words a sentence, and per cent of words over six letters."""
    words = re.findall(r"[^\W\d_]+", text)
    sentences = max(len(re.findall(r"[.!?:]+(?:\s|$)", text)), 1)
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / max(len(words), 1)


@pytest.mark.django_db
@pytest.mark.parametrize("address", PLAIN)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_public_pages_are_plain_to_read(address: str, prefix: str) -> None:
    from kvarter.agreements.default_content import load_hoeje_gladsaxe
    from kvarter.evidence.default_content import load_figures

    load_figures(load_hoeje_gladsaxe())
    answer = Client(SERVER_NAME="localhost").get(prefix + address)
    assert answer.status_code == 200
    html = answer.content.decode()
    main = re.search(r"<main.*?</main>", html, re.DOTALL)
    assert main
    passages = re.findall(r"<(?:p|li|h[1-6])\b[^>]*>(.*?)</(?:p|li|h[1-6])>", main[0], re.DOTALL)
    assert lix(". ".join(strip_tags(passage) for passage in passages)) < LONGEST_LIX
