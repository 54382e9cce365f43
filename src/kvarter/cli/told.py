"""What a command that has --language tells, all in that language: what is wrong with how it was called, too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import IO, Any

import click
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.cli.agreement import InputError
from kvarter.cli.start import set_up

LANGUAGES = ("da", "en")
LANGUAGE = click.option(
    "--language", type=click.Choice(LANGUAGES), default="da", show_default=True, help="Of what is told."
)


class ToldError(InputError):
    """Something the person can mend, told in the language of now."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.told = _("Fejl: %(message)s") % {"message": message}

    def show(self, file: IO[Any] | None = None) -> None:
        """Write it where errors go."""
        click.echo(self.told, file=file, err=file is None)


class ToldCommand(click.Command):
    """A command with --language: click itself tells in English alone what is wrong with options and arguments."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options. Raises ToldError for what is wrong with them."""
        language = language_in(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            set_up()
            with override(language):
                told = f"{_why(error)} {_('Se %(command)s --help.') % {'command': ctx.command_path}}"
                raise ToldError(told) from error


def language_in(args: Sequence[str]) -> str:
    """The language that is asked for, before it is known whether all else was understood."""
    asked = [after for one, after in pairwise(args) if one == "--language"]
    asked += [one.removeprefix("--language=") for one in args if one.startswith("--language=")]
    return asked[-1] if asked and asked[-1] in LANGUAGES else "da"


def _why(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return _("%(name)s er ikke noget, kommandoen kender.") % {"name": error.option_name}
    if isinstance(error, click.BadOptionUsage):
        return _("%(name)s skal have noget efter sig.") % {"name": error.option_name}
    if not isinstance(error, click.BadParameter) or error.param is None:
        return _("Der står mere, end kommandoen kan bruge.")
    name = "/".join(error.param.opts) if isinstance(error.param, click.Option) else error.param.human_readable_name
    if isinstance(error, click.MissingParameter):
        return _("%(name)s mangler.") % {"name": name}
    parts = str(error.message).split("'")  # click names the value between quotation marks
    return _wrong(error.param.type, name, parts[1] if len(parts) > 2 else "")


def _wrong(kind: Any, name: str, said: str) -> str:
    """What a value of that kind should have been."""
    facts = {"name": name, "said": said}
    if isinstance(kind, click.Path):
        return _("%(name)s: filen “%(said)s” findes ikke eller kan ikke læses. Se efter dens navn.") % facts
    if isinstance(kind, click.DateTime):
        return _("%(name)s: “%(said)s” er ikke en dag. Skriv den som 2026-12-31.") % facts
    if isinstance(kind, click.Choice):
        known = ", ".join(map(str, kind.choices))
        return _("%(name)s: “%(said)s” kan ikke vælges. Skriv en af: %(known)s.") % {**facts, "known": known}
    return _("%(name)s: “%(said)s” kan ikke bruges.") % facts
