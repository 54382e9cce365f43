"""`kvarter agreement`: take an agreement in from a file, or out to one."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kvarter.cli.start import set_up

if TYPE_CHECKING:
    from kvarter.agreements.text import AgreementText

WRONG_INPUT = 2


class InputError(click.ClickException):
    """Something the person can mend; nothing was stored."""

    exit_code = WRONG_INPUT


@click.group()
def agreement() -> None:
    """Take an agreement in from a file, or out to one."""


@agreement.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partnership", "partnership_slug", required=True, metavar="SLUG", help="Address of the partnership.")
@click.option("--agreement", "agreement_slug", default="", metavar="SLUG", help="Address of the agreement.")
@click.option("--name", default="", help="Name of a new partnership (the agreement's title, left out).")
@click.option("--in-force-from", type=click.DateTime(["%Y-%m-%d"]), help="First day, when the text does not say.")
@click.option(
    "--visibility",
    type=click.Choice(["public", "parties"]),
    default=None,
    help="Who sees it; left out, one known by name stays as it is and a new one is public.",
)
@click.option("--translation", is_flag=True, help="Lay the text beside the version in force as a translation.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--yes", is_flag=True, help="Store it. Without this, nothing is changed.")
def import_(
    file: Path, partnership_slug: str, agreement_slug: str, as_json: bool, translation: bool, **how: Any
) -> None:
    """Read FILE (.txt, .md, .docx, .pdf, or .json that Kvarter exported) and show what it holds."""
    set_up()
    from kvarter.agreements.reading import ReadingError, check_size, read_agreement
    from kvarter.journal.actions import ActionError

    try:
        if file.suffix.lower() == ".json":
            _import_exchange(file, partnership_slug, how["yes"])
            return
        check_size(file.stat().st_size)
        text = read_agreement(file.read_bytes(), file.name)
        if translation:
            _translate(text, partnership_slug, agreement_slug, how["yes"])
        else:
            _import_text(text, partnership_slug, agreement_slug, as_json, **how)
    except (ReadingError, ActionError) as error:
        raise InputError(f"{file.name}: {error}") from error


def _import_text(
    text: AgreementText,
    partnership_slug: str,
    agreement_slug: str,
    as_json: bool,
    *,
    name: str,
    in_force_from: datetime | None,
    visibility: str | None,
    yes: bool,
) -> None:
    from kvarter.agreements.actions.importing import accept_import, first_day, plan_import
    from kvarter.cli.showing import as_document, show_preview
    from kvarter.people.policy import OPERATOR

    day, basis = first_day(text, in_force_from.date() if in_force_from else None)
    plan = plan_import(text, partnership_slug, agreement_slug)
    if yes:
        accept_import(
            by=OPERATOR,
            text=text,
            partnership_slug=partnership_slug,
            agreement_slug=agreement_slug,
            partnership_name=name,
            in_force_from=day,
            basis=basis,
            visibility=visibility or "",
        )
    if as_json:
        click.echo(json.dumps(as_document(text, plan, day, stored=yes), ensure_ascii=False, indent=2))
    else:
        show_preview(text, plan, day, basis, stored=yes)


def _import_exchange(file: Path, partnership_slug: str, yes: bool) -> None:
    from kvarter.agreements.actions.exchange import import_exchange, read_exchange
    from kvarter.people.policy import OPERATOR

    document = read_exchange(file.read_bytes())
    if document.partnership.slug != partnership_slug:
        raise InputError(f"{file.name} er partnerskabet {document.partnership.slug}, ikke {partnership_slug}.")
    if not yes:
        click.echo(f"{document.partnership.name}: {len(document.agreements)} aftaler. Intet er gemt; --yes gemmer.")
        return
    partnership, new = import_exchange(by=OPERATOR, document=document)
    click.echo(f"{partnership}: {'gemt' if new else 'uændret'}")


def _translate(text: AgreementText, partnership_slug: str, agreement_slug: str, yes: bool) -> None:
    from kvarter.agreements.actions.translating import add_translation, check_same_structure
    from kvarter.agreements.models import Agreement
    from kvarter.agreements.queries.versions import latest
    from kvarter.people.policy import OPERATOR

    wanted = {"slug": agreement_slug} if agreement_slug else {"kind": text.kind}
    found = Agreement.objects.filter(partnership__slug=partnership_slug, **wanted).first()
    version = latest(found) if found else None
    if version is None:
        raise InputError("Der er ingen aftale at oversætte. Angiv den med --agreement.")
    check_same_structure(version, text)
    if not yes:
        click.echo(f"{len(text.clauses)} punkter passer til {version}. Intet er gemt; --yes gemmer.")
        return
    new = add_translation(by=OPERATOR, version=version, text=text)
    click.echo(f"{version}, {text.language}: {'gemt' if new else 'uændret'}")


@agreement.command("export")
@click.argument("partnership_slug", metavar="PARTNERSHIP")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output, left out.")
def export(partnership_slug: str, out: Path | None) -> None:
    """Write PARTNERSHIP's agreements, versions, parties and obligations as JSON."""
    set_up()
    from kvarter.agreements.models import Partnership
    from kvarter.agreements.queries.exchange import exchange_of
    from kvarter.people.policy import OPERATOR

    partnership = Partnership.objects.filter(slug=partnership_slug).first()
    if partnership is None:
        raise InputError(f"Der er intet partnerskab på adressen {partnership_slug}.")
    document = exchange_of(OPERATOR, partnership).to_json()
    if out:
        out.write_text(document, encoding="utf-8")
    else:
        click.echo(document, nl=False)
