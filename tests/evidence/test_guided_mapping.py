"""A secretary and a workbook nobody knows: sent, its columns chosen, areas named, looked at, taken in, and again."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kvarter.evidence.actions.indicators import add_indicator
from kvarter.evidence.importers.reading import READERS
from kvarter.evidence.models import Draft, Indicator, Observation, SavedMapping
from kvarter.people.policy import OPERATOR
from tests.evidence.figures import INDICATOR, lay_out
from tests.evidence.test_tables import as_csv, as_xlsx
from tests.world import World

pytestmark = pytest.mark.django_db
ROWS: list[list[object]] = [
    ["Valget i Storby"],
    ["Sted", "Valgdag", "Stemmer", "Vælgere"],
    ["Storby Kommune", "9. juni 2024", 3500, 4000],
    ["Nordby", "9. juni 2024", 800, 1000],
    ["Kilde: Storby"],
]
CHOSEN: dict[str, object] = {
    "sheet": "Sheet",
    "header": 2,
    "rows": 1,
    "unit_column": "Sted",
    "period_column": "Valgdag",
    "status_column": "",
    "last_row": 4,
    "source": "optaelling",
    "label": "Valget",
    "name": "Storbys valgtabel",
    "indicator_0": "stemmer",
    "part_0": "Stemmer",
    "whole_0": "Vælgere",
}


def a_year_later() -> list[list[object]]:
    """The same table with the next year's counts."""
    return [*ROWS[:2], ["Storby Kommune", "9. juni 2025", 3400, 4100], ["Nordby", "9. juni 2025", 810, 1010], ROWS[4]]


class Secretary:
    """Somebody at work, with a browser."""

    def __init__(self, world: World, client: Client) -> None:
        client.force_login(world.secretariat)
        self.client, self.slug = client, world.partnership.slug

    def at(self, name: str, *args: object) -> str:
        return reverse(name, args=[self.slug, *args])

    def post(self, address: str, data: dict[str, Any]) -> tuple[str, str]:
        """The text of the page that comes, and its address."""
        answer: Any = self.client.post(address, data, SERVER_NAME="localhost", follow=True)
        assert answer.status_code == 200
        return said(answer.content), answer.redirect_chain[-1][0] if answer.redirect_chain else address

    def get(self, address: str) -> str:
        return said(self.client.get(address, SERVER_NAME="localhost").content)

    def send(self, content: bytes, name: str = "valg.xlsx", **more: object) -> tuple[str, str]:
        """What comes of a table that is sent."""
        return self.post(self.at("registers"), {"kind": "table", "sent": SimpleUploadedFile(name, content), **more})


def said(content: bytes) -> str:
    return " ".join(html.unescape(re.sub(r"<(?!option|select|input)[^>]+>", " ", content.decode())).split())


@pytest.fixture
def secretary(world: World, client: Client) -> Secretary:
    lay_out(world)
    return Secretary(world, client)


def chosen_in(page: str, name: str) -> str:
    """The option chosen in a field."""
    (field,) = re.findall(rf'<select name="{name}".*?(?=<select|$)', page)
    found = re.search(r'<option value="([^"]*)" selected', field)
    return found[1] if found else ""


def test_from_a_workbook_to_figures_and_the_next_time_in_one_step(secretary: Secretary) -> None:
    page, address = secretary.send(as_xlsx(ROWS))
    assert address.endswith("/opskrift")
    assert "Række A B C D 1 Valget i Storby 2 overskrifter Sted Valgdag Stemmer Vælgere 3 Storby Kommune" in page
    assert (chosen_in(page, "unit_column"), chosen_in(page, "period_column")) == ("Sted", "Valgdag")

    page, draft = secretary.post(address, CHOSEN)
    assert "Filen giver 1 tal. Intet er gemt endnu." in page
    assert "Nordby Række 4. Kvarter kender hverken koden eller navnet." in page
    areas = secretary.at("register_areas", Draft.objects.get().pk)
    page, _address = secretary.post(areas, {"text": ["Nordby"], "area": ["resten"]})
    assert "Filen giver 2 tal." in page
    assert "Områder, som Kvarter ikke kender" not in page
    page, _address = secretary.post(draft, {"why": ""})
    assert "Tallene er læst ind." in page
    assert {one.version.area.slug for one in Observation.objects.all()} == {"storby", "resten"}
    assert SavedMapping.objects.get().name == "Storbys valgtabel"

    next_year = a_year_later()
    page, address = secretary.send(as_xlsx(next_year))
    assert "Den gemte opskrift “Storbys valgtabel” passer til filen." in page
    assert chosen_in(page, "indicator_0") == "stemmer"
    secretary.client.post(secretary.at("register_give_up", Draft.objects.get().pk), SERVER_NAME="localhost")
    page, address = secretary.send(as_xlsx(next_year), saved=SavedMapping.objects.get().pk)
    page, _draft = secretary.post(address, CHOSEN)
    assert "Filen giver 2 tal." in page, "the areas are remembered"


