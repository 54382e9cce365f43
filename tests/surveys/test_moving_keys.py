"""An installation from before keys lay in files, with a wave in the field, is brought up to date: the wave goes on."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kvarter.surveys.sealing import new_code

# What an installation had: rows as the migrations until then made tables for them, sealed as it was done then.
BEFORE = """
import json, sys, uuid
from datetime import date
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
import hmac
from hashlib import sha256
from kvarter.surveys.sealing import _key_of, link_of, new_key, seal
call_command("migrate", "agreements", verbosity=0)
call_command("migrate", "places", verbosity=0)
call_command("migrate", "surveys", "0006", verbosity=0)
call_command("migrate", "answers", "0001", database="answers", verbosity=0)
loader = MigrationLoader(connections["default"])
leaves = loader.graph.leaf_nodes
then = [*leaves("agreements"), *leaves("places"), ("surveys", "0006_days_between_letters")]
of = loader.project_state(then).apps.get_model
partnership = of("agreements", "Partnership").objects.create(slug="lilleby", name="Lilleby")
area = of("places", "Area").objects.create(slug="lilleby", name="Lilleby")
content = sys.argv[2]
form = of("surveys", "QuestionnaireVersion").objects.create(
    partnership=partnership, key="lille", version=1, title="Lille", content=content, digest="f" * 64,
    added="2026-01-01T00:00Z")
salt, day = b"s" * 16, date.today()
wave = of("surveys", "Wave").objects.create(
    partnership=partnership, slug="2026", name="2026", area=area, questionnaire=form, reference_on=day, opens=day,
    closes=day.replace(year=day.year + 1), frame_deleted_on=day.replace(year=day.year + 2), state="in_field", salt=salt)
keys = {"contact": new_key(), "link": new_key()}
for use, key in keys.items():
    sealed = seal(settings.SURVEY_KEY, key, f"wave {wave.pk} {use}")
    of("surveys", "WaveKey").objects.create(wave=wave, use=use, sealed=sealed)
stratum = of("surveys", "Stratum").objects.create(
    wave=wave, area=area, name="lilleby", population=10, households=5, drawn=10)
cell = of("surveys", "Cell").objects.create(stratum=stratum, gender="f", age="30-49", population=10, drawn=10)
told = seal(keys["contact"], json.dumps({"pseudonym": "p1", "household": "h1"}).encode(), "contact")
invitation = of("surveys", "Invitation").objects.create(wave=wave, cell=cell, sealed=told, channel="letter")
mailing = of("surveys", "Mailing").objects.create(
    wave=wave, kind="invitation", channel="letter", made="2026-01-01T00:00Z", count=1)
code, link = sys.argv[1], link_of(keys["link"], "p1", "h1")
of("surveys", "Code").objects.create(
    wave=wave, invitation=invitation, mailing=mailing, digest=hmac.new(salt, code.encode(), sha256).hexdigest(),
    sealed=seal(_key_of(code, salt), bytes.fromhex(link.ticket + link.household), "link"))
loader.project_state(("answers", "0001_initial")).apps.get_model(
    "answers", "Response").objects.using("answers").create(
    id=uuid.uuid4(), wave="lilleby/2026", questionnaire="f" * 64, kind="sample", mode="web", ticket=link.ticket,
    household=link.household, area="lilleby", stratum="lilleby", gender="f", age="30-49", base=1.0,
    answers={"ord": "Flere borde"})
"""
AFTER = """
import json, sys
import django
django.setup()
from kvarter.cli.serving import bring_up_to_date
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.models import Invitation
from kvarter.surveys.queries.answering import found_by, response_of
from kvarter.surveys.sealing import unseal
bring_up_to_date()
found = found_by(sys.argv[1])
row = response_of(found.link.ticket, found.wave)
told = json.loads(unseal(key_of(found.wave, Use.CONTACT), bytes(Invitation.objects.get().sealed), "contact"))
print(json.dumps({"answers": row.answers, "age": row.age, "pseudonym": told["pseudonym"]}))
"""


@pytest.mark.slow
def test_a_wave_in_the_field_goes_on_with_its_keys_outside_the_databases(tmp_path: Path) -> None:
    code, content = new_code(), "{}"
    home = os.environ | {
        "KVARTER_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "kvarter.config.settings",
        "KVARTER_DATABASE_URL": "",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    _run(home, BEFORE, code, content)
    assert "Flere borde" in _dumped(tmp_path / "answers.sqlite3")
    assert "surveys_wavekey" in _dumped(tmp_path / "kvarter.sqlite3")
    told = json.loads(_run(home, AFTER, code).splitlines()[-1])
    assert told == {"answers": {"ord": "Flere borde"}, "age": "30-49", "pseudonym": "p1"}
    assert "Flere borde" not in _dumped(tmp_path / "answers.sqlite3")
    assert "surveys_wavekey" not in _dumped(tmp_path / "kvarter.sqlite3")
    keys = {file.suffix: file.stat().st_mode & 0o777 for file in (tmp_path / "wave-keys").iterdir()}
    assert keys == {".contact": 0o600, ".link": 0o600, ".TAG": 0o600}


def _run(home: dict[str, str], script: str, *told: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *told], env=home, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _dumped(file: Path) -> str:
    with closing(sqlite3.connect(file)) as database:
        return "\n".join(database.iterdump())
