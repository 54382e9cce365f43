"""Writing to those who were drawn: codes that open, letters that can be read, nobody written to twice."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings
from django.core import mail
from django.db import connections
from django.utils import timezone
from django.utils.formats import date_format

from kvarter.people.policy import Refused
from kvarter.surveys.actions.inviting import (
    Addressed,
    CannotUndo,
    NobodyWaits,
    TooSoon,
    issue,
    mail_out,
    make_file,
    undo_mailing,
    waiting,
)
from kvarter.surveys.actions.keys import Use, key_of
from kvarter.surveys.actions.waves import WrongStep
from kvarter.surveys.letters.paper import paper_pdf
from kvarter.surveys.letters.plain import COLUMNS, digital_post, mailer, text_of
from kvarter.surveys.letters.setting import letters_pdf
from kvarter.surveys.letters.words import words_for, words_of
from kvarter.surveys.minutes import whole_minutes
from kvarter.surveys.models import Code, Invitation, Mailing, Wave
from kvarter.surveys.queries.monitor import waiting_by_round
from kvarter.surveys.questionnaires import load_questionnaire
from kvarter.surveys.sealing import code_digest, link_of, open_link
from tests.surveys.drawn import drawn, opened
from tests.surveys.waves import BOTH_DATABASES, asked, planned, small_questionnaire
from tests.world import World, build_world

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
Kind = Mailing.Kind
DAY = date(2024, 2, 20)


def issued(world: World, wave: Wave, kind: str = "invitation", channel: str = "letter") -> list[Addressed]:
    return issue(by=world.secretariat, wave=wave, kind=kind, channel=channel)[1]


def test_a_code_is_kept_as_a_digest_and_opens_the_way_to_one_response(world: World) -> None:
    wave = opened(world)
    link_key, salt = key_of(wave, Use.LINK), bytes(wave.salt)
    for one in issued(world, wave):
        row = Code.objects.get(digest=code_digest(link_key, salt, one.code))
        link = open_link(link_key, one.code, salt, bytes(row.sealed))
        assert link.ticket == link_of(link_key, one.pseudonym, "").ticket
        assert one.code.encode() not in bytes(row.sealed) + row.digest.encode()


def test_reminders_go_to_those_who_have_not_answered_with_new_codes_to_the_same_response(world: World) -> None:
    wave = opened(world)
    key, salt = key_of(wave, Use.LINK), bytes(wave.salt)
    first = {one.pseudonym: one.code for one in issued(world, wave)}
    answered, opted = Invitation.objects.filter(channel="letter").order_by("pk")[:2]
    Invitation.objects.filter(pk=answered.pk).update(answered_on=DAY)
    Invitation.objects.filter(pk=opted.pk).update(opted_out_on=DAY)
    again = {one.pseudonym: one.code for one in issued(world, wave, Kind.FIRST)}
    assert len(again) == len(first) - 2
    for pseudonym, code in again.items():
        assert code != first[pseudonym]
        links = [
            open_link(key, one, salt, bytes(Code.objects.get(digest=code_digest(key, salt, one)).sealed))
            for one in (code, first[pseudonym])
        ]
        assert links[0] == links[1]


def test_a_reminder_comes_after_what_it_reminds_of(world: World) -> None:
    wave = opened(world)
    for kind in (Kind.FIRST, Kind.SECOND):
        with pytest.raises(NobodyWaits):
            issued(world, wave, kind)
    issued(world, wave)
    with pytest.raises(NobodyWaits):
        issued(world, wave, Kind.SECOND)
    assert issued(world, wave, Kind.FIRST)
    assert issued(world, wave, Kind.SECOND)


def test_a_reminder_waits_for_as_many_days_as_the_plan_says(world: World) -> None:
    wave = opened(world, pause=10)
    issued(world, wave)
    ready = timezone.localdate() + timedelta(days=10)
    with pytest.raises(TooSoon, match=f"mindst 10 dage mellem breve. Vent til den {date_format(ready)}"):
        issued(world, wave, Kind.FIRST)
    assert Mailing.objects.count() == 1
    assert {one.since for one in waiting_by_round(wave, timezone.localdate()) if one.channel == "letter"} == {ready}
    _written_to_days_ago(9)
    with pytest.raises(TooSoon):
        issued(world, wave, Kind.FIRST)
    _written_to_days_ago(10)
    assert {one.since for one in waiting_by_round(wave, timezone.localdate()) if one.channel == "letter"} == {None}
    assert issued(world, wave, Kind.FIRST)
    with pytest.raises(TooSoon):
        issued(world, wave, Kind.SECOND)


def _written_to_days_ago(days: int) -> None:
    Mailing.objects.update(made=timezone.now() - timedelta(days=days))


def test_those_who_were_invited_later_are_reminded_later(world: World) -> None:
    wave = opened(world, pause=10)
    issue(by=world.secretariat, wave=wave, kind="invitation", channel="email", most=3)
    _written_to_days_ago(12)
    late = len(issued(world, wave, channel="email"))
    assert len(issued(world, wave, Kind.FIRST, "email")) == 3
    with pytest.raises(TooSoon):
        issued(world, wave, Kind.FIRST, "email")
    waits = {one.since for one in waiting_by_round(wave, timezone.localdate()) if one.kind == Kind.FIRST}
    assert late
    assert waits == {timezone.localdate() + timedelta(days=10)}


def test_nobody_is_written_to_before_the_field_opens_or_by_others(world: World) -> None:
    wave = drawn(world)
    with pytest.raises(WrongStep):
        issued(world, wave)
    with pytest.raises(Refused):
        issue(by=world.people["analyst"], wave=wave, kind="invitation", channel="letter")


def test_if_the_file_cannot_be_made_nobody_counts_as_written_to(world: World) -> None:
    wave = opened(world)

    def broken(_people: Sequence[Addressed]) -> bytes:
        raise RuntimeError("printeren brænder")

    with pytest.raises(RuntimeError):
        make_file(by=world.secretariat, wave=wave, kind="invitation", channel="letter", make=broken)
    assert not Code.objects.exists()
    assert not Mailing.objects.exists()
    people = make_file(by=world.secretariat, wave=wave, kind="invitation", channel="letter", make=len)
    assert people == Code.objects.count() == Mailing.objects.get().count


def test_the_last_mailing_can_be_taken_back_and_its_codes_open_nothing(world: World) -> None:
    wave = opened(world)
    mailing, _people = issue(by=world.secretariat, wave=wave, kind="invitation", channel="letter")
    later, _people = issue(by=world.secretariat, wave=wave, kind=Kind.FIRST, channel="letter")
    with pytest.raises(CannotUndo):
        undo_mailing(by=world.secretariat, mailing=mailing, why="Filen gik tabt")
    undo_mailing(by=world.secretariat, mailing=later, why="Filen gik tabt")
    undo_mailing(by=world.secretariat, mailing=mailing, why="Filen gik tabt")
    assert not Code.objects.exists()
    assert waiting(wave, "invitation", "letter").exists()


def test_letters_have_a_sheet_each_with_name_code_and_what_the_law_asks_for(world: World) -> None:
    wave = opened(world, contact="telefon 12 34 56 78")
    people = issued(world, wave)
    fronts, _backs = sides(letters_pdf(words_of(wave, Kind.INVITATION, 12), people, DAY))
    for text, one in zip(fronts, people, strict=True):
        for part in (one.name, *one.address, one.code, "frivilligt", "Lilleby Kommune", "Databeskyttelseslovens § 10"):
            assert part in text
        for part in ("12 34 56 78", "papir", "In English", "fravaelg", "1. juni 2024", "30. april 2024"):
            assert part in text


def test_the_back_says_the_same_in_english_and_never_a_code_or_a_name(world: World) -> None:
    wave = opened(world, contact="telefon 12 34 56 78")
    people = issued(world, wave)
    _fronts, backs = sides(letters_pdf(words_of(wave, Kind.INVITATION, 12), people, DAY))
    assert len(backs) == len(people)
    assert len(set(backs)) == 1
    for part in (
        "Will you tell us",
        "on the other side",
        "voluntary",
        "fravaelg",
        "30 April 2024",
        "/en/kvarter/lilleby",
    ):
        assert part in backs[0]
    assert not re.search(r"[0-9A-Z]{6}-[0-9A-Z]{6}-[0-9A-Z]{6}", backs[0])
    assert "Åse" not in backs[0]


def test_each_reminder_says_something_new_and_how_to_be_left_alone(world: World) -> None:
    wave = opened(world)
    told = [words_of(wave, kind, 12) for kind in (Kind.INVITATION, Kind.FIRST, Kind.SECOND)]
    for words in (told, [one.back for one in told if one.back]):
        assert len({one.title for one in words}) == len({one.opening for one in words}) == 3
        assert all("/svar/fravaelg" in one.leaving for one in words)
    assert "sidste gang" in told[2].opening


def sides(content: bytes) -> tuple[list[str], list[str]]:
    """The texts of a file's fronts and of its backs, each on one line."""
    pages = pypdfium2.PdfDocument(content)
    texts = [" ".join(page.get_textpage().get_text_bounded().split()).replace("\u00a0", " ") for page in pages]
    return texts[::2], texts[1::2]