def test_columns_that_are_gone_from_a_new_layout_are_named(secretary: Secretary, world: World) -> None:
    secretary.post(secretary.send(as_xlsx(ROWS))[1], CHOSEN)
    secretary.post(secretary.at("register_draft", Draft.objects.get().pk), {"why": ""})
    other = [["Valget"], ["Sted", "Dato", "Afgivne", "Vælgere"], *ROWS[2:]]
    page, _address = secretary.send(as_xlsx(other), saved=SavedMapping.objects.get().pk)
    assert "Disse kolonner fra opskriften er her ikke: “Valgdag”, “Stemmer”." in page
    assert chosen_in(page, "whole_0") == "Vælgere", "what is still there is still chosen"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"unit_column": ""}, "Vælg den kolonne, området står i"),
        ({"period_column": ""}, "Vælg den kolonne, tiden står i"),
        ({"whole_0": ""}, "“stemmer” er en andel eller et gennemsnit"),
        ({"part_0": "Sted"}, "“Sted” er valgt til to ting"),
        ({"part_0": ""}, "Vælg den kolonne, tallet står i."),
        ({"period_column": "Vælgere", "whole_0": "Stemmer"}, "“4000” er ingen tid"),
        ({"unit_column": "findes-ikke"}, "gyldig"),
    ],
)
def test_a_wrong_choice_is_told_and_nothing_kept(secretary: Secretary, wrong: dict[str, object], told: str) -> None:
    _page, address = secretary.send(as_xlsx(ROWS))
    page, where = secretary.post(address, CHOSEN | wrong)
    assert where == address
    assert told in page
    assert "mapping" not in Draft.objects.get().options
    assert not Observation.objects.exists()


def test_every_fault_of_the_figures_stands_on_the_page(secretary: Secretary) -> None:
    rows = [*ROWS[:2], ["Storby", "i fjor", "mange", 4000], ["", "2024", 1, 2]]
    page, _where = secretary.post(secretary.send(as_xlsx(rows))[1], CHOSEN)
    for place in ("række 3, kolonne “Valgdag”", "række 3, kolonne “Stemmer”", "række 4, kolonne “Sted”"):
        assert place in page


def test_room_for_one_more_indicator_keeps_what_was_chosen(secretary: Secretary, world: World) -> None:
    _page, address = secretary.send(as_xlsx(ROWS))
    page, _where = secretary.post(address, CHOSEN | {"more": "1", "name": "Mit navn"})
    assert "Indikator 2" in page
    assert (chosen_in(page, "indicator_0"), chosen_in(page, "whole_0")) == ("stemmer", "Vælgere")
    assert 'value="Mit navn"' in page
    first = Indicator.objects.get(slug="stemmer")
    facts = INDICATOR | {"slug": "vaelgere", "name": "Vælgere", "measure": "count"}
    add_indicator(by=OPERATOR, theme=first.theme, **facts)
    two = CHOSEN | {"rows": 2, "indicator_1": "vaelgere", "part_1": "Vælgere", "whole_1": ""}
    page, _where = secretary.post(address, two)
    assert "Filen giver 2 tal." in page


