"""`kvarter questionnaire`, as someone who brings a form from Kobo meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree

from kvarter.cli.main import main
from kvarter.surveys.questionnaires import load_questionnaire
from kvarter.surveys.writing import read
from kvarter.surveys.xlsform.reading import read_xlsform


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["questionnaire", *words])


def test_check_tells_what_is_in_a_questionnaire_and_how_long_it_takes() -> None:
    done = run("check", "hoeje-gladsaxe")
    assert done.exit_code == 0
    for told in ("items: 49", "tryghed 5", "languages: da, en, ar", "minutes (reckoned): da 10.0", "routed: 2"):
        assert told in done.output


def test_check_tells_what_was_left_out(tmp_path: Path) -> None:
    form = tmp_path / "kobo.md"
    form.write_text("| survey |\n| | type | name | label |\n| | start | s | |\n| | text | a | A? |\n")
    done = run("check", str(form))
    assert done.exit_code == 0
    assert "! Arket “survey”, række 2: “start” tages ikke med." in done.output


def test_a_form_that_cannot_be_asked_gets_row_and_remedy_and_exit_code_two(tmp_path: Path) -> None:
    form = tmp_path / "kobo.md"
    form.write_text("| survey |\n| | type | name | label |\n| | geopoint | hvor | Hvor? |\n| | text | a | |\n")
    for words in (("check", str(form)), ("export", str(form), "--to", "json", "--out", str(tmp_path / "ud"))):
        done = run(*words)
        assert done.exit_code == 2
        assert "række 2: typen “geopoint” kan ikke læses. Kvarter spørger ikke efter steder" in done.output
        assert "Traceback" not in done.output
    assert not (tmp_path / "ud").exists()


@pytest.mark.parametrize("name", ["findes-ikke", "src", "hoeje-gladsaxe.csv"])
def test_a_file_that_is_not_there_is_said_so(name: str) -> None:
    done = run("check", name)
    assert done.exit_code == 2
    assert "Kvarter comes with hoeje-gladsaxe" in done.output


def test_show_prints_questions_answers_and_routing_in_the_language_that_is_asked_for() -> None:
    done = run("show", "hoeje-gladsaxe", "--language", "en")
    assert "How much do you trust the municipality?" in done.output
    assert "if string-length(${beskaeftigelse}) > 0 and ${beskaeftigelse} != 'pension'" in done.output
    assert ". >= 0 and . <= 7" in done.output
    assert run("show", "hoeje-gladsaxe", "--language", "tr").exit_code == 2


@pytest.mark.parametrize("name", ["hoeje-gladsaxe", "hoeje-gladsaxe-unge"])
def test_export_gives_the_same_questionnaire_in_every_format(name: str, tmp_path: Path) -> None:
    files = {kind: tmp_path / f"ud.{kind}" for kind in ("xlsx", "csv", "json", "ddi")}
    for kind, file in files.items():
        assert run("export", name, "--to", kind, "--out", str(file)).exit_code == 0
    whole = load_questionnaire(name)
    for kind in ("xlsx", "csv"):
        assert read_xlsform(files[kind].read_bytes(), f"ud.{kind}").questionnaire == whole
    assert read(files["json"].read_text(encoding="utf-8")) == whole
    assert len(etree.parse(str(files["ddi"])).findall(".//{*}var")) == len(list(whole.items))
