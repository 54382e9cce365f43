"""Answers from Kobo or ODK: the form (XLSForm) and the export as they come, by the command and on the site."""

from __future__ import annotations

import csv
import io
import random
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kvarter.cli.wave_import import import_
from kvarter.surveys.actions.outside import look_in_both, take_in_answers
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import AnswersDraft, QuestionnaireVersion, Wave
from kvarter.surveys.outside.reading import read_answers
from kvarter.surveys.xlsform.errors import BadForm
from tests.surveys.outside import WAVE
from tests.surveys.waves import BOTH_DATABASES, areas
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
ADDRESS = "/kvarter/lilleby/undersoegelser/indlaes"
SURVEY = """
type|name|label|required|relevant|constraint|kvarter_theme|kvarter_told
start|start||||||
end|end||||||
note|velkommen|Sig, hvordan det er at bo her.|||||
select_one omraader|bor|Hvor bor du?|yes||||
begin_group|kvarter|Dit kvarter|||||
select_one enig|tillid|Man kan stole på naboerne|yes|||tillid|more: 3 4
select_one ja_nej|tryg|Er du tryg om aftenen?||||tryghed|more: ja
select_multiple utrygt|hvorfor|Hvad gør dig utryg?||${tryg} = 'nej'|||
end_group|||||||
integer|flyttet_ind|Hvilket år flyttede du hertil?|||. >= 1950 and . <= 2018||
text|ord|Vil du tilføje noget?|||||
"""
CHOICES = """
list_name|name|label
omraader|lilleby|Lilleby
omraader|resten|Resten af byen
enig|1|Helt uenig
enig|2|Uenig
enig|3|Enig
enig|4|Helt enig
enig|ved_ikke|Ved ikke
ja_nej|ja|Ja
ja_nej|nej|Nej
ja_nej|ved_ikke|Ved ikke
utrygt|lys|For lidt lys
utrygt|trafik|Trafik
"""
SETTINGS = """
form_title|form_id|version|default_language
Kvarteret 2018|kvarteret|1|Dansk (da)
"""
FORM = "kvarteret.xlsx"
PEOPLE = """
[people]
id = "_uuid"
area = "bor"
"""


def kobo_form(survey: str = SURVEY) -> bytes:
    """The form as Kobo gives it out."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, table in (("survey", survey), ("choices", CHOICES), ("settings", SETTINGS)):
        sheet = book.create_sheet(name)
        for line in table.strip().splitlines():
            sheet.append([field or None for field in line.split("|")])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def some_people(many: int, *, seed: int = 5) -> list[dict[str, Any]]:
    """An export of Kobo's: values and headings by their names, groups in front, several choices both ways."""
    chance = random.Random(seed)
    rows = []
    for number in range(1, many + 1):
        tryg = chance.choice(["ja", "nej", "ved_ikke", ""])
        why = [one for one in ("lys", "trafik") if tryg == "nej" and chance.random() < 0.6]
        rows.append(
            {
                "start": f"2018-03-{number % 28 + 1:02d}T10:00:00.000+01:00",
                "end": f"2018-03-{number % 28 + 1:02d}T10:07:00.000+01:00",
                "bor": "lilleby" if number % 3 else "resten",
                "kvarter/tillid": chance.choice(["1", "2", "3", "4", "ved_ikke"]),
                "kvarter/tryg": tryg,
                "kvarter/hvorfor": " ".join(why),
                "kvarter/hvorfor/lys": int("lys" in why) if tryg == "nej" else "",
                "kvarter/hvorfor/trafik": int("trafik" in why) if tryg == "nej" else "",
                "flyttet_ind": chance.choice(["1999", "2010", ""]),
                "ord": f"Et ord, nummer {number}" if number % 10 == 0 else "",
                "_id": 700_000 + number,
                "_uuid": f"f3a1c0de-0000-4000-8000-{number:012d}",
                "_submission_time": "2018-03-05T10:07:03",
                "_status": "submitted_via_web",
                "__version__": "vK3xZ9",
                "_index": number,
            }
        )
    return rows


