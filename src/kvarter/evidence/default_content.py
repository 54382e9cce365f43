"""What a new installation knows of Høje Gladsaxe from public registers: read by the same readers as any file."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

from django.db import transaction
from django.utils import translation

from kvarter.agreements.models import Partnership
from kvarter.evidence.actions import indicators as acts
from kvarter.evidence.actions.comparing import add_composition, choose_peers
from kvarter.evidence.actions.outside import take_in_outside
from kvarter.evidence.actions.publishing import Words, publish
from kvarter.evidence.actions.registers import take_in
from kvarter.evidence.importers.extract import Extract, Line, Period
from kvarter.evidence.importers.valgdatabase import ELECTIONS, read_valgdatabase
from kvarter.evidence.models import Source
from kvarter.evidence.recipes import columns_named
from kvarter.people.policy import OPERATOR
from kvarter.places.actions import add_area, add_version, change_area, draw_boundary, say_share
from kvarter.places.models import Area, AreaVersion

FOLDER = files("kvarter.evidence") / "registers"
# The day of the background filed under the election of 2005 is not told; the year is what is sure (see the indicator).
UNTOLD_DAY = date(2005, 1, 1)
# FV2007_befolk.csv holds the same measurement as FV2005_befolk.csv, and is left out by the check that finds it.
FILES = ("FV2005_valgdat", "FV2005_befolk", "FV2007_valgdat", "FV2015_valgdat", "FV2015_befolk", "EV2024_Befolkning")
WORDS = Words(
    "Høje Gladsaxe i offentlige registre",
    "Høje Gladsaxe in public registers",
    "De første tal er fra registre og målinger, som andre har lavet. Beboernes egne svar kommer med undersøgelsen.",
    "The first figures are from registers and surveys made by others. Residents' own answers come with the survey.",
)


@transaction.atomic
def load_figures(partnership: Partnership) -> None:
    """Sources, areas, themes, indicators and figures of the shipped part, and the first publication of them."""
    content = tomllib.loads((FOLDER / "hoeje-gladsaxe.toml").read_text(encoding="utf-8"))
    sources = {told["key"]: acts.add_source(by=OPERATOR, partnership=partnership, **told) for told in content["source"]}
    versions = _areas(content["area"], content["drawing"])
    for place, told in enumerate(content["theme"]):
        acts.add_theme(by=OPERATOR, partnership=partnership, position=place, **told)
    for place, told in enumerate(content["indicator"]):
        _indicator(partnership, sources, place, told)
    for place, told in enumerate(content["composition"]):
        _composition(partnership, sources, place, told)
    choose_peers(by=OPERATOR, partnership=partnership, areas=Area.objects.filter(slug__in=content["peers"]))
    for told in content["share"]:
        _share(versions, told)
    for name in FILES:
        for file in (f"{name}.csv", f"{name}_land.csv"):
            take_in(by=OPERATOR, partnership=partnership, extract=_read(file, "da"), english=_read(file, "en"))
    outside = (FOLDER / "outside.toml").read_bytes()
    take_in_outside(by=OPERATOR, partnership=partnership, content=outside, name="outside.toml")
    publish(by=OPERATOR, partnership=partnership, words=WORDS)


def _areas(told: list[dict[str, Any]], drawing: dict[str, str]) -> dict[tuple[str, date], AreaVersion]:
    made: dict[str, Area] = {}
    versions = {}
    for one in told:
        part_of, without = (made.get(one.get(name, "")) for name in ("part_of", "without"))
        known = Area.objects.filter(slug=one["slug"]).select_related("reference").first()
        if known:
            area = change_area(
                by=OPERATOR,
                area=known,
                name=known.name,
                name_en=known.name_en,
                reference=known.reference,
                part_of=part_of,
                without=without,
            )
        else:
            texts = {"slug": one["slug"], "name": one["name"], "name_en": one["name_en"]}
            area = add_area(by=OPERATOR, part_of=part_of, without=without, **texts)
        made[area.slug] = area
        for version in one["versions"]:
            codes = [(scheme, code) for scheme, code in version["codes"]]
            versions[area.slug, version["from"]] = add_version(
                by=OPERATOR, area=area, valid_from=version["from"], source=version["source"], codes=codes
            )
            if name := version.get("boundary"):
                geojson = (FOLDER / "boundaries" / f"{name}.geojson").read_bytes()
                draw_boundary(by=OPERATOR, area=area, geojson=geojson, valid_from=version["from"], **drawing)
    return versions


def _indicator(partnership: Partnership, sources: dict[str, Source], place: int, told: dict[str, Any]) -> None:
    facts = dict(told)
    source = sources[facts.pop("source")]
    recipe = {name: facts.pop(name, []) for name in ("part", "whole", "breaks")}
    theme = partnership.themes.get(slug=facts.pop("theme"))
    theme.partnership = partnership
    indicator = acts.add_indicator(by=OPERATOR, theme=theme, position=place, **facts)
    if recipe["part"]:
        acts.set_recipe(by=OPERATOR, indicator=indicator, source=source, **recipe)


def _composition(partnership: Partnership, sources: dict[str, Source], place: int, told: dict[str, Any]) -> None:
    """A whole, and each of its categories as an indicator."""
    facts = {name: told.pop(name) for name in ("name", "name_en", "counted", "design_effect")}
    facts |= {name: told.pop(name, "") for name in ("grounds", "grounds_en")}
    slug, categories = told.pop("slug"), told.pop("categories")
    made = add_composition(by=OPERATOR, partnership=partnership, slug=slug, position=place, **facts)
    for at, category in enumerate(categories):
        own = {
            "slug": f"{slug}-{category['slug']}",
            "name": f"{made.name}: {category['name']}",
            "name_en": f"{made.name_en}: {category['name_en']}",
            "part": category["part"],
            "measure": "share",
            "base": facts["counted"],
            "composition": made,
        }
        _indicator(partnership, sources, at, told | own)


def _share(versions: dict[tuple[str, date], AreaVersion], told: dict[str, Any]) -> None:
    """What share of a unit the area is, counted in the files that are named."""
    of_part, of_whole = (_counted(told["columns"], *told[name]) for name in ("of_part", "of_whole"))
    part, whole = (versions[slug, day] for slug, day in (told["part"], told["whole"]))
    facts = {name: told[name] for name in ("basis", "part_on", "whole_on", "source", "source_en")}
    say_share(by=OPERATOR, part=part, whole=whole, of_part=of_part, of_whole=of_whole, **facts)


def _counted(columns: list[str], file: str, code: str) -> Decimal:
    extract = _read(file, "da")
    line = next(at for at, line in enumerate(extract.lines) if line.unit.code == code)
    names = {name: None for said in columns for name in columns_named(extract.measures, said)}
    amounts = [extract.column(name)[line] for name in names]
    return sum((Decimal(str(amount)) for amount in amounts if amount == amount), Decimal(0))


def _read(file: str, language: str) -> Extract:
    """A shipped file with the geography that belongs to it."""
    folder = FOLDER / "valgdatabase"
    label = file.partition("_")[0]
    geography = folder / f"{label}_geodat.csv"
    names = [file, *([geography.name] if geography.is_file() else [])]
    election = next(election for election in ELECTIONS if election.label == label)
    if election.background_on is None:
        election = replace(election, background_on=UNTOLD_DAY)
    with translation.override(language):
        extract = read_valgdatabase({name: (folder / name).read_bytes() for name in names}, election)
    untold = election.background_on == UNTOLD_DAY
    return replace(extract, lines=tuple(map(_of_the_year, extract.lines))) if untold else extract


def _of_the_year(line: Line) -> Line:
    """A line whose day is not told, about the year it is from; one about the election is about its day."""
    if line.period.first != UNTOLD_DAY:
        return line
    return replace(line, period=Period(UNTOLD_DAY, UNTOLD_DAY.replace(month=12, day=31)))
