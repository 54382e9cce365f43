"""The pages of figures are read by residents: their running text keeps to plain words."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from kvarter.agreements.default_content import load_hoeje_gladsaxe
from kvarter.evidence.default_content import load_figures
from tests.agreements.test_editions import lix

pytestmark = pytest.mark.django_db
AT_MOST = 45
PARTS = ".//p | .//li | .//h1 | .//h2 | .//h3"


def running_text(page: bytes) -> str:
    """What is read from top to bottom: without tables, what can be opened, and the figures themselves."""
    main = html.fromstring(page.decode()).get_element_by_id("main")
    for apart in main.xpath(".//table | .//details | .//nav"):
        apart.drop_tree()
    parts = (" ".join(part.text_content().split()).rstrip(".") for part in main.xpath(PARTS))
    return re.sub(r"\d[\d.,]*", "1", ". ".join(part for part in parts if part)) + "."


def test_the_pages_of_figures_are_easy_to_read() -> None:
    partnership = load_hoeje_gladsaxe()
    load_figures(partnership)
    visitor = Client(SERVER_NAME="localhost")
    slug = partnership.slug
    pages = [reverse(name, args=[slug]) for name in ("themes", "mirrors", "spine", "early_warning")]
    pages += [reverse("theme", args=[slug, theme]) for theme in ("tryghed", "selvforsoergelse", "medborgerskab")]
    pages += [reverse("indicator", args=[slug, "valgdeltagelse"])]
    pages += [reverse("answered", args=["sammen-om-hoeje-gladsaxe"])]
    found = {page: lix(running_text(visitor.get(page).content)) for page in pages}
    assert {page: value for page, value in found.items() if value >= AT_MOST} == {}
