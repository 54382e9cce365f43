"""What the columns of a table mean, as W3C CSV on the Web: found beside the table by adding -metadata.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from django.utils import translation

from kvarter.agreements.made_up import told


def csvw(
    table: str,
    url: str,
    titles: Mapping[str, str],
    creator: str,
    attributions: Mapping[str, str],
    facts: Mapping[str, Any],
) -> str:
    """The metadata of a table ("figures", "differences" or "reflections"): address, titles by language (those that
    there are), sentences of its sources with their languages.
    """
    told: dict[str, Any] = json.loads(own_text(f"{table}.csv-metadata.json"))
    own = {
        "url": url,
        "dc:title": [{"@value": title, "@language": language} for language, title in titles.items() if title],
        "dc:creator": creator,
        "dc:rights": [{"@value": text, "@language": language} for text, language in attributions.items()],
    }
    return json.dumps(told | own | dict(facts), ensure_ascii=False, indent=2) + "\n"


def made_up_facts(*, is_made_up: bool) -> dict[str, Any]:
    """That a table is made up for a demonstration, in both languages; nothing of what is real."""
    if not is_made_up:
        return {}
    found = []
    for language in ("da", "en"):
        with translation.override(language):
            found.append({"@value": told(), "@language": language})
    return {"dc:description": found}


def own_text(name: str) -> str:
    """The text of a file that goes with this folder."""
    return files("kvarter.evidence").joinpath("templates", "evidence", "package", name).read_text(encoding="utf-8")
