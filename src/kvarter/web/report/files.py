"""The report as a file, made once for what it holds and kept: what is published decides it, not the day it is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from django.core.cache import cache

from kvarter.evidence.charts.program import program
from kvarter.evidence.views.charts import KEPT_SECONDS
from kvarter.web.report.content import Report
from kvarter.web.report.pdf import to_pdf
from kvarter.web.report.word import to_docx

WRITERS: Mapping[str, Callable[[Report], bytes]] = {"pdf": to_pdf, "docx": to_docx}
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def written(report: Report, form: str) -> bytes:
    """The report as pdf or docx. Raises ExportError when it cannot be set."""
    key = f"report:{form}:" + hashlib.sha256(f"{program()} {report!r}".encode()).hexdigest()
    found: bytes | None = cache.get(key)
    if found is None:
        found = WRITERS[form](report)
        cache.set(key, found, KEPT_SECONDS)
    return found
