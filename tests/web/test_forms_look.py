"""What a person meets in a form: every label, hint and error belongs to its field, and every error can be walked to."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import lxml.html
import pytest
from django import forms
from django.utils import translation
from lxml.html import HtmlElement

from kvarter.people.fields import DayField
from kvarter.web.forms_look import KvarterRenderer

VISIBILITY = [("public", "Alle"), ("parties", "Kun parterne")]


class Look(forms.Form):
    default_renderer = KvarterRenderer


class Everything(Look):
    name = forms.CharField(label="Navn", help_text="Som det står i aftalen.")
    email = forms.EmailField(label="E-mail")
    site = forms.URLField(label="Hjemmeside", assume_scheme="https")
    months = forms.IntegerField(label="Måneder")
    password = forms.CharField(label="Adgangskode", widget=forms.PasswordInput)
    why = forms.CharField(label="Begrundelse", widget=forms.Textarea)
    role = forms.ChoiceField(label="Rolle", choices=[("", "Vælg"), *VISIBILITY])
    parties = forms.MultipleChoiceField(label="Parter", choices=VISIBILITY)
    shown = forms.ChoiceField(
        label="Hvem må se det?", choices=VISIBILITY, widget=forms.RadioSelect, help_text="Kan ændres."
    )
    themes = forms.MultipleChoiceField(label="Temaer", choices=VISIBILITY, widget=forms.CheckboxSelectMultiple)
    due = DayField(label="Senest")
    at = forms.TimeField(label="Klokken")
    meeting = forms.SplitDateTimeField(label="Mødet")
    born = forms.DateField(label="Fra", widget=forms.SelectDateWidget)
    agree = forms.BooleanField(label="Jeg har læst aftalen", help_text="Hele aftalen.")
    text = forms.FileField(label="Tekst", help_text="Højst 12 MB.")
    origin = forms.CharField(label="Herkomst", widget=forms.HiddenInput)


@pytest.fixture(autouse=True)
def _danish() -> Any:
    with translation.override("da"):
        yield


def page(markup: object) -> HtmlElement:
    return lxml.html.fromstring(f"<main>{markup}</main>")


def group(form: forms.Form, name: str) -> HtmlElement:
    return page(form[name].as_field_group())


def find(tree: HtmlElement, what: str) -> list[HtmlElement]:
    """Elements by tag and classes (`input.form-radio`), by attribute (`input[checked]`), or both in that order."""
    name, _, attribute = what.partition("[")
    tag, *classes = name.split(".")
    wanted = "".join(f"[contains(concat(' ', @class, ' '), ' {word} ')]" for word in classes)
    return list(tree.xpath(f"descendant::{tag or '*'}{wanted}" + (f"[@{attribute}" if attribute else "")))


def one(tree: HtmlElement, what: str) -> HtmlElement:
    (found,) = find(tree, what)
    return found


def by_id(tree: HtmlElement, target: str) -> HtmlElement:
    return one(tree, f"[id='{target}']")


@pytest.mark.parametrize("prefix", [None, "row-1"])
def test_every_error_in_the_summary_leads_to_a_field_on_the_page(prefix: str | None) -> None:
    form = Everything({}, prefix=prefix)
    tree = page(form)
    ids = [element.get("id") for element in tree.xpath("//*[@id]")]
    targets = [link.get("href")[1:] for link in find(one(tree, ".kv-errors"), "a")]
    assert len(targets) == len(form.visible_fields())
    assert set(targets) <= set(ids)
    assert len(ids) == len(set(ids))
    for target in targets:
        assert by_id(tree, target).tag in {"input", "select", "textarea"}


def test_everything_a_field_is_described_by_is_on_the_page() -> None:
    tree = page(Everything({}))
    described = tree.xpath("//*[@aria-describedby]")
    assert described
    for element in described:
        for target in element.get("aria-describedby").split():
            by_id(tree, target)


def test_a_field_is_read_with_its_hint_and_then_its_error() -> None:
    tree = group(Everything({}), "name")
    field = one(tree, "input")
    hint, error = (by_id(tree, target) for target in field.get("aria-describedby").split())
    assert hint.text_content() == "Som det står i aftalen."
    assert error.text_content().startswith("Fejl: ")
    assert field.get("aria-invalid") == "true"
    assert one(tree, "label").get("for") == field.get("id")


def test_a_field_without_error_is_not_called_invalid() -> None:
    tree = group(Everything(), "name")
    assert one(tree, "input").get("aria-invalid") is None
    assert one(tree, "input").get("aria-describedby") == "id_name_helptext"
    assert not find(tree, ".form-error") + find(tree, ".form-error-message")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("name", "input.form-input"),
        ("why", "textarea.form-input"),
        ("role", "select.form-select"),
        ("parties", "select.form-select[multiple]"),
        ("shown", "input.form-radio"),
        ("themes", "input.form-checkbox"),
        ("agree", "input.form-checkbox"),
        ("text", "div.form-group.file-input"),
        ("due", "input.form-input[type='date']"),
        ("born", "select.form-select"),
    ],
)
def test_a_widget_is_the_design_systems(name: str, what: str) -> None:
    assert find(group(Everything(), name), what)


def test_a_choice_is_asked_in_a_legend_and_each_answer_has_its_label() -> None:
    tree = group(Everything({}), "shown")
    fieldset = one(tree, "fieldset[role='radiogroup']")
    assert one(fieldset, "legend").text_content() == "Hvem må se det?"
    assert fieldset.get("aria-invalid") == "true"
    assert fieldset.get("aria-describedby") == "id_shown_helptext id_shown_error"
    answers = {one(tree, f"label[for='{radio.get('id')}']").text_content() for radio in find(tree, "input")}
    assert answers == {"Alle", "Kun parterne"}
    assert not find(tree, "input[aria-invalid]")


def test_what_was_chosen_is_still_chosen_after_an_error() -> None:
    form = Everything({"shown": "parties", "themes": ["public", "parties"]})
    assert one(group(form, "shown"), "input[checked]").get("value") == "parties"
    assert len(find(group(form, "themes"), "input[checked]")) == 2


def test_a_tick_stands_before_its_label() -> None:
    box = one(group(Everything(), "agree"), ".form-group-checkbox")
    assert [child.tag for child in box] == ["input", "label", "div"]
    assert one(box, "input").get("aria-describedby") == "id_agree_helptext"


class MostlyRequired(Look):
    name = forms.CharField(label="Navn")
    role = forms.CharField(label="Rolle")
    note = forms.CharField(label="Bemærkning", required=False)
    hearing = forms.BooleanField(label="Send i høring", required=False)
    agree = forms.BooleanField(label="Jeg har læst aftalen")
    key = forms.CharField(label="Nøgle", required=False, disabled=True)


class MostlyOptional(Look):
    name = forms.CharField(label="Navn")
    role = forms.CharField(label="Rolle", required=False)
    note = forms.CharField(label="Bemærkning", required=False)


def test_only_the_fewer_fields_are_marked() -> None:
    marked = {
        field.label: label.text_content()
        for field in MostlyRequired()
        for label in group(MostlyRequired(), field.name)[0].xpath(".//label")
    }
    assert marked == {
        "Navn": "Navn",
        "Rolle": "Rolle",
        "Bemærkning": "Bemærkning (frivilligt)",
        "Send i høring": "Send i høring",
        "Jeg har læst aftalen": "Jeg har læst aftalen (*skal udfyldes)",
        "Nøgle": "Nøgle",
    }
    labels = [label.text_content() for label in find(page(MostlyOptional()), "label")]
    assert labels == ["Navn (*skal udfyldes)", "Rolle", "Bemærkning"]


def test_a_page_may_place_its_fields_itself() -> None:
    form = MostlyRequired({"name": "fsb"})
    whole = "".join(str(field.as_field_group()) for field in form.visible_fields())
    assert whole.replace("\n", "") in str(form).replace("\n", "")


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_day_means_the_same_in_both_languages(language: str) -> None:
    class Meeting(Look):
        day = DayField()

    first = {"day": date(2026, 5, 6)}
    with translation.override(language):
        shown = {field.get("name"): field.get("value") for field in find(page(Meeting(initial=first)), "input")}
        sent = Meeting(shown)
        assert shown == {"day": "2026-05-06"}
        assert sent.is_valid()
    assert sent.cleaned_data == first


def test_a_year_that_cannot_be_meant_is_asked_about() -> None:
    class Meeting(Look):
        day = DayField()

    for day in ("1802-06-01", "2999-01-01"):
        assert "Er året rigtigt?" in str(Meeting({"day": day}).errors["day"])


def test_an_error_that_belongs_to_no_field_stands_in_the_summary() -> None:
    class Period(Look):
        name = forms.CharField(label="Hvem?")
        seat = forms.CharField(label="Plads", widget=forms.HiddenInput)

        def clean(self) -> None:
            self.add_error(None, "Perioden overlapper en anden.")

    summary = one(page(Period({})), ".kv-errors")
    required = str(forms.CharField().error_messages["required"])
    assert [item.text_content().strip() for item in find(summary, "li")] == [
        "Perioden overlapper en anden.",
        f"Hvem: {required}",
        f"Plads: {required}",
    ]
    assert [link.get("href") for link in find(summary, "a")] == ["#id_name"]


def test_a_form_without_errors_has_no_summary() -> None:
    assert not find(page(Everything()), ".kv-errors")
    assert not find(page(MostlyOptional({"name": "fsb"})), ".kv-errors")


def test_text_from_outside_stays_text() -> None:
    evil = "<script>alert(1)</script>"

    class Hostile(Look):
        name = forms.CharField(label=evil)
        seat = forms.ChoiceField(label="Plads", choices=[(evil, evil)], widget=forms.RadioSelect)

        def clean(self) -> None:
            self.add_error("name", evil)

    assert not find(page(Hostile({"name": evil, "seat": evil})), "script")


def test_a_placeholder_is_left_out_because_it_vanishes_while_one_writes() -> None:
    class Mail(Look):
        email = forms.CharField(
            widget=forms.TextInput(attrs={"placeholder": "E-mail", "class": "mine", "autocomplete": "email"})
        )

    field = one(page(Mail()), "input")
    assert field.get("placeholder") is None
    assert (field.get("class"), field.get("autocomplete")) == ("form-input mine", "email")


def test_a_field_is_as_wide_as_what_one_writes_in_it() -> None:
    class Wide(Look):
        title = forms.CharField(max_length=200)
        code = forms.CharField(max_length=20)
        mine = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"class": "input-width-s"}))

    classes = [field.get("class") for field in find(page(Wide()), "input")]
    assert classes == ["form-input input-width-xl", "form-input", "form-input input-width-s"]


def test_a_file_already_there_can_be_seen_and_removed() -> None:
    class Story(Look):
        picture = forms.FileField(label="Billede", required=False)

    tree = page(Story(initial={"picture": SimpleNamespace(url="/media/a.jpg", __str__=lambda: "a.jpg")}))
    assert one(tree, "a").get("href") == "/media/a.jpg"
    tick = one(tree, "input.form-checkbox")
    assert one(tree, f"label[for='{tick.get('id')}']").text_content() == "Fjern filen"


def test_a_set_of_forms_has_one_summary_and_a_legend_for_each() -> None:
    class Signature(Look):
        party = forms.CharField(label="Part")

        @property
        def legend(self) -> str:
            return f"Underskrift {self.prefix}"

    signatures = forms.formset_factory(Signature, extra=0, renderer=KvarterRenderer())
    sent = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-party": "fsb", "form-1-party": ""}
    tree = page(signatures(sent))
    summary = one(tree, ".kv-errors")
    assert [link.get("href") for link in find(summary, "a")] == ["#id_form-1-party"]
    assert [legend.text_content() for legend in find(tree, "legend")] == ["Underskrift form-0", "Underskrift form-1"]
    assert len(find(tree, "input[type='hidden']")) == 4
