"""A wave's figures as readers will see them, before they are published."""

from __future__ import annotations

from dataclasses import dataclass

from kvarter.evidence.disclosing import Limits
from kvarter.evidence.drafting import Choice, Draft, draft_publication
from kvarter.evidence.models import Indicator
from kvarter.evidence.queries.previews import as_told
from kvarter.evidence.queries.published import Told
from kvarter.surveys.models import Wave


@dataclass(frozen=True)
class Preview:
    """What publishing a wave would publish. told: its indicators as they will be told; None where none are made."""

    draft: Draft
    told: tuple[Told, ...]


def preview_of(wave: Wave, language: str) -> Preview | None:
    """A wave's figures as they would be published, or None where they are not made (a fixed number of SQL queries)."""
    if not wave.register:
        return None
    slugs = Indicator.objects.filter(partnership=wave.partnership, observations__register__digest=wave.register)
    choice = Choice(indicators=frozenset(slugs.values_list("slug", flat=True)), wave=wave.register)
    draft = draft_publication(wave.partnership, choice, Limits())
    told = as_told(draft, language).indicators.values()
    return Preview(draft, tuple(sorted(told, key=lambda one: one.position)))
