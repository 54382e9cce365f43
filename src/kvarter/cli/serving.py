"""Starting the site: for practice on one's own machine, or in production."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path

import click
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from kvarter.config.private import close_to_others

PRACTICE = (
    ("beboer", "Beboer Bente", "resident"),
    ("part", "Part Poul", "party_member"),
    ("indsats", "Indsats Iben", "initiative_lead"),
    ("sekretariat", "Sekretær Sara", "secretariat"),
    ("analytiker", "Analytiker Anders", "analyst"),
    ("administrator", "Administrator Ada", ""),
)
PRACTICE_HOST = "kvarter.example"
MOST_TOLD = 8  # files that others could read


def prepare() -> None:
    """Bring the database up to date, and load Høje Gladsaxe into an empty one, telling each step and its time."""
    from kvarter.agreements.default_content import is_empty, load_hoeje_gladsaxe
    from kvarter.evidence.default_content import load_figures

    close_home()
    bring_up_to_date()
    finish_what_was_broken_off()
    tell_of_keys()
    if is_empty():
        with transaction.atomic():
            with _told("Lægger aftalen om Høje Gladsaxe ind"):
                partnership = load_hoeje_gladsaxe()
            with _told("Lægger de tal ind, der følger med, og offentliggør dem"):
                load_figures(partnership)


def close_home() -> None:
    """Take from other users of this machine the right to read the home, and tell where they had it.

    Raises click.ClickException where that is not ours to do.
    """
    home: Path = settings.HOME
    keys: Path = settings.WAVE_KEYS
    elsewhere = [settings.SURVEY_KEY_FILE, keys, *(sorted(keys.iterdir()) if keys.is_dir() else ())]
    try:
        closed = close_to_others(home, elsewhere)
    except PermissionError as error:
        raise click.ClickException(
            f"{error.filename} kan læses af andre brugere og er ikke vores at lukke. Kør som den, der ejer {home}, "
            f"eller brug: chown -R BRUGER {home}"
        ) from error
    if closed:
        more = f" og {len(closed) - MOST_TOLD} til" if len(closed) > MOST_TOLD else ""
        shown = ", ".join(map(str, closed[:MOST_TOLD]))
        click.echo(f"  Kunne læses af andre brugere af maskinen, og kan det ikke mere: {shown}{more}")


def finish_what_was_broken_off() -> None:
    """Finish the closing of a wave that the server stopped in the midst of."""
    from kvarter.people.policy import OPERATOR
    from kvarter.surveys.actions.cutting import finish_cuts
    from kvarter.surveys.actions.forgetting import finish_forgetting

    finish_forgetting(by=OPERATOR)
    if many := finish_cuts(by=OPERATOR):
        click.echo(f"  Lukkede færdigt: {many}")


def tell_of_keys() -> None:
    """Tell which keys of waves are missing, and which lie there and should not."""
    from kvarter.surveys.queries.keys import all_troubles

    for wave, trouble in all_troubles():
        click.echo(f"  {wave.key}: {trouble.told}", err=True)


def tell_where_keys_lie() -> None:
    """Tell where the keys of surveys are kept, and warn where a backup of the home would take those of waves along."""
    keys: Path = settings.WAVE_KEYS
    click.echo(f"  Nøglen, der forsegler, hvem der spørges: {settings.SURVEY_KEY_FILE}. Gem en kopi af den.")
    click.echo(f"  Nøgler til åbne undersøgelser: {keys}. De må ikke være i nogen sikkerhedskopi.")
    if keys.is_relative_to(settings.HOME):
        click.echo(
            f"  Pas på: mappen ligger i {settings.HOME}. Tages der kopi af hele den mappe, kommer nøglerne med, og så "
            "kan de ikke ødelægges, når en undersøgelse lukkes. Hold mappen ude af kopien, eller sæt KVARTER_WAVE_KEYS "
            "til en mappe et andet sted.",
            err=True,
        )


def bring_up_to_date() -> None:
    """Make the tables that this version needs, telling each database and its time."""
    for database in settings.DATABASES:
        with _told(f"Bringer databasen “{database}” ajour"):
            call_command("migrate", database=database, verbosity=0, interactive=False)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    click.echo(f"  {what} …", nl=False)
    began = time.monotonic()
    yield
    click.echo(f" {time.monotonic() - began:.1f} s")


def practice_password(home: Path) -> str:
    """One password for the practice accounts of this installation, made at first start."""
    file = home / "practice-password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text("-".join(secrets.token_hex(2) for _part in range(4)))
    return file.read_text()


def practice_accounts(password: str, today: date) -> list[tuple[str, str]]:
    """An account for each role, made once, in a demonstration too: (role as people say it, address)."""
    from kvarter.agreements.actions.members import invite_member
    from kvarter.agreements.models import Partnership, Role
    from kvarter.people.actions import open_account
    from kvarter.people.policy import OPERATOR

    first = Partnership.objects.filter(is_demonstration=False).order_by("pk")[:1]
    partnerships = [*first, *Partnership.objects.filter(is_demonstration=True)]
    shown = []
    for login, name, role in PRACTICE:
        email = f"{login}@{PRACTICE_HOST}"
        person = open_account(email=email, name=name, password=password, administrator=not role)
        for partnership in partnerships if role else ():
            if person.memberships.filter(partnership=partnership).exists():
                continue
            party = partnership.parties.first() if role == Role.PARTY_MEMBER else None
            invite_member(
                by=OPERATOR,
                partnership=partnership,
                email=email,
                name=name,
                role=role,
                party=party,
                since=today,
            )
        shown.append((str(Role(role).label) if role else "administrator", email))
    return shown


def need_mail() -> None:
    """Raise click.ClickException where mail would go to a folder without anyone having said so."""
    if not os.environ.get("KVARTER_MAIL_URL"):
        raise click.ClickException(
            "KVARTER_MAIL_URL mangler, så ingen får den mail, der sendes, heller ikke koder til at logge ind. "
            "Sæt den til smtp://… eller til folder:, hvis mail skal skrives til en mappe."
        )


def practising() -> list[str]:
    """The addresses of open practice accounts."""
    from kvarter.people.models import Person

    known = [f"{login}@{PRACTICE_HOST}" for login, *_ in PRACTICE]
    return list(Person.objects.filter(email__in=known, is_active=True).values_list("email", flat=True))


def serve_for_practice(port: int) -> None:
    """Serve on this machine alone, with an account to try each role."""
    if os.environ.get("RUN_MAIN") != "true":  # the reloader starts this command once more for itself
        prepare()
        password = practice_password(settings.HOME)
        accounts = practice_accounts(password, timezone.localdate())
        click.echo(f"\n  Kvarter: {settings.ADDRESS}/\n")
        click.echo(f"  Log ind på {settings.ADDRESS}/konto/login/ (“Jeg har en adgangskode”): {password}")
        for role, email in accounts:
            click.echo(f"    {role:24} {email}")
        click.echo("\n  Ctrl+C stopper.\n")
    os.environ["DJANGO_RUNSERVER_HIDE_WARNING"] = "true"
    call_command("runserver", f"127.0.0.1:{port}", verbosity=0, skip_checks=True)


def collect_files() -> None:
    """Collect stylesheets, scripts and pictures under hashed names, unless they are those of the last start."""
    mark, now = settings.HOME / "static" / ".collected", _files_to_collect()
    if mark.is_file() and mark.read_text() == now:
        return
    no_use = ["maplibre-gl*dev.mjs*", "maplibre-gl*.map", "maplibre-gl.d.ts"]  # 17 MB beside what the pages load
    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=no_use)
    mark.write_text(now)


def _files_to_collect() -> str:
    """What changes when a file is added, changed or taken away, in hexadecimal."""
    found = sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found.update(f"{name}\n".encode() + sha256(Path(storage.path(name)).read_bytes()).digest())
    return found.hexdigest()


def serve_in_production(port: int, workers: int) -> None:
    """Serve with Gunicorn, replacing this process. A proxy in front gives HTTPS (docs/operating.md).

    Raises click.ClickException where people could not sign in, or anyone who practised here still could.
    """
    need_mail()
    prepare()
    if accounts := practising():
        raise click.ClickException(
            "Her er konti fra en prøve, og deres adgangskode står i en fil. Brug en anden KVARTER_HOME, eller luk dem: "
            + ", ".join(f'kvarter person forget {email} --why "Prøven er slut"' for email in accounts)
        )
    collect_files()
    tell_where_keys_lie()
    click.echo(f"Kvarter: {settings.ADDRESS}/ ({workers} workers)")
    bind = os.environ.get("KVARTER_BIND", f"127.0.0.1:{port}")
    server = [sys.executable, "-m", "gunicorn", "kvarter.config.wsgi:application", "--bind", bind]
    # Loaded before the workers are made, so that they share it: a server that was killed is back in half the time.
    server += ["--preload"]
    # Without keep-alive the workers share the requests; with it, all of a proxy's connections may stay with one.
    server += ["--workers", str(workers), "--threads", "2", "--keep-alive", "0", "--log-level", "warning"]
    server += ["--timeout", "120"]  # a large publication's package is drawn once, in up to half a minute
    os.execv(sys.executable, [*server, "--no-control-socket", "--worker-tmp-dir", str(settings.HOME)])
