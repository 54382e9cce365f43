"""No code stands in a log: not where it is scanned, typed wrong, or where a page breaks."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

CODE = "G5PXHD-K8B4JA-R9B690"


@pytest.mark.parametrize(
    "line",
    [
        f'"GET /s/{CODE} HTTP/1.1" 302 0',
        f"Not Found: /s/{CODE}/",
        f"Not Found: /en/s/{CODE.replace('-', '')}",
        f"Not Found: /s/{CODE[:-1]}",  # nearly right
        "Not Found: /s/GXPXHD KXBXJA RXBXYX",  # typed with spaces, and without a figure
        f"Not Found: /s/{CODE.replace('-', ' ')[:-1]}",
        f"somebody typed {CODE.lower()}",
        f"{CODE.replace('-', ' ')} is the code",
    ],
)
def test_a_line_is_written_without_the_code(line: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        logging.getLogger("gunicorn.access").info("%s", line)
    assert "[kode]" in caplog.text
    for group in (*CODE.split("-"), "GXPXHD", "KXBXJA", "RXBXYX"):
        assert group[:5].casefold() not in caplog.text.casefold()


def test_other_lines_are_written_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        logging.getLogger("django.server").info('"GET %s" %d 100%%', "/svar/side/3?ret=1", 200)
        logging.getLogger("django.server").info('"GET /s/%s HTTP/1.1" 302', CODE)
        logging.getLogger("django.server").info("cannot really become: server closed number 4")
    assert '"GET /svar/side/3?ret=1" 200 100%' in caplog.text
    assert '"GET /s/[kode] HTTP/1.1" 302' in caplog.text
    assert "cannot really become: server closed number 4" in caplog.text


def test_an_error_that_names_a_code_is_written_without_it(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError(f"no row for {CODE}")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /s/%s", CODE)
    assert "no row for [kode]" in caplog.text
    assert CODE not in caplog.text


@pytest.mark.django_db(databases=["default", "answers"])
def test_a_wrong_code_that_is_scanned_is_in_no_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", logger="django"):
        for address in (f"/s/{CODE}", f"/s/{CODE}/mere"):
            Client(SERVER_NAME="localhost").get(address)
    assert "Not Found: /s/[kode]" in caplog.text
    assert CODE not in caplog.text
