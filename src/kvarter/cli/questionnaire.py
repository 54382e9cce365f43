"""`kvarter questionnaire`: check a questionnaire before it is asked, look at it, and take it out in another format."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvarter.cli.agreement import InputError
from kvarter.cli.start import set_up

if TYPE_CHECKING:
    from kvarter.surveys.questionnaire import Item, Questionnaire
    from kvarter.surveys.xlsform.reading import ReadForm


@click.group()
def questionnaire() -> None:
    """Check, show and convert questionnaires: forms (XLSForm), or those that come with Kvarter."""


@questionnaire.command()
@click.argument("file")
@click.option("--language", default="da", show_default=True, help="Of texts whose heading names none.")
def check(file: str, language: str) -> None:
    """Say whether FILE holds together: its items, themes, languages and minutes, and what was left out.

    FILE is a form (.xlsx, .ods, .csv, .md), or the name of a questionnaire that comes with Kvarter.
    """
    form = _read(file, language)
    for line in _summary(form.questionnaire):
        click.echo(line)
    for remark in form.remarks:
        click.secho(f"  ! {remark}", fg="yellow")


@questionnaire.command()
@click.argument("file")
@click.option("--language", default="da", show_default=True, help="Which language to show.")
def show(file: str, language: str) -> None:
    """Print FILE as it is asked, with answers and routing."""
    found = _read(file, "da").questionnaire
    if language not in found.languages:
        raise InputError(f"{file} is not in {language}. It is in {', '.join(found.languages)}.")
    from kvarter.surveys.minutes import introduction_of
    from kvarter.surveys.questionnaire import words

    click.secho(words(found.titles, language), bold=True)
    if found.introductions:
        click.echo(words(introduction_of(found), language))
    for section in found.sections:
        click.secho(f"\n{words(section.texts, language) or section.key}", bold=True)
        for item in section.items:
            _show(found, item, language)


@questionnaire.command()
@click.argument("file")
@click.option("--to", "kind", type=click.Choice(["xlsx", "csv", "ddi", "json"]), required=True, help="The format.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where to write it.")
def export(file: str, kind: str, out: Path) -> None:
    """Write FILE as a form for Kobo and ODK (xlsx, csv), as DDI for an archive, or as JSON."""
    found = _read(file, "da").questionnaire
    from kvarter.surveys.ddi import ddi_xml
    from kvarter.surveys.writing import written
    from kvarter.surveys.xlsform.writing import as_csv, as_xlsx

    if kind == "xlsx":
        out.write_bytes(as_xlsx(found))
    else:
        out.write_text({"csv": as_csv, "ddi": ddi_xml, "json": written}[kind](found), encoding="utf-8", newline="")
    click.echo(f"{out}: {len(list(found.items))} items")


def _read(file: str, language: str) -> ReadForm:
    """The form in a file, or one that comes with Kvarter. Raises InputError."""
    set_up()
    from kvarter.surveys.questionnaires import SHIPPED, load_questionnaire
    from kvarter.surveys.xlsform.errors import BadForm
    from kvarter.surveys.xlsform.reading import ReadForm, read_xlsform
    from kvarter.surveys.xlsform.sheets import LARGEST

    path = Path(file)
    if file in SHIPPED and not path.exists():
        return ReadForm(load_questionnaire(file), ())
    if not path.is_file():
        raise InputError(f"There is no file {file}. Kvarter comes with {', '.join(SHIPPED)}.")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{file} is larger than {LARGEST // 1024**2} MB, which no questionnaire is.")
    try:
        return read_xlsform(path.read_bytes(), path.name, language=language)
    except BadForm as error:
        raise InputError(str(error)) from error


def _summary(found: Questionnaire) -> list[str]:
    from kvarter.surveys.minutes import minutes_of

    items = list(found.items)
    themes = Counter(item.theme or "(background)" for item in items)
    minutes = (f"{code} {minutes_of(found, code):.1f}" for code in found.languages)
    return [
        f"{found.key} {found.version}: {found.titles[found.languages[0]]} ({found.audience})",
        f"  items: {len(items)}, of which {sum(item.told is not None for item in items)} become figures",
        f"  themes: {', '.join(f'{theme} {times}' for theme, times in themes.items())}",
        f"  languages: {', '.join(found.languages)}",
        f"  minutes (reckoned): {', '.join(minutes)}",
        f"  routed: {sum(item.shown_if is not None for item in items)}, required: {sum(i.required for i in items)}",
    ]


def _show(found: Questionnaire, item: Item, language: str) -> None:
    from kvarter.surveys.questionnaire import words
    from kvarter.surveys.xlsform.conditions import written_condition, written_limits

    kinds = {one.key: one.ask for one in found.items}
    facts = [item.ask.value, item.theme, "required" if item.required else "", "area" if item.about == "area" else ""]
    click.echo(f"  {item.key} ({', '.join(filter(None, facts))})")
    click.echo(f"    {words(item.texts, language)}")
    if item.hints:
        click.echo(f"    {words(item.hints, language)}")
    if item.shown_if:
        click.echo(f"    if {written_condition(item.shown_if, kinds)}")
    if item.low or item.high:
        click.echo(f"    {written_limits(item.low, item.high, item.ask)}")
    for choice in found.choices_of(item):
        click.echo(f"      {choice.code}: {words(choice.texts, language)}")
    if item.note:
        click.echo(f"    note: {item.note}")
