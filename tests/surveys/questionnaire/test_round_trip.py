"""Any questionnaire goes out as a form that pyxform takes, and comes back as itself."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from pyxform.xls2xform import convert

from kvarter.surveys.questionnaire import Questionnaire
from kvarter.surveys.writing import digest_of, read, written
from kvarter.surveys.xlsform.reading import read_xlsform
from kvarter.surveys.xlsform.writing import as_csv, as_xlsx
from tests.surveys.questionnaire.making import item, of, questionnaires

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(questionnaires())
def test_a_workbook_gives_the_very_same_questionnaire(whole: Questionnaire) -> None:
    found = read_xlsform(as_xlsx(whole), "skema.xlsx")
    assert found.questionnaire == whole
    assert found.remarks == ()


@often
@given(questionnaires())
def test_so_does_a_csv_file(whole: Questionnaire) -> None:
    assert read_xlsform(as_csv(whole).encode(), "skema.csv").questionnaire == whole


@often
@given(questionnaires())
def test_pyxform_turns_the_workbook_into_a_form_with_every_question(whole: Questionnaire) -> None:
    xform = convert(as_xlsx(whole), file_type=".xlsx").xform
    for one in whole.items:
        assert f'/{one.key}"' in xform


@often
@given(questionnaires())
def test_so_does_the_text_it_is_kept_as(whole: Questionnaire) -> None:
    again = read(written(whole))
    assert again == whole
    assert digest_of(again) == digest_of(whole)


def test_without_notes_in_other_languages_it_is_written_as_before_there_could_be_any() -> None:
    """Else what is kept already would seem to be another."""
    assert '"notes"' not in written(of(item("tryg", note="Som ESS")))
    assert '"notes":{"en":"As ESS"}' in written(of(item("tryg", note="Som ESS", notes={"en": "As ESS"})))
