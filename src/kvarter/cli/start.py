"""Making Django ready, for the commands that need the database."""

import os
from pathlib import Path

import click
import django
from django.apps import apps


def set_up() -> None:
    """Load settings and rooms. Raises what a wrong setting raises."""
    django.setup()


def set_up_where_begun() -> None:
    """Load settings and rooms of an installation that is there; nothing is made.

    Raises click.ClickException where there is none, in both languages: nothing is loaded yet that could translate.
    """
    home = Path(os.environ.get("KVARTER_HOME", "var")).resolve()
    if not apps.ready and not os.environ.get("KVARTER_DATABASE_URL") and not (home / "kvarter.sqlite3").exists():
        raise click.ClickException(
            f"Der er intet Kvarter i {home}. Kør “kvarter up” først, eller sæt KVARTER_HOME til mappen.\n"
            f"There is no Kvarter in {home}. Run “kvarter up” first, or set KVARTER_HOME to its folder."
        )
    set_up()
