"""What docs/surveys.md tells the secretariat is there: every command with its options, and every word to look for."""

from __future__ import annotations

import re
import shlex
import sys

import click
import pytest

from kvarter.cli.main import main
from tests.conftest import CHECKOUT

sys.path.insert(0, str(CHECKOUT / "tools"))
import messages

TEXT = (CHECKOUT / "docs" / "surveys.md").read_text()
COMMANDS = sorted({line.strip() for line in TEXT.splitlines() if line.startswith("    kvarter ")})
DANISH = {text if isinstance(text, str) else text[0] for _file, text, _context in messages.texts()}


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_is_there_with_its_options(line: str) -> None:
    _kvarter, *words = shlex.split(line)
    command: click.Command = main
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
    if "--kind" in words:
        kind = next(parameter for parameter in command.params if "--kind" in parameter.opts).type
        assert kind.convert(words[words.index("--kind") + 1], None, None)


def test_every_word_to_look_for_stands_on_the_site() -> None:
    told = re.findall(r"(?<![\w*])\*{1,2}([^*\n]+)\*{1,2}(?![\w*])", " ".join(TEXT.split()))
    danish = [word for word in told if word not in STRESSED]
    assert len(danish) > 20
    assert [word for word in danish if word not in DANISH] == []


# In heavy type without being a word of the site.
STRESSED = {
    "Never a CPR number or anything made of one",
    "paper, a telephone interview or help",
    "does not want to be asked",
}
