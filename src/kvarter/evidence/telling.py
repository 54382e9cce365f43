"""Themes, wholes and indicators as a publication tells of them: in both languages, with what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils import translation

from kvarter.evidence.models import Aim, ClauseLink, Composition, Indicator, Theme
from kvarter.places.models import AreaShare


def both(say: Callable[[], str]) -> dict[str, str]:
    """A text in Danish and English."""
    found = {}
    for language in ("da", "en"):
        with translation.override(language):
            found[language] = say()
    return found


def texts(thing: Any, *fields: str) -> dict[str, dict[str, str]]:
    """Fields in Danish and English beside each other."""
    return {name: {"da": getattr(thing, name), "en": getattr(thing, f"{name}_en")} for name in fields}


def theme_told(theme: Theme) -> dict[str, Any]:
    """A theme as a publication tells of it."""
    return {"slug": theme.slug, "clause": theme.clause, **texts(theme, "name", "about")}


def links_of(indicators: Iterable[Indicator]) -> dict[int, list[dict[str, str]]]:
    """The clauses that indicators speak to, by indicator (one SQL query)."""
    found: dict[int, list[dict[str, str]]] = {}
    rows = ClauseLink.objects.filter(indicator__in=indicators).order_by("clause")
    for pk, agreement, clause in rows.values_list("indicator", "agreement__slug", "clause"):
        found.setdefault(pk, []).append({"agreement": agreement, "key": clause})
    return found


def share_told(share: AreaShare) -> dict[str, Any]:
    """How much of a reported unit an area is, as a publication tells of it, with the day of each of the two counts."""
    area = share.part.area
    return {
        "part": {"da": area.name, "en": area.name_en or area.name},
        "part_area": area.slug,
        "part_version": share.part.key,
        "basis": share.basis,
        "of_part": float(share.of_part),
        "of_whole": float(share.of_whole),
        "part_on": share.part_on,
        "whole_on": share.whole_on,
        "source": {"da": share.source, "en": share.source_en or share.source},
        "joins": share.joins,
    }


def composition_told(composition: Composition) -> dict[str, Any]:
    """A whole parted into categories, as a publication tells of it."""
    facts = {name: getattr(composition, name) for name in ("position", "counted", "design_effect")}
    return texts(composition, "name", "grounds") | facts


def indicator_told(indicator: Indicator, aim: Aim | None, clauses: list[dict[str, str]]) -> dict[str, Any]:
    """An indicator as a publication tells of it, with what was decided of it."""
    return {
        "theme": indicator.theme.slug,
        "position": indicator.position,
        **texts(indicator, "name", "definition", "respondents", "known_issues"),
        "measure": indicator.measure,
        "base": indicator.base or (indicator.composition.counted if indicator.composition else ""),
        "flow": indicator.flow,
        "grade": indicator.grade,
        "criterion": indicator.criterion,
        "owner": str(indicator.owner) if indicator.owner else None,
        "decision": indicator.decision,
        "clauses": clauses,
        "composition": indicator.composition.slug if indicator.composition else "",
        "aim": _aim_told(aim) if aim else None,
    }


def _aim_told(aim: Aim) -> dict[str, Any]:
    return {
        "agreement": aim.version.agreement.slug,
        "version": aim.version.number,
        "decision": aim.decision,
        "decided_on": aim.decided_on.isoformat(),
        "direction": aim.direction,
        "margin": aim.margin,
        "baseline": aim.baseline,
        "baseline_on": aim.baseline_on.isoformat() if aim.baseline_on else None,
        "target": aim.target,
        "target_by": aim.target_by.isoformat() if aim.target_by else None,
        "reference": aim.reference.slug if aim.reference else None,
    }
