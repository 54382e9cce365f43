"""The secretariat's way on the site, from a plan to letters, and what others see of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from kvarter.surveys.actions.inviting import issue
from kvarter.surveys.letters import setting
from kvarter.surveys.models import Code, FrameFile, Invitation, Mailing, Wave
from kvarter.surveys.questionnaires import load_questionnaire
from kvarter.surveys.sealing import new_code
from kvarter.surveys.xlsform.writing import as_xlsx as form_as_xlsx
from tests.surveys.drawn import PLAN, drawn, opened, with_list
from tests.surveys.listing import as_csv, as_xlsx, changed, rows_of
from tests.surveys.waves import BOTH_DATABASES, areas, asked, planned, small_questionnaire
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
AT = "/kvarter/lilleby/undersoegelse"


def field_values(page: str) -> dict[str, str]:
    """What stands in a form's fields."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and 'type="checkbox"' not in tag:
            found[name[1]] = value[1]
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL):
        found[name] = text.replace("&#x27;", "'").replace("&quot;", '"')
    for name, inner in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    return found


def test_from_plan_to_letters(world: World, client_as: Callable[[str], Client]) -> None:
    areas(world.partnership)
    sara = client_as("secretariat")
    page = sara.get("/kvarter/lilleby/spoergeskemaer").content.decode()
    assert sara.post("/kvarter/lilleby/spoergeskemaer", {"shipped": "hoeje-gladsaxe"}).status_code == 302
    page = sara.get("/kvarter/lilleby/undersoegelser/ny").content.decode()
    plan = field_values(page) | {"slug": "naeste"}
    assert plan["controller"] == "Lilleby Kommune"
    assert sara.post("/kvarter/lilleby/undersoegelser/ny", plan).status_code == 302
    wave = Wave.objects.get(slug="naeste")
    assert "Kan vi se det?" in sara.get(f"{AT}/naeste").content.decode()
    assert f'href="{AT}/naeste/liste"' in sara.get(f"{AT}/naeste/krav").content.decode()

    told = field_values(sara.get(f"{AT}/naeste/fortael").content.decode())
    told |= {"contact": "telefon 12 34 56 78", "officer": "raadgiver@lilleby.example", "processors": "ingen"}
    assert sara.post(f"{AT}/naeste/fortael", told).status_code == 302
    list_of = SimpleUploadedFile("liste.xlsx", as_xlsx(rows_of()))
    assert sara.post(f"{AT}/naeste/liste", {"sent": list_of}).status_code == 302
    page = sara.get(f"{AT}/naeste/liste").content.decode()
    assert "460 personer" in page
    sara.post(f"{AT}/naeste/liste/brug", {"digest": FrameFile.objects.get().digest})

    page = sara.get(f"{AT}/naeste/udtraek").content.decode()
    sizes = field_values(page) | {"seed": "7", "panel": "0"}
    shown = sara.post(f"{AT}/naeste/udtraek", sizes).content.decode()
    assert "Frøet er 7" in shown
    assert not Invitation.objects.exists()
    assert sara.post(f"{AT}/naeste/udtraek", field_values(shown) | {"draw": "1"}).status_code == 302
    assert "Seed: 7" in sara.get(f"{AT}/naeste/udtraek.txt").content.decode()

    assert sara.post(f"{AT}/naeste/aabn").status_code == 302
    answer = sara.post(f"{AT}/naeste/breve", {"kind": "invitation", "channel": "letter"})
    assert answer["Cache-Control"] == "no-store"
    letters = pypdfium2.PdfDocument(answer.content)
    assert len(letters) == 2 * Invitation.objects.filter(channel="letter").count()
    assert "Nogle venter endnu på deres invitation." in sara.get(f"{AT}/naeste").content.decode()
    again = sara.post(f"{AT}/naeste/breve", {"kind": "invitation", "channel": "letter"}, follow=True)
    assert "Ingen venter på det" in again.content.decode()
    sara.post(f"{AT}/naeste/breve", {"kind": "invitation", "channel": "email"})
    assert mail.outbox == [], "a second press on what came where the first button stood sends nothing"
    sara.post(f"{AT}/naeste/breve", {"kind": "invitation", "channel": "email", "meant": "on"})
    assert len(mail.outbox) == Invitation.objects.filter(channel="email").count()
    rows = sara.post(f"{AT}/naeste/breve", {"kind": "invitation", "channel": "digital"}).content.decode("utf-8-sig")
    assert rows.startswith("pseudonym;supplier_id;code")
    assert "Nogle venter endnu" not in sara.get(f"{AT}/naeste").content.decode()
    page = sara.get(f"{AT}/naeste/breve").content.decode()
    assert (page.count("Filen gik tabt"), page.count("E-mailene kom ikke af sted")) == (2, 1)
    page = sara.get(f"{AT}/naeste/svar").content.decode()
    assert "0 af" in page
    wave.refresh_from_db()
    assert wave.state == "in_field"