def kobo_csv(rows: list[dict[str, Any]]) -> bytes:
    """With semicolons and a byte order mark, as Kobo writes CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def kobo_xlsx(rows: list[dict[str, Any]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Kvarteret 2018"
    for row in (list(rows[0]), *(list(row.values()) for row in rows)):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def filled_in(suggested: str) -> str:
    """A suggestion as somebody puts it right: which wave it is, and how people are told apart."""
    items = suggested[suggested.index("\n[[items]]") :]
    return WAVE.replace('adults = "lille"', f'adults = "{FORM}"') + PEOPLE + items


@pytest.fixture
def town(world: World) -> World:
    areas(world.partnership)
    return world


@pytest.mark.parametrize(("ending", "write"), [("csv", kobo_csv), ("xlsx", kobo_xlsx)])
def test_from_form_and_export_to_a_wave_by_the_command(
    town: World, tmp_path: Path, ending: str, write: Callable[[list[dict[str, Any]]], bytes]
) -> None:
    rows = some_people(90)
    file, form, mapping = tmp_path / f"svar.{ending}", tmp_path / FORM, tmp_path / "svar.toml"
    file.write_bytes(write(rows))
    form.write_bytes(kobo_form())
    say = [str(file), "--partnership", "lilleby", "--form", str(form)]
    suggested = CliRunner().invoke(import_, say)
    assert suggested.exit_code == 2
    told = tomllib.loads(suggested.stdout)
    assert told["questionnaire"]["adults"] == FORM
    columns = {one["item"]: one["column"] for one in told["items"]}
    assert columns == {
        "bor": "bor",
        "tillid": "kvarter/tillid",
        "tryg": "kvarter/tryg",
        "hvorfor": "kvarter/hvorfor",
        "flyttet_ind": "flyttet_ind",
        "ord": "ord",
    }
    mapping.write_text(filled_in(suggested.stdout), encoding="utf-8")
    done = CliRunner().invoke(import_, [*say, "--mapping", str(mapping), "--yes"])
    assert done.exit_code == 0, done.output
    wave = Wave.objects.get()
    assert (wave.key, wave.questionnaire.key, wave.questionnaire.questionnaire.item("tillid").theme) == (
        "lilleby/2018",
        "kvarteret",
        "tillid",
    )
    kept = sorted(str(sorted(answers.items())) for answers in Response.objects.values_list("answers", flat=True))
    assert kept == sorted(str(sorted(_meant(row).items())) for row in rows)
    everything = str(list(Response.objects.values()))
    assert not any(trace in everything for trace in ("f3a1c0de", "submitted_via_web", "2018-03-05"))


def _meant(row: dict[str, Any]) -> dict[str, Any]:
    """What a row of the export answers, by our items."""
    names = {key.rpartition("/")[2]: key for key in row if not key.startswith("kvarter/hvorfor/")}
    given = {item: row[names[item]] for item in ("bor", "tillid", "tryg", "hvorfor", "flyttet_ind", "ord")}
    read: dict[str, Callable[[str], Any]] = {"hvorfor": str.split, "flyttet_ind": int}
    return {item: read.get(item, str)(text) for item, text in given.items() if text}


def test_the_same_on_the_site(town: World, client_as: Callable[[str], Client]) -> None:
    client = client_as("secretariat")

    def send(mapping: str) -> str:
        file = SimpleUploadedFile("svar.csv", kobo_csv(some_people(30)))
        form = SimpleUploadedFile(FORM, kobo_form())
        page = client.post(ADDRESS, {"file": file, "form": form, "mapping": mapping, "why": ""}, follow=True)
        return page.content.decode()

    suggested = send("")
    assert f"adults = &quot;{FORM}&quot;" in suggested
    assert "column = &quot;kvarter/tryg&quot;" in suggested
    mapping = re.search(r"<textarea[^>]*>(.*?)</textarea>", suggested, re.DOTALL)
    assert mapping
    page = send(filled_in(mapping[1].replace("&quot;", '"').replace("&#x27;", "'")))
    assert "Filen giver 30 svar" in page
    client.post(f"{ADDRESS}/{AnswersDraft.objects.get().pk}")
    assert Response.objects.count() == 30
    assert QuestionnaireVersion.objects.get().key == "kvarteret"


def test_a_form_that_cannot_be_asked_keeps_all_out_and_says_why(town: World) -> None:
    table = read_answers(kobo_csv(some_people(6)), "svar.csv")
    survey = SURVEY.replace("integer|flyttet_ind", "geopoint|flyttet_ind")
    mapping = filled_in('\n[[items]]\nitem = "tryg"\ncolumn = "kvarter/tryg"\n')
    with pytest.raises(BadForm, match=r"“survey”, række 11: typen “geopoint” kan ikke læses"):
        look_in_both(town.partnership, table, mapping, {FORM: kobo_form(survey)})
    with pytest.raises(BadForm, match=rf"{FORM}"):
        look_in_both(town.partnership, table, mapping, {FORM: b"PK\x03\x04 no form"})
    assert not QuestionnaireVersion.objects.exists()


def test_the_secretariats_list_of_surveys_leads_there(town: World, client_as: Callable[[str], Client]) -> None:
    link = f'href="{ADDRESS}"'
    assert link in client_as("secretariat").get("/kvarter/lilleby/undersoegelser").content.decode()
    for role in ("analyst", "visitor"):
        assert link not in client_as(role).get("/kvarter/lilleby/undersoegelser").content.decode()


def test_what_it_costs_does_not_grow_with_the_file(town: World, client_as: Callable[[str], Client]) -> None:
    """Looking, showing and taking in, but for the answers themselves, which are stored many at a time."""
    _costs(town, client_as("secretariat"), 20)  # the form is stored the first time
    small, large = (_costs(town, client_as("secretariat"), many) for many in (40, 400))
    assert small == large
    assert max(small.values()) <= 40


def _costs(town: World, client: Client, many: int) -> dict[str, int]:
    table = read_answers(kobo_csv(some_people(many)), "svar.csv")
    mapping = filled_in(_ITEMS)
    sent = {FORM: kobo_form()}
    counts: dict[str, int] = {}

    def count(name: str, act: Callable[[], Any]) -> Any:
        site, answers = (CaptureQueriesContext(connections[alias]) for alias in BOTH_DATABASES)
        with site, answers:
            made = act()
        asked = [query["sql"] for query in (*site.captured_queries, *answers.captured_queries)]
        counts[name] = sum(not sql.startswith('INSERT INTO "answers_response"') for sql in asked)
        return made

    found = count("look", lambda: look_in_both(town.partnership, table, mapping, sent))[0]
    file = {"file": SimpleUploadedFile("svar.csv", kobo_csv(some_people(many))), "mapping": mapping, "why": ""}
    count("send", lambda: client.post(ADDRESS, file | {"form": SimpleUploadedFile(FORM, kobo_form())}))
    draft = AnswersDraft.objects.get()
    page = count("show", lambda: client.get(f"{ADDRESS}/{draft.pk}"))
    assert f"Filen giver {many} svar" in page.content.decode()
    draft.delete()
    wave = count("take in", lambda: take_in_answers(by=town.secretariat, partnership=town.partnership, coming=found))
    assert Response.objects.filter(wave=wave.key).count() == many
    Response.objects.all().delete()
    wave.delete()
    return counts


_ITEMS = """
[[items]]
item = "tillid"
column = "kvarter/tillid"

[[items]]
item = "tryg"
column = "kvarter/tryg"

[[items]]
item = "hvorfor"
column = "kvarter/hvorfor"
"""
