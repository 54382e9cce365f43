"""How an agreement that was read is shown at the command line: for people, and as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from kvarter.agreements.actions.importing import Outcome, Plan
from kvarter.agreements.text import AgreementText, ClauseText, Kind

COUNTED = {
    "goals": Kind.GOAL,
    "strategies": Kind.STRATEGY,
    "themes": Kind.THEME,
    "rules": Kind.RULE_OF_PLAY,
    "visions": Kind.VISION,
    "future_images": Kind.FUTURE_IMAGE,
}
OUTCOMES = {
    Outcome.NEW_PARTNERSHIP: "nyt partnerskab med denne aftale",
    Outcome.NEW_AGREEMENT: "ny aftale i partnerskabet",
    Outcome.FIRST_TEXT: "teksten til en aftale, som kun var kendt af navn",
    Outcome.AMENDMENT: "forslag til ændring af den aftale, der gælder",
    Outcome.NOTHING: "ingenting: teksten er her allerede, som aftale eller som forslag",
}


def as_document(text: AgreementText, plan: Plan, day: date, *, stored: bool) -> dict[str, Any]:
    """What was found, as JSON's own types."""
    return {
        "outcome": plan.outcome,
        "stored": stored,
        "agreement": plan.slug,
        "title": text.title,
        "subtitle": text.subtitle,
        "language": text.language,
        "kind": text.kind,
        "parties": len(text.parties),
        **{name: len(text.of_kind(kind)) for name, kind in COUNTED.items()},
        "obligations": len(text.duties),
        "in_force_from": str(day),
        "term_ends": str(text.term_ends) if text.term_ends else None,
        "approving_body": text.approving_body,
        "party_names": [{"name": party.name, "kind": party.kind} for party in text.parties],
        "duties": [_duty(duty) for duty in text.duties],
        "related": [_related(other) for other in text.related],
        "clauses": [_clause(clause) for clause in text.clauses],
        "remarks": [{"line": remark.line, "message": remark.message} for remark in text.remarks],
        "digest": text.digest,
    }


def _clause(clause: ClauseText) -> dict[str, Any]:
    return {
        "key": clause.key,
        "kind": clause.kind,
        "parent": clause.parent,
        "heading": clause.heading,
        "text": clause.text,
    }


def _duty(duty: Any) -> dict[str, Any]:
    return {
        "duty": duty.duty,
        "title": duty.title,
        "due": str(duty.due) if duty.due else None,
        "precision": duty.precision,
        "every_months": duty.every_months,
        "clause": duty.clause,
    }


def _related(other: Any) -> dict[str, Any]:
    return {
        "title": other.title,
        "kind": other.kind,
        "starts": str(other.starts) if other.starts else None,
        "ends": str(other.ends) if other.ends else None,
    }


def show_preview(text: AgreementText, plan: Plan, day: date, basis: str, *, stored: bool) -> None:
    """What was found, for a person to read through."""
    click.secho(text.title, bold=True)
    click.echo(text.subtitle)
    found = {"parter": len(text.parties), **{str(k.label): len(text.of_kind(k)) for k in COUNTED.values()}}
    click.echo("\n" + ", ".join(f"{name}: {n}" for name, n in found.items()))
    click.echo("Parter: " + ", ".join(party.name for party in text.parties))
    click.echo(f"Gælder fra {day}. {basis}")
    click.echo(
        f"Udløber {text.term_ends or '(ikke fundet)'}. Ændringer godkendes af {text.approving_body or '(ikke fundet)'}."
    )
    for duty in text.duties:
        again = f", hver {duty.every_months}. måned" if duty.every_months else ""
        click.echo(f"  {duty.due or 'uden dato'}{again}: {duty.title}")
    click.echo()
    _show_clauses(text, None, 0)
    for remark in text.remarks:
        click.secho(f"  ! {f'linje {remark.line}: ' if remark.line else ''}{remark.message}", fg="yellow")
    click.echo(f"\nDet bliver: {OUTCOMES[plan.outcome]} (/aftale/{plan.slug}).")
    if plan.outcome is not Outcome.NOTHING:
        click.echo("Gemt." if stored else "Intet er gemt. Kør igen med --yes for at gemme.")


def _show_clauses(text: AgreementText, parent: str | None, depth: int) -> None:
    for clause in text.under(parent):
        click.echo(f"{'  ' * depth}[{clause.kind.label}] {clause.key}: {_short(clause)}")
        _show_clauses(text, clause.key, depth + 1)


def _short(clause: ClauseText) -> str:
    words = f"{clause.heading}: {clause.text}" if clause.heading and clause.text else clause.heading or clause.text
    return words if len(words) <= 90 else words[:89] + "…"
