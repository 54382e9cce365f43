"""`kvarter person`: the first account of an installation, and an invitation without a browser."""

from __future__ import annotations

import click

from kvarter.cli.start import set_up


@click.group()
def person() -> None:
    """Accounts: the first administrator, and invitations."""


@person.command()
@click.argument("email")
@click.argument("name")
def administrator(email: str, name: str) -> None:
    """Give EMAIL the technical administrator's account; NAME is shown in the journal."""
    set_up()
    from kvarter.people.actions import appoint_administrator
    from kvarter.people.policy import OPERATOR

    appoint_administrator(by=OPERATOR, email=email, name=name)
    click.echo(f"{email}: administrator")


@person.command()
@click.argument("email")
@click.argument("name")
@click.option("--partnership", required=True, help="Address of the partnership.")
@click.option("--role", required=True, type=click.Choice(["resident", "initiative_lead", "secretariat", "analyst"]))
def invite(email: str, name: str, partnership: str, role: str) -> None:
    """Invite EMAIL to a role; a mail tells how to sign in."""
    set_up()
    from django.utils import timezone

    from kvarter.agreements.actions.members import invite_member, write_invitation
    from kvarter.agreements.models import Partnership
    from kvarter.cli.serving import need_mail, practising
    from kvarter.journal.actions import ActionError
    from kvarter.people.policy import OPERATOR

    if not practising():
        need_mail()
    found = Partnership.objects.filter(slug=partnership).first()
    if found is None:
        raise click.ClickException(f"Der er intet partnerskab på adressen {partnership}.")
    try:
        member = invite_member(
            by=OPERATOR, partnership=found, email=email, name=name, role=role, since=timezone.localdate()
        )
        write_invitation(by=OPERATOR, membership=member)
    except ActionError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email}: {role}")


@person.command()
@click.argument("email")
@click.option("--why", required=True, help="Stands in the journal.")
def forget(email: str, why: str) -> None:
    """Close EMAIL's account for good: name, address and password go, the journal keeps an unnamed someone."""
    set_up()
    from django.utils import timezone

    from kvarter.agreements.actions.members import forget_member
    from kvarter.people.models import Person
    from kvarter.people.policy import OPERATOR

    found = Person.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise click.ClickException(f"Ingen har adressen {email}.")
    forget_member(by=OPERATOR, person=found, today=timezone.localdate(), why=why)
    click.echo("Slettet.")
