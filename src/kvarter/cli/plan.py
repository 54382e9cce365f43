"""`kvarter effect plan` and `disclose`: before a wave is asked, and before a table is shown."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kvarter.cli.effect import OUT, InputError, effect, told_in_a_line, write_table

if TYPE_CHECKING:
    import polars as pl

    from kvarter.effect.planning import Panel, Wave

FILE = click.Path(exists=True, path_type=Path)
POPULATION = click.option("--population", type=int, required=True, help="People in the population.")
RESPONSE = click.option(
    "--response-rate", type=float, default=1.0, show_default=True, help="Share of those asked who answer."
)
EFFECT = click.option("--design-effect", type=float, default=1.0, show_default=True)
SD = click.option("--sd", type=float, help="Standard deviation of answers; left out, that of a share of --share.")
SHARE = click.option(
    "--share", type=float, default=0.5, show_default=True, help="The share expected; 0.5 is the safe guess."
)


def _table(path: Path) -> pl.DataFrame:
    import polars as pl

    from kvarter.effect.reading import chunks

    return pl.concat([pl.DataFrame(chunk) for chunk in chunks(path)])


def _sd(sd: float | None, share: float, population: int) -> float:
    from kvarter.effect.planning import share_sd

    return share_sd(share, population) if sd is None else sd


def _one(row: dict[str, Any], out: str) -> None:
    import polars as pl

    write_table(pl.DataFrame([row], infer_schema_length=None), out)


@effect.command()
@click.argument("table", type=FILE)
@click.option(
    "--rule",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML with a [rule] section.",
)
@click.option("--count", default="n", show_default=True, help="The column of counts.")
@OUT
@told_in_a_line
def disclose(table: Path, rule: Path, count: str, out: str) -> None:
    """What of TABLE (a row for each cell) may be published, with every margin that the rule names."""
    import polars as pl

    from kvarter.effect.disclosure import disclose as judge
    from kvarter.effect.suppression import Rule

    rows = judge(_table(table), Rule.from_toml(rule), count=count)
    write_table(pl.DataFrame(rows, infer_schema_length=None), out)


@effect.group()
def plan() -> None:
    """How many to ask, what can be seen, how to share them out, and the draw itself."""


@plan.command()
@POPULATION
@click.option("--answers", type=int, required=True)
@SD
@SHARE
@EFFECT
@OUT
@told_in_a_line
def margin(population: int, answers: int, sd: float | None, share: float, design_effect: float, out: str) -> None:
    """The margin of error with so many answers."""
    from kvarter.effect import planning

    spread = _sd(sd, share, population)
    found = planning.margin(answers, spread, planning.Wave(population, 1.0, design_effect))
    _one({"population": population, "answers": answers, "sd": spread, "margin": found}, out)


@plan.command()
@POPULATION
@click.option("--margin", "wanted", type=float, required=True, help="The wanted margin of error.")
@SD
@SHARE
@RESPONSE
@EFFECT
@OUT
@told_in_a_line
def size(
    population: int, wanted: float, sd: float | None, share: float, response_rate: float, design_effect: float, out: str
) -> None:
    """How many answers a margin of error needs, and how many to ask for them."""
    from kvarter.effect import planning

    wave = planning.Wave(population, response_rate, design_effect)
    found = planning.answers_for_margin(wanted, _sd(sd, share, population), wave)
    _one({"population": population, "margin": wanted, **asdict(found)}, out)


@plan.command()
@POPULATION
@click.option("--last", type=float, required=True, help="The last wave's estimate.")
@click.option("--last-answers", type=int, required=True)
@click.option("--target", type=float, required=True, help="The value hoped for.")
@click.option("--asked", type=int, required=True, help="How many will be asked.")
@SD
@RESPONSE
@EFFECT
@click.option("--overlap", type=float, default=0.0, help="Share of the new wave's answers by people of the last.")
@click.option("--correlation", type=float, default=0.0, help="Of those people's two answers.")
@OUT
@told_in_a_line
def see(
    population: int,
    last: float,
    last_answers: int,
    target: float,
    asked: int,
    sd: float | None,
    response_rate: float,
    design_effect: float,
    overlap: float,
    correlation: float,
    out: str,
) -> None:
    """Can we see it: would a wave that asks so many tell the target from the last estimate?"""
    from kvarter.effect import planning

    if sd is None and not 0 <= last <= 1:
        raise InputError("--last is no share between 0 and 1: give the answers' standard deviation with --sd.")
    wave: Wave = planning.Wave(population, response_rate, design_effect)
    before = planning.Last(last, _sd(sd, last, population), last_answers)
    panel: Panel | None = planning.Panel(overlap, correlation) if overlap else None
    found = planning.can_we_see_it(target, before, wave, asked, panel=panel)
    needed = found.needed
    told = {name: getattr(found, name) for name in ("seen", "power", "error", "smallest_change", "answers")}
    more = {"answers_needed": needed.answers if needed else None, "ask_for_them": needed.asked if needed else None}
    _one({"last": last, "target": target, "asked": asked, **told, **more}, out)


@plan.command()
@click.argument("strata", type=FILE)
@click.option("--total", type=int, required=True, help="How many in all.")
@click.option("--method", type=click.Choice(["neyman", "proportional", "equal"]), default="neyman", show_default=True)
@click.option("--minimum", type=int, default=2, show_default=True, help="The fewest in a stratum.")
@OUT
@told_in_a_line
def allocate(strata: Path, total: int, method: str, minimum: int, out: str) -> None:
    """Share a sample out over STRATA: a file with the columns stratum, population and, for neyman, sd."""
    import polars as pl

    from kvarter.effect import planning
    from kvarter.effect.errors import BadData

    table = _table(strata)
    wanted = ["stratum", "population", *(["sd"] if method == "neyman" else [])]
    for name in wanted:
        if name not in table.columns:
            raise BadData(f"{strata}: there is no column {name}. It has {', '.join(table.columns)}.")
    names = [str(name) for name in table["stratum"].to_list()]
    people = dict(zip(names, (int(n) for n in table["population"].to_list()), strict=True))
    if method == "neyman":
        sds = dict(zip(names, (float(sd) for sd in table["sd"].to_list()), strict=True))
        found = planning.neyman(people, sds, total, minimum)
    else:
        found = (planning.proportional if method == "proportional" else planning.equal)(people, total, minimum)
    write_table(
        pl.DataFrame({"stratum": names, "population": list(people.values()), "size": [found[n] for n in names]}), out
    )


@plan.command()
@click.argument("frame", type=FILE)
@click.option("--unit", required=True, help="The column of ids.")
@click.option("--stratum", required=True, help="The column of strata.")
@click.option("--sizes", required=True, type=FILE, help="A file with the columns stratum and size, as allocate writes.")
@click.option("--seed", type=int, required=True, help="A whole number, written down before the draw.")
@click.option("--protocol", type=click.Path(dir_okay=False, path_type=Path), help="Where to write how it was drawn.")
@OUT
@told_in_a_line
def draw(frame: Path, unit: str, stratum: str, sizes: Path, seed: int, protocol: Path | None, out: str) -> None:
    """Draw a sample from FRAME so that anyone can draw it again: ids, chances and weights."""
    from kvarter.effect.drawing import draw as draw_sample

    table = _table(sizes)
    wanted = {str(name): int(n) for name, n in zip(table["stratum"].to_list(), table["size"].to_list(), strict=True)}
    found = draw_sample(_table(frame), wanted, unit=unit, stratum=stratum, seed=seed)
    write_table(found.sample, out)
    if protocol:
        protocol.write_text(found.protocol + "\n", encoding="utf-8")
    else:
        click.echo(found.protocol, err=True)
