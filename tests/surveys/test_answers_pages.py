"""The secretariat takes answers in on the site: a suggestion, a look through, and then all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kvarter.surveys.actions.outside import clear_old_answers
from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import AnswersDraft, Wave
from tests.surveys.outside import MAPPING, as_csv, ready, some_rows
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
ADDRESS = "/kvarter/lilleby/undersoegelser/indlaes"


@pytest.fixture
def secretariat(world: World, client_as: Callable[[str], Client]) -> Client:
    ready(world)
    return client_as("secretariat")


def sent(client: Client, mapping: str, rows: list[dict[str, object]] | None = None) -> str:
    file = SimpleUploadedFile("svar.csv", as_csv(some_rows() if rows is None else rows))
    page = client.post(ADDRESS, {"file": file, "mapping": mapping, "why": ""}, follow=True)
    return page.content.decode()


def test_from_a_suggestion_to_a_wave(secretariat: Client) -> None:
    page = sent(secretariat, "")
    assert "Her er et forslag" in page
    assert "gender = &quot;koen&quot;" in page
    assert not AnswersDraft.objects.exists()
    page = sent(secretariat, MAPPING)
    assert "Filen giver 120 svar" in page
    assert "Filens egne" in page
    assert "Man kan stole på naboerne" in page
    draft = AnswersDraft.objects.get()
    assert b"respnr" not in bytes(draft.sealed)
    assert not Wave.objects.exists()
    done = secretariat.post(f"{ADDRESS}/{draft.pk}", follow=True).content.decode()
    assert "Svarene er læst ind som en undersøgelse." in done
    assert "Undersøgelsen 2018" in done
    assert Response.objects.count() == 120
    assert not AnswersDraft.objects.exists()


def test_what_stops_a_file_stands_on_the_page_and_nothing_is_kept(secretariat: Client) -> None:
    rows = some_rows()
    rows[4]["q1"] = 7
    page = sent(secretariat, MAPPING, rows)
    assert "Filen er ikke gemt" in page
    assert "svar.csv, række 6: “7” i kolonnen “q1” står ikke i opskriften." in page
    assert "opskriften på svar.csv" not in page.lower()
    assert "filen har ikke kolonnerne q7" in sent(secretariat, MAPPING.replace('column = "q1"', 'column = "q7"'))
    assert not AnswersDraft.objects.exists()


def test_a_file_is_forgotten_when_given_up_and_after_a_week(secretariat: Client) -> None:
    sent(secretariat, MAPPING)
    secretariat.post(f"{ADDRESS}/{AnswersDraft.objects.get().pk}/glem")
    assert not AnswersDraft.objects.exists()
    sent(secretariat, MAPPING)
    assert clear_old_answers(timezone.now()) == 0
    assert clear_old_answers(timezone.now() + timedelta(days=8)) == 1


def test_the_page_is_there_in_english(secretariat: Client) -> None:
    assert "<h1>Read answers in</h1>" in secretariat.get(f"/en{ADDRESS}").content.decode()
