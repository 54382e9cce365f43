"""Every address of a demonstration says that it is made up, in both languages, and none of what is real does."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pypdfium2
import pytest
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from kvarter.agreements.actions.exchange import import_exchange, read_exchange
from kvarter.agreements.actions.family import add_partnership, change_partnership
from kvarter.agreements.actions.members import write_invitation
from kvarter.agreements.actions.reminding import send_reminders
from kvarter.agreements.made_up import mark, told
from kvarter.agreements.queries.exchange import exchange_of
from kvarter.evidence.actions.comparing import choose_peers
from kvarter.evidence.actions.indicators import write_forecast
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import MadeUp, add_area, change_area
from kvarter.surveys.actions.inviting import issue
from kvarter.surveys.exporting import export_wave
from kvarter.surveys.letters.paper import paper_pdf
from kvarter.surveys.letters.plain import digital_post, mailer
from kvarter.surveys.letters.setting import letters_pdf
from kvarter.surveys.letters.words import words_for
from kvarter.surveys.models import Wave
from kvarter.web.demonstration.removing import remove_demonstration
from tests.evidence.figures import lay_out
from tests.evidence.test_waves import weighted
from tests.surveys.drawn import with_wave
from tests.surveys.residents import SAFE, TRUST
from tests.surveys.waves import BOTH_DATABASES, planned
from tests.test_policy_walk import ENTRIES, filled
from tests.world import ROLES, World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
# Pages of the installation, which belong to no partnership: where one is named there, it is marked (below).
OF_NOBODY = {"front", "my_tasks", "privacy", "accessibility", "areas", "partnership_add", "answer", "opt_out"}


def words_of(answer: HttpResponse) -> str:
    """All that a page or file says, as text."""
    return _text(_content(answer), answer["Content-Type"].partition(";")[0])


def _content(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def _text(content: bytes, kind: str) -> str:
    if kind == "application/pdf":
        with pypdfium2.PdfDocument(content) as document:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "\n".join(package.read(name).decode(errors="replace") for name in package.namelist())
    return content.decode()


def says_so(answer: HttpResponse, language: str) -> bool:
    """Whether what is fetched is marked as made up."""
    kind = answer["Content-Type"].partition(";")[0]
    words = words_of(answer).replace("\r\n ", "")
    if kind == "text/csv":
        rows = list(csv.DictReader(io.StringIO(words)))
        return all(row["synthetic"] == "1" for row in rows)
    if kind in {"application/json", "application/geo+json"} and "made up" not in words:
        return all(_flags(json.loads(words)))
    with override(language):
        return mark() in words or told() in words


def _flags(told: Any) -> Iterator[bool]:
    """Every word that JSON says of being made up."""
    if isinstance(told, dict):
        yield from (bool(value) for name, value in told.items() if name in {"synthetic", "is_demonstration"})
    for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _flags(inner)


def fetched(world: World, name: str) -> Iterator[tuple[str, str, HttpResponse]]:
    """Each address of a name in both languages, as somebody who sees it: (address, language, answer)."""
    for entry in ENTRIES[name]:
        seen_by = [role for role in ROLES if role in entry.by]
        if entry.post or not seen_by:
            continue
        for language in ("da", "en"):
            with override(language):
                address = reverse(name, args=entry.args(world))
            yield address, language, as_one_of(world)(seen_by[-1]).get(address)


def as_one_of(world: World) -> Callable[[str], Client]:
    """Clients with somebody of the world signed in."""

    def signed_in(role: str) -> Client:
        client = Client(SERVER_NAME="localhost")
        if role != "visitor":
            client.force_login(world.people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.mark.parametrize("name", sorted(ENTRIES.keys() - OF_NOBODY))
def test_every_address_of_a_demonstration_says_so(name: str, made_up_world: World) -> None:
    filled(made_up_world)
    for address, language, answer in fetched(made_up_world, name):
        assert answer.status_code == 200, address
        assert says_so(answer, language), address


def test_no_address_of_what_is_real_says_so(world: World) -> None:
    filled(world)
    for name in ENTRIES:
        for address, _language, answer in fetched(world, name):
            words = words_of(answer)
            for language in ("da", "en"):
                with override(language):
                    assert mark() not in words, address
                    assert told() not in words, address
            if answer["Content-Type"].startswith("text/csv"):
                assert not any(row.get("synthetic") == "1" for row in csv.DictReader(io.StringIO(words))), address
            if "json" in answer["Content-Type"]:
                assert not any(_flags(json.loads(words))), address


def test_the_real_stands_first_where_partnerships_and_areas_are_told_of(world: World) -> None:
    add_partnership(by=OPERATOR, slug="a", name="Aa: en demonstration", is_demonstration=True)
    add_area(by=OPERATOR, slug="a", name="Aa opdigtet", is_demonstration=True)
    client = as_one_of(world)("administrator")
    for name, real, made_up in (
        ("front", "Lilleby", "Aa: en demonstration"),
        ("areas", "Lilleby", "Aa opdigtet"),
        ("my_tasks", "Lilleby", "Aa: en demonstration"),
    ):
        page = words_of(client.get(reverse(name))).partition("<main")[2]
        assert page.index(real) < page.index(made_up) < page.index("OPDIGTET"), name
        assert page.count("OPDIGTET") == 1, name


def test_hits_of_a_search_say_so_each(made_up_world: World) -> None:
    page = words_of(as_one_of(made_up_world)("visitor").get(reverse("search", args=["lilleby"]) + "?q=kvarter"))
    hits = page.partition("<main")[2]
    assert hits.count("OPDIGTET") == hits.count("kv-note") > 0


@pytest.mark.parametrize("language", ["da", "en"])
def test_whoever_answers_is_told_on_every_page(made_up_world: World, language: str) -> None:
    wave = with_wave(made_up_world)
    code = issue(by=OPERATOR, wave=wave, kind="invitation", channel="digital", most=1)[1][0].code
    client = Client(SERVER_NAME="localhost")
    with override(language):
        pages = [client.post(reverse("answer"), {"code": code}, follow=True)]
        pages += [client.get(reverse("answer_page", args=[1]))]
        pages += [client.post(reverse("answer_page", args=[1]), {})]  # what must be answered is not
        pages += [client.post(reverse("answer_page", args=[1]), {TRUST: "4", SAFE: "ja"}, follow=True)]
        pages += [client.get(reverse("answer_send"))]
        pages += [client.post(reverse("answer_send"), follow=True)]
        openly = as_one_of(made_up_world)("visitor")
        pages += [openly.get(reverse("answer_openly", args=["lilleby", "2024"]))]
        for page in pages:
            assert page.status_code == 200
            assert says_so(page, language), page.request["PATH_INFO"]
        assert pages[-2].request["PATH_INFO"] == reverse("answer_notice")


def test_a_code_is_asked_for_as_made_up_only_where_nobody_real_was_asked(world: World) -> None:
    wave = with_wave(world)
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED, cut_at=timezone.now())
    wave.pk, wave.partnership = None, add_partnership(by=OPERATOR, slug="a", name="Aa", is_demonstration=True)
    wave.save()
    address = reverse("answer") + "?hvorfor=ukendt"
    client = Client(SERVER_NAME="localhost")
    assert mark() not in words_of(client.get(address))
    Wave.objects.exclude(pk=wave.pk).update(state=Wave.State.PLANNED, cut_at=None)
    assert says_so(client.get(address), "da")


def test_what_leaves_says_so(made_up_world: World, mailoutbox: list[EmailMessage]) -> None:
    wave = with_wave(made_up_world)
    words = words_for(wave, "invitation")
    _mailing, people = issue(by=OPERATOR, wave=wave, kind="invitation", channel="email")
    assert mailer(words, wave)(people[:1]) == 1
    assert mark() in mailoutbox[0].subject
    assert told() in mailoutbox[0].body
    letters = letters_pdf(words, people[:3], date(2026, 11, 1))
    with pypdfium2.PdfDocument(letters) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    assert len(pages) == 6, "the mark leaves each letter its front and its back"
    assert all("OPDIGTET" in front and "MADE UP" in back for front, back in zip(pages[::2], pages[1::2], strict=True))
    with pypdfium2.PdfDocument(paper_pdf(wave, wave.questionnaire.questionnaire, people[0].code)) as document:
        assert all(mark() in page.get_textpage().get_text_bounded() for page in document)
    rows = list(csv.DictReader(io.StringIO(digital_post(words, people).decode("utf-8-sig")), delimiter=";"))
    assert all(mark() in row["title"] and told() in row["text"] for row in rows)
    mailoutbox.clear()
    assert send_reminders(today=date(2030, 7, 1))
    assert any(mark() in mail.body for mail in mailoutbox)
    member = made_up_world.partnership.memberships.get(role="analyst")
    write_invitation(by=made_up_world.secretariat, membership=member)
    assert mark() in mailoutbox[-1].subject


def test_an_exported_wave_says_so(made_up_world: World) -> None:
    files = export_wave(weighted(made_up_world))
    for name in ("figures.csv", "answers.csv"):
        rows = list(csv.DictReader(io.StringIO(files[name].decode())))
        assert rows
        assert {row["synthetic"] for row in rows} == {"1"}
    assert "made up" in files["README.txt"].decode()


def test_a_demonstration_read_in_elsewhere_is_one_there_too(made_up_world: World) -> None:
    document = exchange_of(OPERATOR, made_up_world.partnership)
    assert remove_demonstration(by=OPERATOR)
    made, _new = import_exchange(by=OPERATOR, document=read_exchange(document.to_json().encode()))
    assert made.is_demonstration
    assert made.area
    assert made.area.is_demonstration
    assert exchange_of(OPERATOR, made) == document


def test_real_and_made_up_are_never_mixed(world: World) -> None:
    made_up = add_area(by=OPERATOR, slug="opdigt", name="Opdigt", is_demonstration=True)
    indicator = lay_out(world)
    partnership = world.partnership
    for act in (
        lambda: change_partnership(by=OPERATOR, partnership=partnership, name="x", visibility="public", area=made_up),
        lambda: choose_peers(by=OPERATOR, partnership=partnership, areas=[made_up]),
        lambda: planned(world, area=made_up),
        lambda: planned(world, reference=made_up),
        lambda: change_area(by=OPERATOR, area=partnership.area, name="x", reference=made_up),
        lambda: write_forecast(
            by=OPERATOR, indicator=indicator, area=made_up, about=date(2035, 1, 1), value=0.5, author="x"
        ),
    ):
        with pytest.raises(MadeUp, match="Opdigt"):
            act()
