"""Whatever file is sent to whichever reader: figures that hang together, or a clear refusal and nothing half-stored."""

from __future__ import annotations

import io
from importlib.resources import files

import numpy as np
import openpyxl
import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvarter.evidence.actions.drafts import send_in
from kvarter.evidence.importers import reading
from kvarter.evidence.importers.extract import Extract, Status
from kvarter.evidence.importers.reading import READERS, read_files
from kvarter.evidence.models import Draft, Observation, Register
from kvarter.journal.models import Entry
from kvarter.tables.limits import BadFile
from tests.evidence.figures import lay_out
from tests.world import World

SHIPPED = files("kvarter.evidence") / "registers" / "valgdatabase"
VOTES, PLACES, PEOPLE = (
    (SHIPPED / f"{name}.csv").read_bytes() for name in ("FV2005_valgdat", "FV2005_geodat", "FV2015_befolk")
)
MAPPING = {
    "mapping": '{"source": "s", "unit_column": "Sted", "period_column": "År", "unit_scheme": "x"}',
    "background_on": "2005-01-01",
}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF"
WEB_PAGE = b"<!doctype html><html><body><table><tr><td>1</td></tr></table></body></html>"


def workbook(*, merged: bool = False, formula: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    for row in (["Sted", "År", "Alle"], ["A", 2022, 5], ["B", 2022, 6]):
        sheet.append(row)
    if merged:
        sheet.merge_cells("A2:B3")
    if formula:
        sheet["C2"] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WRONG = {
    "tomt.csv": b"",
    "billede.png": PNG,
    "brev.pdf": PDF,
    "side.html": WEB_PAGE,
    "billede.xlsx": PNG,
    "utf16.csv": VOTES.decode("utf-8-sig").encode("utf-16"),
    "nuller.csv": b"\x00" * 500,
    "data.json": b'{"a": [1, 2]}',
    "merged.xlsx": workbook(merged=True),
    "formel.xlsx": workbook(formula=True),
    "et-felt.csv": b"x",
    "hoved.csv": VOTES.splitlines()[0],
}


def hangs_together(made: Extract) -> None:
    assert made.amounts.shape == made.statuses.shape == (len(made.lines), len(made.measures))
    has = np.array([[Status(one).has_figure for one in row] for row in made.statuses], bool).reshape(made.amounts.shape)
    assert np.array_equal(has, np.isfinite(made.amounts))


def read_or_refused(kind: str, sent: dict[str, bytes]) -> bool:
    """Whether the files were read. A refusal names one of them, or says what to send."""
    try:
        made = read_files(kind, sent, MAPPING)
    except BadFile as refused:
        said = str(refused)
        assert len(said) > 20
        assert "Traceback" not in said
        assert "Error" not in said
        return False
    hangs_together(made)
    return True


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("kind", READERS)
def test_a_wrong_file_is_refused_by_every_reader(kind: str, name: str) -> None:
    assert not read_or_refused(kind, {name: WRONG[name]})


PIECES = (
    b"",
    b";",
    b"-",
    b"\xff",
    b"\x00",
    b'"',
    b"\r\n",
    b"9" * 40,
    b"1,5",
    b"159004",
    b"\xe6",
    b"=1+1",
    b"-5",
    b"NaN",
)

WHOLE = workbook()


def mutated(data: st.DataObject, raw: bytes) -> bytes:
    for _step in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), start + data.draw(st.integers(0, 12)))
        raw = raw[:start] + data.draw(st.sampled_from(PIECES) | st.binary(max_size=3)) + raw[end:]
    return raw


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_files_of_the_election_database_are_read_or_refused_however_damaged(data: st.DataObject) -> None:
    sent = {"FV2005_valgdat.csv": VOTES, "FV2005_geodat.csv": PLACES, "FV2015_befolk.csv": PEOPLE}
    kept = data.draw(st.lists(st.sampled_from(sorted(sent)), min_size=1, unique=True))
    read_or_refused("valgdatabase", {name: mutated(data, sent[name]) for name in kept})


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused_as_residents_data(data: st.DataObject) -> None:
    read_or_refused("beboerdata", {"beboerdata.xlsx": mutated(data, WHOLE)})


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(WRONG)), kind=st.sampled_from(sorted(READERS)))
def test_what_is_refused_leaves_nothing_behind(world: World, name: str, kind: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(BadFile):
        send_in(by=world.secretariat, partnership=world.partnership, kind=kind, files={name: WRONG[name]}, said=MAPPING)
    assert not any(model.objects.exists() for model in (Draft, Register, Observation))
    assert Entry.objects.count() == before


@pytest.mark.django_db
def test_a_file_too_large_is_refused_unread(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_args: object) -> bytes:
        raise AssertionError("the file was read")

    lay_out(world)
    client.force_login(world.secretariat)
    monkeypatch.setattr(reading, "LARGEST", 100)
    monkeypatch.setattr(InMemoryUploadedFile, "read", never)
    sent = io.BytesIO(b"a;b\r\n" * 50)
    sent.name = "stor.csv"
    address = reverse("registers", args=[world.partnership.slug])
    answer = client.post(address, {"kind": "table", "sent": sent}, SERVER_NAME="localhost")
    assert "stor.csv er større end 50 MB" in answer.content.decode()
    assert not Draft.objects.exists()
