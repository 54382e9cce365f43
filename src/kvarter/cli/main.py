"""`kvarter`: start the site, take agreements in and out, and the technical administrator's few verbs."""

from __future__ import annotations

import os
from contextlib import suppress

import click

from kvarter.cli.agreement import agreement
from kvarter.cli.demo import demo
from kvarter.cli.disclosing import disclose
from kvarter.cli.effect import effect
from kvarter.cli.letters import letters
from kvarter.cli.person import person
from kvarter.cli.plan import plan
from kvarter.cli.questionnaire import questionnaire
from kvarter.cli.register import register
from kvarter.cli.report import report
from kvarter.cli.start import set_up
from kvarter.cli.wave import wave
from kvarter.cli.wave_import import import_ as wave_import


@click.group()
@click.version_option(package_name="kvarter")
def main() -> None:
    """Kvarter runs a place-based partnership: its agreement, its people and what falls due."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvarter.config.settings")


@main.command()
@click.option("--port", type=int, envvar="PORT", default=8000, show_default=True)
@click.option(
    "--production", is_flag=True, help="A real server; makes no practice accounts and refuses a home that has some."
)
@click.option("--workers", type=int, default=2, show_default=True, help="Server processes with --production.")
def up(port: int, production: bool, workers: int) -> None:
    """Bring the database up to date and serve the site."""
    os.environ["PORT"] = str(port)
    if production:
        os.environ["KVARTER_PRODUCTION"] = "1"
    set_up()
    from kvarter.cli.serving import serve_for_practice, serve_in_production

    if production:
        serve_in_production(port, workers)
    else:
        serve_for_practice(port)


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.pass_context
def manage(context: click.Context) -> None:
    """Django's own commands, for the technical administrator."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["kvarter manage", *context.args])


@main.command()
def remind() -> None:
    """Write to those who answer for what falls due soon, and clear away what has expired: sessions, files sent in and
    not taken in for a week, the addresses that sign-in limits count by, names and addresses of those who were asked in
    a survey, on the day that was told, and what an interrupted closing of a wave left. Run it once a day, from cron or
    a systemd timer, with the site's own settings.
    """
    set_up()
    from django.core.management import call_command
    from django.utils import timezone

    from kvarter.agreements.actions.reminding import send_reminders
    from kvarter.cli.serving import need_mail, practising, tell_of_keys
    from kvarter.evidence.actions.drafts import clear_old_drafts
    from kvarter.people.actions import forget_expired
    from kvarter.people.policy import OPERATOR
    from kvarter.surveys.actions.cutting import finish_cuts
    from kvarter.surveys.actions.forgetting import delete_frame, empty_logs, finish_forgetting, waves_to_forget
    from kvarter.surveys.actions.keys import KeyStays
    from kvarter.surveys.actions.outside import clear_old_answers

    call_command("clearsessions")
    forget_expired(timezone.now())
    clear_old_drafts(timezone.now())
    clear_old_answers(timezone.now())
    for due in waves_to_forget(timezone.localdate()):
        with suppress(KeyStays):  # told below
            delete_frame(by=OPERATOR, wave=due, today=timezone.localdate())
    finish_forgetting(by=OPERATOR)
    finish_cuts(by=OPERATOR)
    empty_logs()
    tell_of_keys()
    if not practising():
        need_mail()
    click.echo(f"E-mails: {send_reminders(today=timezone.localdate())}")


main.add_command(agreement)
main.add_command(person)
main.add_command(register)
main.add_command(questionnaire)
main.add_command(effect)
main.add_command(wave)
main.add_command(report)
main.add_command(demo)
assert wave_import.name in wave.commands, "import is a part of wave"
assert plan.name in effect.commands, "planning is a part of effect"
assert disclose.name in effect.commands, "disclosure control is a part of effect"
assert letters.name in wave.commands, "letters are a part of waves"

if __name__ == "__main__":
    main()
