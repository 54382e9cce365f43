"""`kvarter demo`: a made-up neighbourhood to try everything in, and taking it away again."""

from __future__ import annotations

import click

from kvarter.cli.agreement import InputError
from kvarter.cli.start import set_up


@click.command()
@click.option("--remove", is_flag=True, help="Take the demonstration away, whole.")
@click.option("--open-wave", is_flag=True, help="Also a wave that can be answered now, with some codes to do it by.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=2021, show_default=True, help="Another made-up town.")
def demo(remove: bool, open_wave: bool, seed: int) -> None:
    """Make a demonstration: a made-up neighbourhood with an agreement, its people, and two waves of the survey.

    It stands beside what is real, is marked as made up wherever it is shown, and goes again with --remove.
    """
    set_up()
    if remove:
        _remove()
    else:
        _make(seed, open_wave)


def _make(seed: int, open_wave: bool) -> None:
    from django.conf import settings
    from django.utils import timezone

    from kvarter.cli.serving import practice_accounts, practice_password, practising, prepare
    from kvarter.journal.actions import ActionError
    from kvarter.people.policy import OPERATOR
    from kvarter.web.demonstration.making import AlreadyMade, make_demonstration

    prepare()
    today = timezone.localdate()
    try:
        made = make_demonstration(
            by=OPERATOR, today=today, seed=seed, with_open_wave=open_wave, progress=lambda told: click.echo(f"  {told}")
        )
    except AlreadyMade as error:
        raise InputError(f"{error} Fjern den med `kvarter demo --remove`, hvis den skal laves igen.") from error
    except ActionError as error:
        raise InputError(f"{error} Intet er gemt.") from error
    if practising():
        practice_accounts(practice_password(settings.HOME), today)
    click.echo(f"Demonstrationen står på {settings.ADDRESS}/kvarter/{made.partnership.slug}/")
    if made.open_wave:
        click.echo(f"Svar som beboer på {settings.ADDRESS}/svar med en af koderne:")
        for code in made.codes:
            click.echo(f"  {code}")
    click.echo("Alt i den er opdigtet. Den fjernes med `kvarter demo --remove`.")


def _remove() -> None:
    from kvarter.cli.serving import bring_up_to_date
    from kvarter.people.policy import OPERATOR
    from kvarter.web.demonstration.removing import remove_demonstration

    bring_up_to_date()
    gone = remove_demonstration(by=OPERATOR)
    click.echo("Demonstrationen er fjernet." if gone else "Her er ingen demonstration.")