def test_what_is_wrong_with_a_list_is_shown_and_nothing_is_kept(
    world: World, client_as: Callable[[str], Client]
) -> None:
    planned(world)
    wrong = SimpleUploadedFile("liste.csv", as_csv(changed(rows_of(9, 9), 2, gender="q", pseudonym="0101701234")))
    answer = client_as("secretariat").post(f"{AT}/2024/liste", {"sent": wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "liste.csv, række 4: Køn skrives" in page
    assert "ligner et CPR-nummer" in page
    assert "0101701234" not in page
    assert not FrameFile.objects.exists()


def test_a_list_of_200_megabytes_is_refused_without_being_kept_anywhere(
    world: World, client_as: Callable[[str], Client]
) -> None:
    planned(world)
    huge = io.BytesIO(b"a;b\n" * (50 * 1024 * 1024))
    huge.name = "liste.csv"
    before = set(Path(settings.FILE_UPLOAD_TEMP_DIR or "/tmp").glob("*.upload*"))
    page = client_as("secretariat").post(f"{AT}/2024/liste", {"sent": huge}).content.decode()
    assert "liste.csv er større end 50 MB" in page
    assert set(Path(settings.FILE_UPLOAD_TEMP_DIR or "/tmp").glob("*.upload*")) == before


def test_a_list_sent_from_another_site_is_refused(world: World) -> None:
    planned(world)
    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    client.force_login(world.secretariat, backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = SimpleUploadedFile("liste.csv", as_csv(rows_of()))
    assert client.post(f"{AT}/2024/liste", {"sent": sent}).status_code == 403
    assert not FrameFile.objects.exists()


def test_the_public_reads_of_an_opened_wave_and_of_no_other(world: World, client_as: Callable[[str], Client]) -> None:
    wave = planned(world)
    visitor = client_as("visitor")
    assert visitor.get(f"{AT}/2024").status_code == 404
    assert "Undersøgelsen 2024" not in visitor.get("/kvarter/lilleby/undersoegelser").content.decode()
    Wave.objects.filter(pk=wave.pk).update(state="in_field")
    page = visitor.get(f"{AT}/2024").content.decode()
    for told in ("Lilleby Kommune", "Databeskyttelseslovens § 10", "1. juni 2024", "Statistik om kvarteret"):
        assert told in page
    assert "Trin for trin" not in page
    assert "Trin for trin" in client_as("analyst").get(f"{AT}/2024").content.decode()


def test_a_form_is_sent_in_shown_and_taken_out_again(world: World, client_as: Callable[[str], Client]) -> None:
    sara = client_as("secretariat")
    whole = replace(load_questionnaire("hoeje-gladsaxe"), key="vores-eget")
    sent = SimpleUploadedFile("vores.xlsx", form_as_xlsx(whole))
    assert sara.post("/kvarter/lilleby/spoergeskemaer", {"sent": sent}).status_code == 302
    page = sara.get("/kvarter/lilleby/spoergeskema/vores-eget/1").content.decode()
    for item in whole.items:
        assert escape(item.texts["da"]) in page
    content = sara.get("/kvarter/lilleby/spoergeskema/vores-eget/1.xlsx").content
    assert content.startswith(b"PK")
    again = SimpleUploadedFile("lille.xlsx", content)
    assert "det samme skema" in sara.post("/kvarter/lilleby/spoergeskemaer", {"sent": again}).content.decode()
    bad = SimpleUploadedFile("lille.xlsx", b"PK\x03\x04")
    assert sara.post("/kvarter/lilleby/spoergeskemaer", {"sent": bad}).status_code == 200


def test_what_breaks_a_series_is_told_on_the_questionnaires_page(
    world: World, client_as: Callable[[str], Client]
) -> None:
    wave = planned(world)
    Wave.objects.filter(pk=wave.pk).update(state="in_field")
    whole = small_questionnaire()
    first = whole.sections[0]
    item = replace(first.items[0], texts={"da": "Man kan stole på alle", "en": "All can be trusted"})
    asked(world, replace(whole, sections=(replace(first, items=(item, *first.items[1:])), *whole.sections[1:])))
    page = client_as("analyst").get("/kvarter/lilleby/spoergeskema/lille/2").content.decode()
    assert "<del>Man kan stole på naboerne</del>" in page
    assert "<ins>Man kan stole på alle</ins>" in page


def code_of(world: World, wave: Wave) -> str:
    """A code somebody got by letter."""
    return issue(by=world.secretariat, wave=wave, kind="invitation", channel="letter")[1][0].code


def test_whoever_has_the_code_can_leave_and_is_not_written_to(world: World, client_as: Callable[[str], Client]) -> None:
    wave = opened(world)
    code = code_of(world, wave)
    visitor = client_as("visitor")
    assert "Koden har 18 tegn" in visitor.post("/svar/fravaelg", {"code": "ABC"}).content.decode()
    page = visitor.post("/svar/fravaelg", {"code": code.lower().replace("-", " ")}).content.decode()
    assert "Du skal ikke gøre mere" in page
    assert Invitation.objects.filter(opted_out_on__isnull=False).count() == 1
    assert "Vil ikke spørges" in client_as("secretariat").get(f"{AT}/2024/svar").content.decode()


def test_codes_cannot_be_tried_through_by_leaving(world: World, client_as: Callable[[str], Client]) -> None:
    cache.clear()
    opened(world)
    visitor = client_as("visitor")
    said = [visitor.post("/svar/fravaelg", {"code": new_code()}).content.decode() for _try in range(25)]
    assert "Vi kender ikke koden" in said[0]
    assert "for mange forkerte koder" in said[-1]
    cache.clear()


def test_the_secretariat_leaves_somebody_in_peace_who_calls_and_prints_a_paper(
    world: World, client_as: Callable[[str], Client]
) -> None:
    wave = opened(world)
    code = code_of(world, wave)
    sara = client_as("secretariat")
    paper = sara.post(f"{AT}/2024/papir", {"code": code, "language": "da"})
    text = pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_bounded()
    assert code in text
    unknown = sara.post(f"{AT}/2024/papir", {"code": new_code(), "language": "da"}).content.decode()
    assert "Vi kender ikke koden" in unknown
    assert sara.post(f"{AT}/2024/fravaelg", {"code": code}).status_code == 302
    assert Invitation.objects.filter(opted_out_on__isnull=False).count() == 1
    assert sara.get(f"{AT}/2024/papir").status_code == 200


def test_a_lost_file_is_taken_back(world: World, client_as: Callable[[str], Client]) -> None:
    wave = opened(world)
    code_of(world, wave)
    sara = client_as("secretariat")
    mailing = Mailing.objects.get()
    said = sara.post(f"{AT}/2024/breve/{mailing.pk}/tag-tilbage", {}, follow=True).content.decode()
    assert "Skriv, hvorfor" in said
    sara.post(f"{AT}/2024/breve/{mailing.pk}/tag-tilbage", {"why": "Printeren brændte"})
    assert not Code.objects.exists()


def test_the_last_day_is_moved_within_what_was_promised(world: World, client_as: Callable[[str], Client]) -> None:
    wave = opened(world)
    sara = client_as("secretariat")
    late = sara.post(f"{AT}/2024/forlaeng", {"closes": "2024-06-01", "why": "Få svar"}).content.decode()
    assert "1. marts 2024 til og med 31. maj 2024, dagen før navne" in late
    assert 'aria-invalid="true"' in late
    assert sara.post(f"{AT}/2024/forlaeng", {"closes": "2024-05-20", "why": "Få svar"}).status_code == 302
    wave.refresh_from_db()
    assert wave.closes == date(2024, 5, 20)


def test_pages_of_the_field_cost_the_same_for_a_small_and_a_large_list(
    world: World, client_as: Callable[[str], Client]
) -> None:
    sara = client_as("secretariat")
    counts = []
    for slug, rows in (("2021", rows_of(60, 400)), ("2024", rows_of(200, 900))):
        many = sum(row[1] == "Lilleby" for row in rows)
        with_list(world, as_csv(rows), slug=f"{slug}-liste")
        drawn(world, replace(PLAN, sizes={"lilleby": many, "resten": 50}), slug=f"{slug}-trukket", content=as_csv(rows))
        wave = opened(world, replace(PLAN, sizes={"lilleby": many, "resten": 200}), slug=slug, content=as_csv(rows))
        code_of(world, wave)
        pages = [
            f"{AT}/{slug}",
            f"{AT}/{slug}-liste/krav",
            f"{AT}/{slug}-liste/liste",
            f"{AT}/{slug}-trukket/udtraek",
            f"{AT}/{slug}/breve",
            f"{AT}/{slug}/svar",
        ]
        counted = []
        for page in pages:
            with CaptureQueriesContext(connections["default"]) as queries:
                assert sara.get(page).status_code == 200, page
            counted.append(len(queries))
        counts.append(counted)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 20


def test_a_list_that_another_operators_key_sealed_is_told_of_and_does_not_break_the_page(
    world: World, client_as: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_list(world)
    monkeypatch.setattr(settings, "SURVEY_KEY", bytes(32))
    page = client_as("secretariat").get(f"{AT}/2024/liste")
    assert page.status_code == 200
    assert "anden nøgle" in page.content.decode()


def test_whoever_waits_for_letters_sees_how_far_they_are(
    world: World, client_as: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    wave, sara = opened(world), client_as("secretariat")
    at, told = f"{AT}/2024/breve/fremdrift", []
    monkeypatch.setattr(setting, "AT_A_TIME", 5)
    set_by_typst = setting.set_by_typst

    def seen_meanwhile(template: str, data: dict[str, Any]) -> bytes:
        told.append(sara.get(at).content.decode())
        return set_by_typst(template, data)

    monkeypatch.setattr(setting, "set_by_typst", seen_meanwhile)
    many = Invitation.objects.filter(wave=wave, channel="letter").count()
    assert "Der laves ingen breve lige nu." in sara.get(at).content.decode()
    assert sara.get(f"{AT}/2024/breve").content.decode().count(f'data-progress="{at}"') == 1
    assert sara.post(f"{AT}/2024/breve", {"kind": "invitation", "channel": "letter"}).status_code == 200
    for made, page in enumerate(told):
        assert f"{5 * made} af {many} breve er lavet." in page
        assert f'value="{5 * made}" max="{many}"' in page
    assert len(told) == -(-many // 5) > 2
    assert "Der laves ingen breve lige nu." in sara.get(at).content.decode()


def test_questions_are_said_in_the_language_of_the_page(world: World, client_as: Callable[[str], Client]) -> None:
    wave = with_list(world)
    sara = client_as("secretariat")
    sara.post(f"{AT}/2024/krav", {"item": "tryg", "change": "8"})
    lists = "/kvarter/lilleby/spoergeskemaer", "/kvarter/lilleby/spoergeskema/lille/1"
    for page in (f"{AT}/{wave.slug}/krav", *lists):
        danish, english = (sara.get(prefix + page).content.decode() for prefix in ("", "/en"))
        said = ("Er du tryg om aftenen?", "Do you feel safe in the evening?")
        if page == lists[0]:
            said = ("Det lille skema", "The small one")
        assert said[0] in danish, page
        assert said[1] in english, page
        assert said[0] not in english, page
