"""After the cut: everything that is kept is read, and nothing in it leads from a person, code or letter to an answer.

Both databases row by row, the bytes of every file that belongs to them, what PostgreSQL remembers of columns, and the
folder an analyst is given; for those drawn, and for those who came by the open link. What a copy of the databases from
before the cut tells is read in `test_old_copies`.
"""

from __future__ import annotations

import csv
import io
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connections
from django.test import Client
from django.utils import timezone

from kvarter.agreements.models import Partnership
from kvarter.cli.wave import export
from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions import rewriting
from kvarter.surveys.actions.cutting import close_wave, finish_cuts
from kvarter.surveys.actions.forgetting import empty_logs
from kvarter.surveys.actions.rewriting import empty_log
from kvarter.surveys.actions.weighting import weigh_wave
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import Code, Wave
from kvarter.surveys.weights import Method
from tests.surveys.field import Field, answer_all, answer_openly, in_field
from tests.surveys.residents import SAFE, TRUST
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.world import build_world

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
OPENLY = "/svar/aaben/lilleby/2024"
VISITOR = "192.0.2.93"  # nobody else in these tests: a file keeps what other tests deleted


@pytest.fixture
def field(committed: None) -> Field:
    """A wave in the field that most have answered, and some by the open link, one of them on its pages."""
    world = build_world()
    day = timezone.localdate()
    later = {"closes": day.replace(year=day.year + 1), "frame_deleted_on": day.replace(year=day.year + 2)}
    made = in_field(planned(world, open_link=True, **later))
    answer_all(made)
    answer_openly(made.wave, area="resten", gender="m", age="50-64", many=12, words="Et ord fra linket")
    _answer_on_the_pages()
    return made


def _answer_on_the_pages() -> None:
    client = Client(SERVER_NAME="localhost", REMOTE_ADDR=VISITOR)
    client.post(OPENLY, {"i1": "lilleby", "i2": "f", "i3": "65+"})
    client.post("/svar/side/1", {TRUST: "4", SAFE: "ja"})
    client.post("/svar/send")


def test_neither_database_nor_its_files_lead_from_a_person_to_an_answer(field: Field) -> None:
    remembered = _remembered_by_the_planner()
    kept, never, digests = _kept_until_the_cut(field), _never_kept(field), _digests()
    assert kept == _found(kept)  # the search itself can find
    assert _found(never) == set()
    close_wave(by=OPERATOR, wave=field.wave)
    assert _found(kept | never) == set()
    if remembered:
        assert kept & remembered  # it did remember some
        # It goes on remembering tables that were emptied: the digests of codes, which lead nowhere without their rows.
        assert not (kept - digests) & _remembered_by_the_planner(analyse=False)
    shared = {value for value in _values("default") & _values("answers") if len(value) > 6}
    assert shared <= {"lilleby", "resten", "Lilleby", field.wave.questionnaire.digest, field.wave.key}