# The window of the envelopes in millimetres from the left and top of the envelope, and how far a folded sheet slides.
ENVELOPES = {
    "M65": ((15, 40, 110, 70), (220 - 210, 110 - 99)),
    "C65": ((15, 39, 115, 74), (229 - 210, 114 - 99)),
    "C5": ((15, 44, 120, 79), (229 - 210, 162 - 148.5)),
}
LYING = 2  # millimetres: a sheet of paper never lies right up against the upper edge


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_the_address_is_seen_in_the_window_wherever_the_sheet_slides(world: World, envelope: str) -> None:
    wave = opened(world)
    one = Addressed(
        "K7QF9M-2MXR4T-0HJ3WB", "p", "Åse Sørensen", ("Birkevej 1, 2. th.", "c/o Ib", "2860 Søborg"), "", "", False
    )
    page = pypdfium2.PdfDocument(letters_pdf(words_of(wave, Kind.INVITATION, 12), [one], DAY))[0]
    seen = page.get_textpage()
    boxes = []
    for line in (one.name, *one.address):
        at, many = seen.search(line).get_next()
        boxes += [seen.get_charbox(at + n) for n in range(many)]
    mm = 25.4 / 72
    left, right = min(b[0] for b in boxes) * mm, max(b[2] for b in boxes) * mm
    top, bottom = 297 - max(b[3] for b in boxes) * mm, 297 - min(b[1] for b in boxes) * mm
    (x0, y0, x1, y1), (aside, down) = ENVELOPES[envelope]
    assert x0 <= left
    assert right + aside <= x1
    assert y0 <= top + LYING
    assert bottom + down <= y1


