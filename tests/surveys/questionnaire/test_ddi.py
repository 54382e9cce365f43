"""A questionnaire for an archive, in DDI-Codebook 2.5."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from lxml import etree

from kvarter.surveys.ddi import NAMESPACE, ddi_xml
from kvarter.surveys.questionnaire import Ask, Compare, Condition, Questionnaire
from kvarter.surveys.questionnaires import load_questionnaire
from tests.surveys.questionnaire.making import item, of, questionnaires

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DDI = {"d": NAMESPACE}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# The order of parts that the schema codebook.xsd asks for, of those we write.
ORDER = {
    "codeBook": ["stdyDscr", "dataDscr"],
    "stdyDscr": ["citation", "stdyInfo"],
    "citation": ["titlStmt", "verStmt"],
    "titlStmt": ["titl", "parTitl", "IDNo"],
    "stdyInfo": ["subject", "abstract", "sumDscr"],
    "dataDscr": ["varGrp", "var"],
    "var": ["labl", "qstn", "valrng", "universe", "catgry", "concept", "varFormat", "notes"],
    "qstn": ["qstnLit", "ivuInstr"],
    "catgry": ["catValu", "labl"],
}


def parsed(whole: Questionnaire) -> etree._Element:
    return etree.fromstring(ddi_xml(whole))


@often
@given(questionnaires())
def test_every_part_stands_where_the_schema_wants_it(whole: Questionnaire) -> None:
    book = parsed(whole)
    for element in book.iter():
        tags = [etree.QName(child).localname for child in element]
        order = ORDER.get(etree.QName(element).localname)
        if order:
            assert tags == sorted(tags, key=order.index)
    ids = [element.get("ID") for element in book.iter() if element.get("ID")]
    assert len(ids) == len(set(ids))
    named = " ".join(group.get("var", "") for group in book.iterfind(".//d:varGrp", DDI)).split()
    assert named == [one.get("ID") for one in book.iterfind(".//d:var", DDI)]
    assert book.findtext("d:stdyDscr/d:citation/d:titlStmt/d:titl", namespaces=DDI) == whole.titles[whole.languages[0]]


@often
@given(questionnaires())
def test_every_word_of_every_language_is_in_it(whole: Questionnaire) -> None:
    variables = parsed(whole).findall(".//d:var", DDI)
    for one, variable in zip(whole.items, variables, strict=True):
        assert variable.get("name") == one.key
        assert {text.get(LANG): text.text for text in variable.iterfind("d:qstn/d:qstnLit", DDI)} == one.texts
        categories = variable.findall("d:catgry", DDI)
        choices = whole.choices_of(one)
        assert [category.findtext("d:catValu", namespaces=DDI) for category in categories] == [c.code for c in choices]
        assert [category.get("missing") == "Y" for category in categories] == [c.without is not None for c in choices]
        assert variable.findtext("d:concept", "", DDI) == one.theme


def test_the_routing_says_whom_it_is_asked_of_in_words() -> None:
    children = Condition("boern", Compare.IS, "ja")
    many = Condition("antal", Compare.MORE, "2")
    whole = of(
        item("boern", texts={"da": "Har du børn?"}),
        item("antal", Ask.NUMBER, texts={"da": "Hvor mange?"}, shown_if=children, low="1", high="20"),
        item("bil", texts={"da": "Har du bil?"}, shown_if=Condition(parts=(children, many))),
    )
    variables = parsed(whole).findall(".//d:var", DDI)
    told = [{one.get(LANG): one.text for one in variable.iterfind("d:universe", DDI)} for variable in variables]
    assert told[0] == {}
    assert told[1]["da"] == "“Har du børn?” er “Ja”"
    assert told[2]["da"] == "(“Har du børn?” er “Ja”) og (“Hvor mange?” er over “2”)"
    assert told[2]["en"] == "(“Har du børn?” is “Ja”) and (“Hvor mange?” is over “2”)"
    limits = variables[1].find("d:valrng/d:range", DDI)
    assert limits is not None
    assert dict(limits.attrib) == {"min": "1", "max": "20"}


def test_the_shipped_questionnaire_has_its_themes_and_sections() -> None:
    whole = load_questionnaire("hoeje-gladsaxe")
    book = parsed(whole)
    assert len(book.findall(".//d:topcClas", DDI)) == 9
    assert len(book.findall(".//d:varGrp", DDI)) == len(whole.sections)
    assert [text.get(LANG) for text in book.iterfind("d:stdyDscr/d:stdyInfo/d:abstract", DDI)] == ["da", "en", "ar"]
