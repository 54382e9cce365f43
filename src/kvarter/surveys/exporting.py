"""A weighted wave for an analyst: a folder with the answers, how they came about, and what was asked.

No way leads from a person to a row: rows stand in the random order of the cut, households are random numbers, ages are
groups, what few of a place said of themselves is empty, and what was answered in own words stands in a file of its own,
in the order of the alphabet. Whoever knows much of somebody may still know their row again: it is for statistics alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import polars as pl

from kvarter.surveys.answers.models import Response
from kvarter.surveys.models import QuestionnaireVersion, Wave
from kvarter.surveys.queries.answers import answers_of, figures_of, texts_of
from kvarter.surveys.writing import written

DESIGN = """# How the answers came about, for `kvarter effect`: weights of the wave, strata of the draw, households.
[design]
weights = "weight"
strata = "stratum"
clusters = ["household"]
single_psu = "adjust"
"""
SYNTHETIC = "synthetic"  # the column that is there, with 1, where all is made up for a demonstration
READ_ME = """Answers to {name} ({controller}), for statistics alone (databeskyttelsesloven § 10).

figures.csv    each question that becomes a figure, as a number: 1 for those who gave an answer that counts, 0 for those
               who gave another, empty for those who did not answer; or the score of the answer
answers.csv    the answers as they were given, by their codes
texts.csv      what was answered in own words, in the order of the alphabet
design.toml    how the answers came about
questionnaire.json  what was asked

Left out are the answers of a stratum (by the open link: an area) where fewer than five answered the same questionnaire.
Empty is what people said of themselves (age, family, when they moved in) where fewer than five there said the same, and
all of it where their gender or age was too rare to be kept. A household has one number among the adults and another
among the young.

No name stands here and no number leads to one. But whoever knows much of a person may know the row again, and with it
the answers of those of the household: keep this folder as you keep personal data, publish no row of it, and delete it
when the work is done.

    kvarter effect estimate figures.csv --design design.toml --shares QUESTION --by area --missing drop
{by_link}{synthetic}"""
BY_LINK = """
open-answers.csv, open-texts.csv  the same from those who came by the open link. Nobody drew them, so they stand for
               nobody but themselves: they have no weights, and are not to be mixed with the others
"""


def export_wave(wave: Wave) -> Mapping[str, bytes]:
    """The folder's files by name; those of the youth's questionnaire have `youth-` before theirs."""
    files: dict[str, bytes] = {}
    for prefix, version in (("", wave.questionnaire), ("youth-", wave.youth)):
        if version is not None:
            files |= {f"{prefix}{name}": content for name, content in _of(wave, version).items()}
    by_link = BY_LINK if any(name.endswith("open-answers.csv") for name in files) else ""
    synthetic = "\nEverything here is made up for a demonstration.\n" if wave.partnership.is_demonstration else ""
    read_me = READ_ME.format(name=wave.name, controller=wave.controller, by_link=by_link, synthetic=synthetic)
    return files | {"README.txt": read_me.encode()}


def _of(wave: Wave, version: QuestionnaireVersion) -> dict[str, bytes]:
    asked = version.questionnaire
    figures = figures_of(wave, asked, version.digest)
    return {
        "figures.csv": _csv(figures, wave),
        "answers.csv": _csv(answers_of(wave, asked, version.digest), wave),
        "texts.csv": _texts(texts_of(wave, asked, version.digest), wave),
        **_by_link(wave, version),
        "design.toml": DESIGN.encode(),
        "questionnaire.json": written(asked).encode(),
    }


def _by_link(wave: Wave, version: QuestionnaireVersion) -> dict[str, bytes]:
    """What came by the open link, in files of its own; none where nothing did."""
    asked, kind = version.questionnaire, Response.Kind.OPEN
    answers = answers_of(wave, asked, version.digest, kind=kind)
    if answers.is_empty():
        return {}
    told = answers.drop("stratum", "household", "households", "base", "weight")
    return {
        "open-answers.csv": _csv(told, wave),
        "open-texts.csv": _texts(texts_of(wave, asked, version.digest, kind=kind), wave),
    }


def _csv(table: pl.DataFrame, wave: Wave) -> bytes:
    """A table, with a column that says so where it is made up."""
    made_up = [pl.lit(1).alias(SYNTHETIC)] if wave.partnership.is_demonstration else []
    return table.with_columns(made_up).write_csv().encode()


def _texts(texts: list[tuple[str, str]], wave: Wave) -> bytes:
    """Texts that a spreadsheet would take for a formula get an apostrophe in front (OWASP, CSV injection)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    made_up = [1] if wave.partnership.is_demonstration else []
    writer.writerow(("question", "text", *(SYNTHETIC for _one in made_up)))
    writer.writerows((key, f"'{text}" if text[:1] in "=+-@\t\r" else text, *made_up) for key, text in texts)
    return out.getvalue().encode()
