"""The `kvarter` command, run as a person runs it: in a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import SHARED

pytestmark = pytest.mark.slow

SIGNED = SHARED / "agreement" / "sammen-om-hoeje-gladsaxe.txt"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with empty databases, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    run(folder, "manage", "migrate", "--verbosity=0")
    return folder


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Path:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    return tmp_path


def run(home: Path, *words: str, expect: int = 0, mail: str = "") -> subprocess.CompletedProcess[str]:
    """Run `kvarter` with its database in a folder; on PostgreSQL this would meet the suite's own."""
    known = {key: value for key, value in os.environ.items() if not key.startswith(("KVARTER_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "kvarter.cli.main", *words],
        env={**known, "KVARTER_HOME": str(home), "KVARTER_MAIL_URL": mail},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def signed(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    if not SIGNED.exists():
        pytest.skip(f"the signed agreement is not at {SIGNED}")
    return run(home, "agreement", "import", str(SIGNED), "--partnership", "hoeje-gladsaxe", *words)


def test_the_signed_text_counts_as_json_and_nothing_is_stored(home: Path) -> None:
    document = json.loads(signed(home, "--json").stdout)
    counts = {name: document[name] for name in ("parties", "goals", "strategies", "themes", "rules")}
    assert counts == {"parties": 7, "goals": 4, "strategies": 16, "themes": 9, "rules": 4}
    assert (document["visions"], document["future_images"], document["term_ends"]) == (1, 5, "2030-12-31")
    assert (document["outcome"], document["stored"]) == ("new_partnership", False)
    for clause in document["clauses"]:
        assert set(clause) == {"key", "kind", "parent", "heading", "text"}
    assert "Intet er gemt" in signed(home).stdout
    assert json.loads(signed(home, "--json").stdout)["outcome"] == "new_partnership"


def test_yes_stores_once_and_export_and_import_give_the_same(
    home: Path, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert json.loads(signed(home, "--json", "--yes").stdout)["stored"]
    assert json.loads(signed(home, "--json", "--yes").stdout)["outcome"] == "nothing"
    first = run(home, "agreement", "export", "hoeje-gladsaxe").stdout
    file = home / "aftale.json"
    file.write_text(first, encoding="utf-8")
    other = tmp_path_factory.mktemp("other") / "home"
    shutil.copytree(migrated, other)
    assert "gemt" in run(other, "agreement", "import", str(file), "--partnership", "hoeje-gladsaxe", "--yes").stdout
    assert run(other, "agreement", "export", "hoeje-gladsaxe").stdout == first


def test_a_bad_file_gets_a_line_and_exit_code_two(home: Path) -> None:
    file = home / "aftale.txt"
    file.write_bytes(b"%PDF-1.7 ikke tekst")
    done = run(home, "agreement", "import", str(file), "--partnership", "p", "--yes", expect=2)
    assert "PDF" in done.stderr
    assert "Traceback" not in done.stderr
    file.write_bytes(b"x" * 50_000_000)
    assert "50 MB" in run(home, "agreement", "import", str(file), "--partnership", "p", "--yes", expect=2).stderr
    run(home, "agreement", "export", "findes-ikke", expect=2)


def test_the_first_administrator_is_made_at_the_command_line(home: Path) -> None:
    assert "administrator" in run(home, "person", "administrator", "ada@example.org", "Ada").stdout
    assert "KVARTER_MAIL_URL" in run(home, "remind", expect=1).stderr
    assert "E-mails: 0" in run(home, "remind", mail="folder:").stdout


def test_production_does_not_start_where_nobody_could_sign_in_or_a_practice_account_could(home: Path) -> None:
    refused = run(home, "up", "--production", expect=1)
    assert "KVARTER_MAIL_URL" in refused.stderr
    code = "from kvarter.cli.start import set_up; set_up(); from kvarter.cli import serving; from datetime import date;"
    code += "serving.prepare(); serving.practice_accounts('adgangskode-til-prøve', date(2026, 1, 1))"
    environment = {**os.environ, "KVARTER_HOME": str(home), "KVARTER_MAIL_URL": "folder:"}
    environment |= {"DJANGO_SETTINGS_MODULE": "kvarter.config.settings"}
    environment.pop("KVARTER_DATABASE_URL", None)
    ready = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    for step in ("Bringer databasen “default” ajour", "“answers” ajour", "Lægger aftalen", "Lægger de tal ind"):
        assert re.search(rf"{step}.* … \d+\.\d s\n", ready.stdout), step
    command = [sys.executable, "-m", "kvarter.cli.main"]
    again = subprocess.run(
        [*command, "up", "--production"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert again.returncode == 1
    assert "kvarter person forget administrator@kvarter.example" in again.stderr


def _rows(home: Path) -> dict[str, int]:
    """How many rows each table of both databases has."""
    found = {}
    for name in ("kvarter", "answers"):
        with closing(sqlite3.connect(home / f"{name}.sqlite3")) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
            for (table,) in tables.fetchall():
                found[f"{name} {table}"] = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    return found


def test_the_demonstration_stands_beside_what_is_real_and_goes_again(tmp_path: Path) -> None:
    home = tmp_path
    assert "ingen demonstration" in run(home, "demo", "--remove").stdout
    code = "import django; django.setup(); from kvarter.cli.serving import prepare; prepare()"
    environment = {**os.environ, "KVARTER_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kvarter.config.settings"}
    environment.pop("KVARTER_DATABASE_URL", None)
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    before = _rows(home)
    told = run(home, "demo", "--open-wave").stdout
    assert "/kvarter/demonstration/" in told
    assert len(re.findall(r"^  [0-9A-Z]{6}-[0-9A-Z]{6}-[0-9A-Z]{6}$", told, re.MULTILINE)) == 8
    assert "--remove" in run(home, "demo", expect=2).stderr
    with closing(sqlite3.connect(home / "kvarter.sqlite3")) as database:
        documents = [
            json.loads(row[0])
            for row in database.execute(
                "SELECT document FROM evidence_publication p JOIN agreements_partnership a ON a.id = p.partnership_id "
                "WHERE a.is_demonstration ORDER BY number"
            )
        ]
        people = dict(
            database.execute(
                "SELECT s.name, s.population FROM surveys_stratum s JOIN surveys_wave w ON w.id = s.wave_id "
                "WHERE w.slug = '2024'"
            ).fetchall()
        )
    assert len(documents) == 2
    assert all(document["synthetic"] for document in documents)
    assert 3_300 < people["demonstration-hoeje-opdigt"] < 3_900  # of 4,200, those under 12 are not asked
    answered = [one for one in documents[1]["figures"] if one["indicator"] == "tryg_aften" and not one["cut"]]
    assert all(0.28 < one["n"] / one["invited"] < 0.45 for one in answered)
    verdicts = {
        one["indicator"]: one["verdict"]
        for one in documents[1]["differences"]
        if one["between"] == "change" and one["place"].startswith("demonstration-hoeje-opdigt")
    }
    assert verdicts["tema-tryghed"] == verdicts["tema-medborgerskab"] == "demonstrably better"
    assert verdicts["tema-tillid"] == verdicts["tema-social-miks"] == "no demonstrable change"
    run(home, "demo", "--remove")
    assert _rows(home) == before
