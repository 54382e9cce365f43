"""What is wrong with a file is told all at once, each with its place; and with a call, in the language asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kvarter.cli.main import main
from kvarter.evidence.importers.mapping import Mapping
from kvarter.evidence.importers.statbank.exports import read_export
from kvarter.evidence.importers.tables import read_mapped
from kvarter.evidence.importers.valgdatabase import read_valgdatabase
from kvarter.tables.limits import MOST_FAULTS, BadFile

HEAD = "ValgId;Valgsted Id;Stemmeberettigede;Afgivne stemmer"
RESULTS = (
    f"{HEAD}\n30;159004;2635;2153\n30;15900;12;11\n30;159005;tolv;1.392\n30;159004;1;1\n30;159006;8\n30;159007;9;7;1\n"
)
PLACES = (
    "Valgsted Id;Valgsted navn;KommuneNr;Valgsted start;Valgsted stop\n"
    "159004;Høje Gladsaxe;159;20010101;20150530\n159005;Bagsværd;Gladsaxe;2001;99991231\n"
)
LONG = "område;tid;INDHOLD\nGladsaxe;2020;1\nGladsaxe;2021;en\nHele landet;2020\nHele landet;2021;x1\n"
GRID = "Folketal\n;2020;2021\nGladsaxe;1;en\nHele landet;to;4\n;5;6;7\n"


def faults(read: Callable[[], object]) -> tuple[str, ...]:
    with pytest.raises(BadFile) as refused:
        read()
    return refused.value.faults


def elections(**files: str) -> tuple[str, ...]:
    content = {f"{name}.csv": text.encode() for name, text in files.items()}
    return faults(lambda: read_valgdatabase(content))


def has(told: tuple[str, ...], *places: tuple[str, ...]) -> bool:
    """Whether there is one fault for each of these, in order, with all of its words."""
    return len(told) == len(places) and all(
        word in one for one, words in zip(told, places, strict=True) for word in words
    )


def test_all_rows_of_results_and_of_their_geography_are_told() -> None:
    told = elections(FV2007_resultater=RESULTS, FV2007_geodat=PLACES)
    assert has(
        told,
        ("FV2007_resultater.csv", "række 3", "15900", "seks cifre"),
        ("række 4", "Stemmeberettigede", "“tolv”", "Ret feltet"),
        ("række 4", "Afgivne stemmer", "“1.392”", "uden punktum"),
        ("række 5", "159004 står også i række 2", "Slet den ene"),
        ("række 6", "3 felter, men 4 kolonner", "Afgivne stemmer", "Hent den igen"),
        ("række 7", "5 felter, men kun 4", "Hent filen igen"),
        ("FV2007_geodat.csv", "række 3", "KommuneNr", "Gladsaxe"),
        ("FV2007_geodat.csv", "række 3", "Valgsted start", "2001", "20150530"),
    ), told


def test_all_names_of_columns_that_are_wrong_or_gone_are_told() -> None:
    assert has(elections(a="ValgstedId;;Stemmeberettigede;Stemmeberettigede\n"), ("kolonne 2",), ("to gange",))
    missing = elections(a="Valgsted Id;Valgsted navn\n159004;Et\n", b="ikke en tabel\n1\n")
    assert has(missing, ("b.csv", "ikke en fil fra"))
    gone = elections(a="Valgsted Id;Valgsted navn\n159004;Et\n", b=f"{HEAD}\n30;159004;3;2\n")
    assert has(gone, *(("a.csv", name) for name in ("KommuneNr", "Valgsted start", "Valgsted stop")))


def test_a_quotation_that_never_ends_is_told_with_what_came_before() -> None:
    told = elections(a=f'{HEAD}\n30;159004;tolv;2\n30;159005;1;"2\n')
    assert has(told, ("række 2", "tolv"), ("række 3", "citationstegn"))


def test_of_many_faults_twenty_are_told_and_the_rest_counted() -> None:
    rows = "".join(f"30;{159000 + n};x;1\n" for n in range(30))
    told = elections(a=f"{HEAD}\n{rows}")
    assert len(told) == MOST_FAULTS + 1
    assert "10 fejl til" in told[-1]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (LONG, [("række 3", "INDHOLD", "“en”"), ("række 4", "2 felter"), ("række 5", "“x1”")]),
        (GRID, [("række 3", "kolonne 3", "“en”"), ("række 4", "kolonne 2", "“to”"), ("række 5", "samme kolonner")]),
        ("område;tid;INDHOLD\nGladsaxe;i går;1\nGladsaxe;snart;2\n", [("i går", "2020K1"), ("snart", "2020K1")]),
        (
            "område;tid;INDHOLD\nGladsaxe;2020;1\nGladsaxe;2020;2\nKøge;2021;1\nKøge;2021;2\n",
            [("række 2 og 3",), ("række 4 og 5",)],
        ),
        (
            "område;tid;INDHOLD\n159;2020;1\n0159;2020;2\nKøge;2020;1\n0259;2020;2\n",
            [("Gladsaxe", "to gange"), ("Køge", "to gange")],
        ),
        ("område;tid;INDHOLD\nKÃ¸ge;2020;1\nGladsaxe;2020;1\nSorÃ¸;2020;1\n", [("række 2",), ("række 4",)]),
    ],
)
def test_all_rows_of_a_download_are_told(text: str, places: list[tuple[str, ...]]) -> None:
    told = faults(lambda: read_export(text.encode(), "tal.csv"))
    assert has(told, *places), told
    assert all("tal.csv" in one for one in told)


def test_they_are_told_in_english_too() -> None:
    with override("en"):
        told = faults(lambda: read_export(LONG.encode(), "tal.csv"))
    assert all("row" in one for one in told)
    assert len(told) == 3


DOUBLED = "Område;Dag;Stemmer\n900001;2024-06-09;5\n900001;2024-06-09;6\n"


@pytest.mark.parametrize(("language", "day"), [("da", "9. juni 2024"), ("en", "9 June 2024")])
def test_rows_that_stand_twice_are_told_with_the_days_of_the_language(language: str, day: str) -> None:
    mapping = Mapping(unit_column="Område", period_column="Dag", source="optaelling")
    with override(language):
        (found,) = read_mapped(DOUBLED.encode(), "tal.csv", mapping).stopped
    assert day in found.told
    assert "2024-06-09" not in found.told


CALLED = {
    ("--source", "table"): ("FILES mangler", "FILES is missing"),
    ("findes-ikke.csv", "--source", "table"): ("filen “findes-ikke.csv” findes ikke", "the file “findes-ikke.csv”"),
    (__file__,): ("--source mangler", "--source is missing"),
    (__file__, "--background-on", "i går"): ("“i går” er ikke en dag", "“i går” is no day"),
    (__file__, "--sauce", "table"): ("--sauce er ikke noget", "--sauce is nothing"),
    (__file__, "--source"): ("--source skal have noget efter sig", "--source needs something after it"),
    (__file__, "--source=table", "--partnership=x"): ("Der er intet partnerskab", "no partnership"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", CALLED)
def test_what_is_wrong_with_a_call_is_told_in_its_language(arguments: tuple[str, ...]) -> None:
    danish, english = CALLED[arguments]
    for language, said, other in (("da", danish, "Error"), ("en", english, "Fejl")):
        done = CliRunner().invoke(main, ["register", "import", *arguments, f"--language={language}"])
        if arguments[-1] == "--source":  # the language before it, since nothing may come after
            done = CliRunner().invoke(main, ["register", "import", "--language", language, *arguments])
        assert done.exit_code == 2
        assert said in done.output
        assert other not in done.output
        assert "Usage" not in done.output


@pytest.mark.django_db
def test_the_report_tells_what_is_wrong_in_its_language(tmp_path: Path) -> None:
    arguments = ["report", "effect", "--partnership", "x", "--out"]
    for language, ending, nobody in (("da", "ender på .pdf", "intet partnerskab"), ("en", "ends in .pdf", "no part")):
        for name, said in (("rapport.txt", ending), ("rapport.pdf", nobody)):
            done = CliRunner().invoke(main, [*arguments, str(tmp_path / name), "--language", language])
            assert done.exit_code == 2
            assert said in done.output
    done = CliRunner().invoke(main, [*arguments, "x.pdf", "--wave", "i går"])
    assert "--wave: “i går” kan ikke bruges. Se" in done.output
