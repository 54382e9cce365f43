"""A letter without layout: as an e-mail, and as a row for the Digital Post supplier."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Sequence

from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from kvarter.surveys.actions.inviting import Addressed
from kvarter.surveys.letters.kept import HEADER
from kvarter.surveys.letters.words import Words, answer_address, code_address
from kvarter.surveys.models import Wave

log = logging.getLogger(__name__)
COLUMNS = ("pseudonym", "supplier_id", "code", "link", "title", "text")


def text_of(words: Words, one: Addressed) -> str:
    """The letter to somebody as plain text, with the code and where it leads."""
    with override("da"):
        opening, *rest = words.paragraphs(is_youth=one.is_youth)
        code = _("Din kode: %(code)s\nGå direkte til spørgsmålene: %(link)s\nEller skriv koden på: %(site)s") % {
            "code": one.code,
            "link": code_address(one.code),
            "site": answer_address(),
        }
        facts = "\n".join(f"{name}: {text}" for name, text in words.facts)
        others = [words.english, *(line for _language, line in words.own)]
        return "\n\n".join([opening, code, *rest, *others, f"{facts}\n{words.more}", words.sender]) + "\n"


def mailer(words: Words, wave: Wave) -> Callable[[Sequence[Addressed]], int]:
    """What sends a batch of e-mails over one connection, and tells how many left.

    One that did not is told in the log without its address, and does not keep the others from theirs.
    """

    def send(people: Sequence[Addressed]) -> int:
        left = 0
        connection = get_connection()
        try:
            connection.open()
        except OSError:
            log.exception("The mail server does not answer")
            return 0
        for one in people:
            try:
                mail = EmailMessage(words.title, text_of(words, one), to=[one.email], headers={HEADER: wave.key})
                left += connection.send_messages([mail]) or 0
            except OSError as error:  # smtplib's errors are among them
                log.error("An invitation could not be sent: %s", type(error).__name__)
        connection.close()
        return left

    return send


def digital_post(words: Words, people: Sequence[Addressed]) -> bytes:
    """The file for the supplier, who knows by pseudonym or number of their own whom each row is for: CSV in UTF-8."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for one in people:
        rows.writerow([one.pseudonym, one.supplier, one.code, code_address(one.code), words.title, text_of(words, one)])
    return text.getvalue().encode("utf-8-sig")
