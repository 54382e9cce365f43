"""A copy of both databases from before the cut: what it tells after the cut, to somebody who also has the operator's
key, every letter with its code, and the very list that was drawn from.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from kvarter.journal.models import Entry
from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions import keys as own_keys
from kvarter.surveys.actions.cutting import close_wave, finish_cuts
from kvarter.surveys.actions.frames import frame_of
from kvarter.surveys.actions.keys import KeyMissing, KeyStays, Use, key_of, keys_left
from kvarter.surveys.answers.envelopes import BLOCK, ENCLOSED, open_up
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Code, Invitation
from kvarter.surveys.sealing import CannotOpen, answers_key, code_digest, link_of, open_link, unseal
from tests.surveys.drawn import drawn
from tests.surveys.field import Field, answer_all, answer_openly, in_field
from tests.surveys.residents import resident, text
from tests.surveys.test_closing import _order
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import build_world

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
OUTSIDE = {"id", "sealed", "wave", "kind", "ticket", "position", "weight", "finished"}


@pytest.fixture
def field(committed: None) -> Field:
    """A wave in the field that most have answered, and some by the open link."""
    day = timezone.localdate()
    later = {"closes": day.replace(year=day.year + 1), "frame_deleted_on": day.replace(year=day.year + 2)}
    made = in_field(planned(build_world(), open_link=True, **later))
    answer_all(made)
    answer_openly(made.wave, area="resten", gender="m", age="50-64", many=12, words="Et ord fra linket")
    return made


@dataclass
class Copy:
    """Every row of both databases by table, and of SQLite all bytes of its files."""

    tables: dict[str, list[dict[str, Any]]]
    files: bytes

    def sealed(self, table: str) -> list[bytes]:
        return [bytes(row["sealed"]) for row in self.tables[table] if row["sealed"]]


def copied(tmp_path: Path) -> Copy:
    """A backup as docs/operating.md says to make it."""
    tables: dict[str, list[dict[str, Any]]] = {}
    files = b""
    for alias in BOTH_DATABASES:
        connection = connections[alias]
        if connection.vendor == "sqlite":
            with sqlite3.connect(tmp_path / alias) as copy:
                connection.ensure_connection()
                connection.connection.backup(copy)
            files += (tmp_path / alias).read_bytes()
        with connection.cursor() as cursor:
            for table in set(connection.introspection.table_names(cursor)) - {"django_migrations"}:
                cursor.execute(f'SELECT * FROM "{table}"')  # the names are the database's own
                names = [column[0] for column in cursor.description]
                tables.setdefault(table, []).extend(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    return Copy(tables, files)


def named_with(copy: Copy, field: Field, contact: bytes, link: bytes) -> dict[str, dict[str, Any]]:
    """Whose answers the copy tells, by pseudonym, to whoever has two keys, every code and the list."""
    answers: dict[str, dict[str, Any]] = {}
    for row in copy.tables["answers_response"]:
        with suppress(CannotOpen):
            pk = row["id"] if hasattr(row["id"], "hex") else Response._meta.pk.to_python(row["id"])
            answers[row["ticket"]] = open_up(Response(pk=pk, sealed=row["sealed"]), answers_key(link)).answers
    tickets = {}
    for sealed in copy.sealed("surveys_invitation"):
        with suppress(CannotOpen):
            told = json.loads(unseal(contact, sealed, "contact"))
            tickets[told["pseudonym"]] = link_of(link, told["pseudonym"], told["household"]).ticket
    salt = bytes(field.wave.salt)
    codes = {row["digest"]: bytes(row["sealed"]) for row in copy.tables["surveys_code"]}
    for one in field.people:
        tickets.setdefault(one.pseudonym, link_of(link, one.pseudonym, one.household).ticket)
        if sealed := codes.get(code_digest(link, salt, one.code)):
            tickets[one.pseudonym] = open_link(link, one.code, salt, sealed).ticket
    return {whose: answers[ticket] for whose, ticket in tickets.items() if ticket in answers}


def test_with_the_operators_key_and_every_letter_it_names_nobody_once_the_wave_is_closed(
    field: Field, tmp_path: Path
) -> None:
    contact, link = (key_of(field.wave, use) for use in Use)
    copy = copied(tmp_path)
    close_wave(by=OPERATOR, wave=field.wave)
    # The search can find: with the two keys, which lay beside the databases until now, it names everybody.
    assert set(named_with(copy, field, contact, link)) == {one.pseudonym for one in field.answered}
    assert not keys_left(field.wave, list(Use))
    guesses = [settings.SURVEY_KEY, answers_key(settings.SURVEY_KEY), bytes(32), bytes(field.wave.salt) * 2]
    for first in guesses:
        for second in guesses:
            assert named_with(copy, field, first, second) == {}
    assert Entry.objects.get(verb="wave.destroy_keys").details == {"keys": ["contact", "link"]}


def test_neither_key_lies_in_the_copy_not_even_sealed(field: Field, tmp_path: Path) -> None:
    kept = [own_keys._file(bytes(field.wave.salt), use).read_text() for use in Use]
    copy = copied(tmp_path)
    everything = copy.files + repr(copy.tables).encode()
    for sealed in kept:
        assert sealed.encode() not in everything
        assert bytes.fromhex(sealed) not in everything
        assert repr(bytes.fromhex(sealed))[2:-1].encode() not in everything


def test_no_answer_of_an_open_wave_can_be_read_or_told_from_another_in_the_copy(field: Field, tmp_path: Path) -> None:
    copy = copied(tmp_path)
    rows = copy.tables["answers_response"]
    assert len(rows) == len(field.answered) + 12
    told = {json.dumps({name: row[name] for name in row if name not in OUTSIDE}, default=str) for row in rows}
    assert len(told) == 1
    assert set(rows[0]) == OUTSIDE | set(ENCLOSED)
    assert {len(bytes(row["sealed"])) % BLOCK for row in rows} == {28}  # a nonce, a tag, and whole blocks
    assert len({len(bytes(row["sealed"])) for row in rows}) == 1
    words = [one.response.answers["ord"] for one in field.answered if one.response and one.response.answers["ord"]]
    assert words
    for word in [*words, "Et ord fra linket", 'tillid-naboer":"4']:
        assert word.encode() not in copy.files + repr(rows).encode()
    before = {str(row["id"]).replace("-", "") for row in rows}
    close_wave(by=OPERATOR, wave=field.wave)
    assert before.isdisjoint({pk.hex for pk in Response.objects.values_list("pk", flat=True)})


def test_whoever_has_the_list_and_the_seed_does_not_know_which_row_is_whose(committed: None) -> None:
    wave = drawn(build_world())
    contact = key_of(wave, Use.CONTACT)
    rows = [json.loads(unseal(contact, bytes(row.sealed), "contact")) for row in Invitation.objects.order_by("pk")]
    in_list = {one.pseudonym: at for at, one in enumerate(frame_of(wave).people)}
    assert _order([in_list[told["pseudonym"]] for told in rows]) < 0.4  # of chance about 0.1 with 110; 1 in order


def test_keys_that_could_not_be_destroyed_are_destroyed_later(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    def torn(_file: Path) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(own_keys, "destroy_key", torn)
    with pytest.raises(KeyStays, match="hverken skrive over eller slette"):
        close_wave(by=OPERATOR, wave=field.wave)
    assert finish_cuts(by=OPERATOR) == 0
    monkeypatch.undo()
    field.wave.refresh_from_db()
    assert field.wave.state == "closed"
    assert keys_left(field.wave, list(Use)) == list(Use)
    assert not Entry.objects.filter(verb="wave.destroy_keys").exists()
    assert finish_cuts(by=OPERATOR) == 1
    assert not keys_left(field.wave, list(Use))
    assert Entry.objects.filter(verb="wave.destroy_keys").count() == 1
    assert finish_cuts(by=OPERATOR) == 0


def test_without_its_key_a_wave_is_not_closed_and_says_which_file_is_missing(field: Field) -> None:
    wave, code = field.wave, field.people[0].code
    (file,) = [own_keys._file(bytes(wave.salt), Use.LINK)]
    kept = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    with pytest.raises(KeyMissing, match=file.name):
        close_wave(by=OPERATOR, wave=wave)
    wave.refresh_from_db()
    assert (wave.state, Code.objects.exists()) == ("in_field", True)
    answer = resident().get(f"/s/{code}")
    assert answer.status_code == 503
    assert "kan ikke åbnes lige nu" in text(answer)
    file.write_text(kept)  # as when it is brought back from where it was kept apart
    assert resident().get(f"/s/{code}").status_code == 302
    assert close_wave(by=OPERATOR, wave=wave).state == "closed"