def test_a_server_that_runs_on_holds_nothing_in_its_log_either(
    field: Field, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if connections["answers"].vendor != "sqlite":
        pytest.skip("PostgreSQL's log is the operator's to see to (docs/operating.md)")
    kept = _kept_until_the_cut(field)
    names = [str(connections[alias].settings_dict["NAME"]) for alias in BOTH_DATABASES]
    with ExitStack() as stack:
        others = [stack.enter_context(closing(sqlite3.connect(name))) for name in names]
        for other in others:  # as another worker does, between two pages
            other.execute("SELECT count(*) FROM sqlite_master").fetchall()
        assert kept == _found(kept)
        close_wave(by=OPERATOR, wave=field.wave)
        assert _found(kept) == set()
        # Somebody reads on while there is more to write: it is said, and done when they are through.
        monkeypatch.setattr(rewriting, "PATIENCE", 50)
        for other in others:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM sqlite_master").fetchall()
        Partnership.objects.update(name="Lille By")
        assert not empty_log("default")
        assert "The log of default could not be emptied" in caplog.text
        for other in others:
            other.rollback()
        empty_logs()
        assert [Path(f"{name}-wal").stat().st_size for name in names] == [0, 0]


def test_by_the_open_link_nothing_leads_back_either(field: Field) -> None:
    openly = list(Response.objects.filter(kind="open", finished=True).values_list("pk", "ticket"))
    assert len(openly) == 13
    traces = {pk.hex for pk, _ticket in openly} | {ticket for _pk, ticket in openly if ticket}
    assert _found(traces) == traces
    assert _found({VISITOR}) == set()
    close_wave(by=OPERATOR, wave=field.wave)
    assert _found(traces) == set()
    assert Response.objects.filter(kind="open").count() == 13
    assert Response.objects.filter(kind="open", answers__ord="Et ord fra linket", area="resten").count() == 12
    among = list(Response.objects.order_by("position").values_list("kind", flat=True))
    assert among != sorted(among)  # they lie among the others, in the one random order
    assert among != sorted(among, reverse=True)


def test_what_an_analyst_is_given_leads_back_to_nobody(field: Field, tmp_path: Path) -> None:
    kept, never = _kept_until_the_cut(field), _never_kept(field)
    sent = {one.pk: at for at, one in enumerate(_in_order_sent(field))}
    texts = {one.answers["ord"] for one in _in_order_sent(field) if one.answers.get("ord")}
    wave = close_wave(by=OPERATOR, wave=field.wave)
    weigh_wave(by=OPERATOR, wave=wave, method=Method())
    done = CliRunner().invoke(export, [wave.key, "--out", str(tmp_path / "ud")])
    assert done.exit_code == 0, done.output
    files = {file.name: file.read_text(encoding="utf-8") for file in (tmp_path / "ud").iterdir()}
    everything = "\n".join(files.values())
    assert not [trace for trace in kept | never if trace in everything]
    assert not [pk for pk in Response.objects.values_list("pk", flat=True) if pk.hex in everything.replace("-", "")]
    assert len(_rows(files["answers.csv"])) == len(_rows(files["figures.csv"])) == len(sent)
    told = [row["text"] for row in _rows(files["texts.csv"])]
    assert set(told) == texts
    assert told == sorted(told)
    assert "Et ord fra linket" not in files["answers.csv"] + files["texts.csv"] + files["figures.csv"]
    openly = _rows(files["open-answers.csv"])
    assert {row["area"] for row in openly} == {"resten"}  # one came alone from Lilleby, and is not told of
    assert len(openly) == 12
    assert set(openly[0]).isdisjoint({"weight", "base", "household", "stratum"})
    assert {row["text"] for row in _rows(files["open-texts.csv"])} == {"Et ord fra linket"}
    assert "not to be mixed" in files["README.txt"]


def test_without_an_open_link_there_are_no_files_of_it(committed: None, tmp_path: Path) -> None:
    field = in_field(planned(build_world()))
    answer_all(field)
    wave = close_wave(by=OPERATOR, wave=field.wave)
    weigh_wave(by=OPERATOR, wave=wave, method=Method())
    assert CliRunner().invoke(export, [wave.key, "--out", str(tmp_path / "ud")]).exit_code == 0
    names = {file.name for file in (tmp_path / "ud").iterdir()}
    assert names == {"README.txt", "answers.csv", "design.toml", "figures.csv", "questionnaire.json", "texts.csv"}


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _in_order_sent(field: Field) -> list[Response]:
    return [one.response for one in field.answered if one.response and one.response.finished]


def _kept_until_the_cut(field: Field) -> set[str]:
    """Everything kept that could be followed from a person, a code or a letter to an answer."""
    tickets = {one.link.ticket for one in field.answered}
    return _digests() | tickets | {one.response.pk.hex for one in field.answered if one.response}


def _digests() -> set[str]:
    return set(Code.objects.values_list("digest", flat=True))


def _never_kept(field: Field) -> set[str]:
    codes = {one.code for one in field.people}
    known = {trace for one in field.people for trace in (one.pseudonym, one.link.household)}
    return codes | {code.replace("-", "") for code in codes} | known


def _found(traces: set[str]) -> set[str]:
    """The traces that stand somewhere: in a value of a row, or in the bytes of a file."""
    places = ["\n".join(_values(alias)).encode() for alias in BOTH_DATABASES]
    for alias in BOTH_DATABASES:
        places += _files_of_sqlite(alias) if connections[alias].vendor == "sqlite" else _files_of_postgres(alias)
    return {trace for trace in traces if any(_is_in(trace, place) for place in places)}


def _is_in(trace: str, place: bytes) -> bool:
    """As text; and where it is a number in hexadecimal, as its bytes too."""
    try:
        return trace.encode() in place or bytes.fromhex(trace) in place
    except ValueError:
        return False


def _files_of_sqlite(alias: str) -> Iterator[bytes]:
    name = Path(connections[alias].settings_dict["NAME"])
    return (file.read_bytes() for file in name.parent.glob(f"{name.name}*") if file.is_file())


def _files_of_postgres(alias: str) -> list[bytes]:
    """The files of every table of ours, with its indexes and what is kept beside it, as they lie on the server."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            pytest.skip("only a superuser reads the files of PostgreSQL")
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT pg_read_binary_file(pg_relation_filepath(c.oid)) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'i', 't') AND n.nspname IN ('public', 'pg_toast') AND c.oid >= 16384"
        )
        return [bytes(content) for (content,) in cursor.fetchall()]


def _remembered_by_the_planner(*, analyse: bool = True) -> set[str]:
    """Values of our columns that PostgreSQL keeps to plan by. Nothing on SQLite, which keeps counts alone."""
    found: set[str] = set()
    for alias in BOTH_DATABASES:
        if connections[alias].vendor != "postgresql":
            continue
        with connections[alias].cursor() as cursor:
            if analyse:
                cursor.execute("ANALYZE")
            cursor.execute(
                "SELECT unnest(most_common_vals::text::text[] || histogram_bounds::text::text[]) FROM pg_stats "
                "WHERE schemaname = 'public'"
            )
            found |= {value.replace("-", "") for (value,) in cursor.fetchall() if value}
    return found


def _values(alias: str) -> set[str]:
    """Every value in every row of a database, as text."""
    found = set()
    with connections[alias].cursor() as cursor:
        for table in set(connections[alias].introspection.table_names(cursor)) - {"django_migrations"}:
            cursor.execute(f'SELECT * FROM "{table}"')  # the names are the database's own
            found |= {_text(value) for row in cursor.fetchall() for value in row if value is not None}
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.hex if isinstance(value, uuid.UUID) else str(value)


def test_what_somebody_who_reads_on_could_see_is_swept_once_they_are_done(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connections["answers"].vendor != "postgresql":
        pytest.skip("SQLite writes all of its file anew")
    monkeypatch.setattr(rewriting, "PATIENCE", 200)
    reader = connections["answers"].copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            close_wave(by=OPERATOR, wave=field.wave)
            assert Wave.objects.get(pk=field.wave.pk).swept_at is None
            cursor.execute("ROLLBACK")
    finally:
        reader.close()
    assert finish_cuts(by=OPERATOR) == 1
    assert Wave.objects.get(pk=field.wave.pk).swept_at