def test_one_sheet_of_several_and_times_across_are_chosen(secretary: Secretary) -> None:
    def more(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("Over tid")
        for row in (["Hvad", "2023", "2024"], ["Stemmer", 3400, 3500], ["Vælgere", 4000, 4000]):
            sheet.append(row)

    _page, address = secretary.send(as_xlsx(ROWS, more))
    page = secretary.get(f"{address}?sheet=Over+tid&header=1")
    assert "Arket “Over tid”" in page
    across = CHOSEN | {
        "sheet": "Over tid",
        "header": 1,
        "unit_column": "",
        "unit": "storby",
        "period_column": "*",
        "measure_column": "Hvad",
        "last_row": 3,
    }
    page, _where = secretary.post(address, across)
    assert "Filen giver 2 tal." in page
    assert "(3.400 / 4.000)" in page or "3.400 / 4.000" in page


def test_a_whole_workbook_of_beboerdata_is_read_a_sheet_at_a_time(secretary: Secretary) -> None:
    file = SimpleUploadedFile("bd.xlsx", as_xlsx([["Ark uden noget"], *ROWS]))
    page, address = secretary.post(secretary.at("registers"), {"kind": "beboerdata", "sent": file})
    assert address.endswith("/opskrift")
    page, _where = secretary.post(address, CHOSEN | {"header": 3, "last_row": 5, "source": "optaelling"})
    assert "Beboerdata læses efter en beskrivelse" in page


def test_a_mapping_goes_out_as_json_and_in_again(secretary: Secretary) -> None:
    secretary.post(secretary.send(as_xlsx(ROWS))[1], CHOSEN)
    secretary.post(secretary.at("register_draft", Draft.objects.get().pk), {"why": ""})
    address = secretary.at("mapping_file", SavedMapping.objects.get().pk)
    answer = secretary.client.get(address, SERVER_NAME="localhost")
    assert answer["Content-Disposition"] == 'attachment; filename="storbys-valgtabel.json"'
    assert json.loads(answer.content)["makes"][0]["indicator"] == "stemmer"
    next_year = as_csv(a_year_later())
    kept = SimpleUploadedFile("opskrift.json", answer.content)
    page, _where = secretary.send(next_year, "valg.csv", mapping=kept)
    assert "Filen giver 1 tal." in page
    for wrong, told in ((b"\xff\xfe\x00", "ikke en opskrift"), (b"{}", "source: den mangler")):
        page, _where = secretary.send(next_year, "valg.csv", mapping=SimpleUploadedFile("x.json", wrong))
        assert told in page


def locked() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("tom.xlsx", b"", "tom.xlsx er tom"),
        ("brev.xlsx", b"%PDF-1.7\n%%EOF", "er en PDF"),
        ("låst.xlsx", locked(), "adgangskode"),
        ("billede.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "ikke tekst"),
        ("side.csv", b"<!doctype html><p>Fejl", "webside"),
        ("et-felt.csv", b"x", "har ingen tabel"),
        ("tomt-ark.xlsx", as_xlsx([]), "har ingen tabel"),
        ("hel.xlsx", as_xlsx(ROWS)[:900], "ikke en hel Excel-fil"),
    ],
)
def test_a_wrong_file_is_told_on_the_page_and_leaves_nothing(
    secretary: Secretary, name: str, content: bytes, told: str
) -> None:
    page, where = secretary.send(content, name)
    assert where == secretary.at("registers")
    assert told in page
    assert not Draft.objects.exists()


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("tom.csv", b"", "tom.csv er tom"),
        ("brev.xlsx", b"%PDF-1.7\n%%EOF", "brev.xlsx er en PDF"),
        ("kode.xlsx", locked(), "kode.xlsx er en gammel Excel-fil eller låst med en adgangskode"),
    ],
)
def test_every_kind_tells_an_empty_a_locked_and_a_renamed_file_alike(
    secretary: Secretary, kind: str, name: str, content: bytes, told: str
) -> None:
    page, _where = secretary.post(secretary.at("registers"), {"kind": kind, "sent": SimpleUploadedFile(name, content)})
    assert told in page
    assert not Draft.objects.exists()


def test_a_formula_that_was_never_worked_out_is_told_by_its_field(secretary: Secretary) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(ROWS)))
    assert book.active
    book.active["C3"] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    page, _where = secretary.send(out.getvalue())
    assert "felt C3 er en formel uden resultat" in page
    assert not Draft.objects.exists()


def test_the_questions_take_as_many_queries_however_many_mappings_there_are(secretary: Secretary, world: World) -> None:
    _page, address = secretary.send(as_xlsx(ROWS))
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            secretary.get(address)
        counts.append(len(asked))
        for n in range(5):
            name = f"{n} {len(counts)}"
            SavedMapping.objects.create(partnership=world.partnership, name=name, mapping='{"source": "x"}')
    assert counts[0] == counts[1]