def test_names_in_other_letters_and_long_ones_are_set_and_nothing_is_read_as_markup(world: World) -> None:
    wave = opened(world)
    wild = "#panic() *fed* $x$ [a] \\ // محمد"
    one = Addressed("K7QF9M-2MXR4T-0HJ3WB", "p", wild, ("Vej " * 14,), "", "", True)
    pdf = pypdfium2.PdfDocument(letters_pdf(words_of(wave, Kind.SECOND, 12), [one], DAY))
    text = pdf[0].get_textpage().get_text_bounded()
    assert "#panic() *fed* $x$ [a]" in text
    assert "under 18" in text


def test_the_same_words_stand_in_mail_and_digital_post(world: World) -> None:
    wave = opened(world)
    words = words_of(wave, Kind.INVITATION, 12)
    people = issued(world, wave, channel="digital")
    rows = list(csv.reader(io.StringIO(digital_post(words, people).decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + len(people)
    row = dict(zip(COLUMNS, rows[1], strict=True))
    assert row["link"] == f"{settings.ADDRESS}/s/{people[0].code}"
    assert (row["pseudonym"], row["text"]) == (people[0].pseudonym, text_of(words, people[0]))
    for part in (people[0].code, words.free, words.helping, words.leaving, wave.legal_basis):
        assert part in row["text"]


def test_mails_go_out_once_also_when_the_work_breaks_off_and_is_done_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = opened(world)
    monkeypatch.setattr("kvarter.surveys.actions.inviting.A_BATCH", 3)
    send = mailer(words_of(wave, Kind.INVITATION, 12), wave)
    waits = waiting(wave, "invitation", "email").count()
    assert waits > 6
    batches = []

    def breaks_off(people: Sequence[Addressed]) -> int:
        batches.append(len(people))
        if len(batches) == 2:
            send(people[:1])
            raise KeyboardInterrupt
        return send(people)

    with pytest.raises(KeyboardInterrupt):
        mail_out(by=world.secretariat, wave=wave, kind="invitation", send=breaks_off)
    assert mail_out(by=world.secretariat, wave=wave, kind="invitation", send=send) == (waits - 6, 0)
    to = [message.to[0] for message in mail.outbox]
    assert len(to) == len(set(to)) == waits - 2
    assert not waiting(wave, "invitation", "email").exists()
    code = re.search(r"Din kode: (\S+)", str(mail.outbox[0].body))
    assert code
    assert Code.objects.filter(digest=code_digest(key_of(wave, Use.LINK), bytes(wave.salt), code[1])).exists()
    with pytest.raises(NobodyWaits):
        mail_out(by=world.secretariat, wave=wave, kind="invitation", send=send)


def test_mails_may_be_sent_some_at_a_time_and_those_that_cannot_leave_are_counted(world: World) -> None:
    wave = opened(world)
    waits = waiting(wave, "invitation", "email").count()
    assert mail_out(
        by=world.secretariat, wave=wave, kind="invitation", send=lambda people: len(people) - 1, most=4
    ) == (3, 1)
    assert waiting(wave, "invitation", "email").count() == waits - 4
    assert Mailing.objects.get().count == 4


def test_the_paper_has_the_code_and_every_question_and_says_who_answers_what(world: World) -> None:
    wave = opened(world)
    code = "K7QF9M-2MXR4T-0HJ3WB"
    content = paper_pdf(wave, small_questionnaire(), code)
    pdf = pypdfium2.PdfDocument(content)
    texts = [page.get_textpage().get_text_bounded() for page in pdf]
    assert all(code in text for text in texts)
    whole = " ".join(" ".join(texts).split())
    for item in small_questionnaire().items:
        assert item.texts["da"] in whole
    assert "Svar kun, hvis du svarede “Nej” i spørgsmål 2." in whole
    assert pdf.is_tagged()
    english = pypdfium2.PdfDocument(paper_pdf(wave, small_questionnaire(), code, "en"))
    assert "Neighbours can be trusted" in english[0].get_textpage().get_text_bounded()


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_of_two_who_make_letters_at_once_one_wins_and_the_other_is_told() -> None:
    world = build_world()
    wave = opened(world)
    start, outcomes = threading.Barrier(2), []

    def press() -> None:
        start.wait()
        try:
            outcomes.append(len(issued(world, wave)))
        except NobodyWaits:
            outcomes.append(0)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [0, Invitation.objects.filter(channel="letter").count()]
    assert Code.objects.count() == max(outcomes)


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_the_commands_write_a_file_for_its_owner_alone_and_send_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner

    from kvarter.cli.main import main

    monkeypatch.setenv("KVARTER_MAIL_URL", "folder:")
    wave = opened(build_world())

    def run(*words: str) -> str:
        return CliRunner().invoke(main, ["wave", words[0], "lilleby/2024", *words[1:], "--kind", "invitation"]).output

    many = Invitation.objects.filter(channel="letter").count()
    nowhere = run("letters", "--out", str(tmp_path / "findes" / "ikke.pdf"))
    assert "No such file" in nowhere
    assert not Code.objects.exists()
    out = tmp_path / "breve.pdf"
    assert f"{many}." in run("letters", "--out", str(out))
    assert out.stat().st_mode & 0o777 == 0o600
    assert len(pypdfium2.PdfDocument(out.read_bytes())) == 2 * many
    assert "is there already" in run("letters", "--out", str(out))
    assert "Ingen venter" in run("letters", "--out", str(tmp_path / "igen.pdf"))
    run("digital-post", "--out", str(tmp_path / "post.csv"))
    assert (tmp_path / "post.csv").read_bytes().count(b"p0") == Invitation.objects.filter(channel="digital").count()
    emails = Invitation.objects.filter(channel="email").count()
    assert f"E-mails: {emails}. Could not be sent: 0." in run("mail")
    assert not waiting(wave, "invitation", "digital").exists()


def test_letters_to_the_young_tell_how_long_their_own_questions_take(world: World) -> None:
    adults, youth = (asked(world, load_questionnaire(f"hoeje-gladsaxe{end}")) for end in ("", "-unge"))
    wave = planned(world, questionnaire=adults, youth=youth)
    long, short = whole_minutes(adults.questionnaire), whole_minutes(youth.questionnaire)
    assert short < long
    words = words_for(wave, Kind.INVITATION)
    people = [Addressed("K7QF9M-2MXR4T-0HJ3WB", "p", "Åse", ("Birkevej 1",), "", "", young) for young in (False, True)]
    assert [f"omkring {n} minutter" in text_of(words, one) for one, n in zip(people, (long, short), strict=True)] == [
        True,
        True,
    ]
    fronts, backs = sides(letters_pdf(words, people, DAY))
    assert [re.findall(r"omkring (\d+) minutter", front) for front in fronts] == [[str(long)], [str(short)]]
    assert [re.findall(r"about (\d+) minutes", back) for back in backs] == [[str(long)], [str(short)]]
