"""`kvarter effect plan`: before a wave is asked."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kvarter.cli.effect import OUT, InputError, effect, read_whole, told_in_a_line, write_table

if TYPE_CHECKING:
    import polars as pl

    from kvarter.effect.planning import Panel, Wave

FILE = click.Path(exists=True, path_type=Path)
POPULATION = click.option("--population", type=int, required=True, help="People in the population.")
RESPONSE = click.option(
    "--response-rate", type=float, default=1.0, show_default=True, help="Share of those asked who answer."
)
EFFECT = click.option("--design-effect", type=float, default=1.0, show_default=True)
SD = click.option("--sd", type=float, help="Standard deviation of answers; left out, that of a share.")
SHARE = click.option(
    "--share", type=float, default=0.5, show_default=True, help="The share expected; 0.5 is the safe guess."
)


def _sd(sd: float | None, share: float, population: int) -> float:
    from kvarter.effect.planning import share_sd

    if sd is not None and not 0 <= sd < math.inf:
        raise InputError(f"--sd {sd:g}: a standard deviation is 0 or more.")
    return share_sd(share, population) if sd is None else sd


def _one(row: dict[str, Any], out: str) -> None:
    import polars as pl

    write_table(pl.DataFrame([row], infer_schema_length=None), out)


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

    if sd is None and wanted > 0.5:
        raise InputError(
            f"--margin {wanted:g}: a share's margin is a share itself, as 0.03 for 3 points. Or give --sd."
        )
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
@click.option("--finite", is_flag=True, help="Take the correction for a small population, which `change` does not.")
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
    finite: bool,
    out: str,
) -> None:
    """Can we see it: would a wave that asks so many tell the target from the last estimate?

    Judged as `change` judges it: without a correction for a small population, for the waves are years apart. A share's
    standard deviation is that of --last in the last wave and that of --target in the new one.
    """
    from kvarter.effect import planning

    if sd is None and not 0 <= last <= 1:
        raise InputError("--last is no share between 0 and 1: give the answers' standard deviation with --sd.")
    wave: Wave = planning.Wave(population, response_rate, design_effect)
    if sd is None and not 0 <= target <= 1:
        raise InputError("--target is no share between 0 and 1: give the answers' standard deviation with --sd.")
    if bool(overlap) != bool(correlation):
        raise InputError("--overlap and --correlation belong together: give both, or neither.")
    before = planning.Last(last, _sd(sd, last, population), last_answers)
    panel: Panel | None = planning.Panel(overlap, correlation) if overlap else None
    new = _sd(sd, target, population)
    found = planning.can_we_see_it(target, before, wave, asked, sd=new, panel=panel, finite=finite)
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

    table = read_whole(strata)
    people = _by_stratum(strata, table, "population", whole=True)
    names = list(people)
    if method == "neyman":
        sds = _by_stratum(strata, table, "sd")
        found = planning.neyman(people, sds, total, minimum)
    else:
        found = (planning.proportional if method == "proportional" else planning.equal)(people, total, minimum)
    write_table(
        pl.DataFrame({"stratum": names, "population": list(people.values()), "size": [found[n] for n in names]}), out
    )


def _by_stratum(file: Path, table: pl.DataFrame, column: str, *, whole: bool = False) -> dict[str, Any]:
    """A column's numbers by stratum. Raises BadData naming the row for what is no number, or a stratum named twice."""
    from kvarter.effect.errors import BadData

    for name in ("stratum", column):
        if name not in table.columns:
            raise BadData(f"{file}: there is no column {name}. It has {', '.join(table.columns)}.")
    found: dict[str, Any] = {}
    for row, (name, value) in enumerate(zip(table["stratum"].to_list(), table[column].to_list(), strict=True), 1):
        if name is None or str(name) in found:
            raise BadData(f"{file}, column stratum, row {row}: {name!r} is empty or there twice. Give each one row.")
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not number >= 0 or (whole and not number.is_integer()):
            kind = "a whole number" if whole else "a number"
            raise BadData(f"{file}, column {column}, row {row}: {value!r} is not {kind} of 0 or more. Correct it.")
        found[str(name)] = int(number) if whole else number
    return found


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

    wanted = _by_stratum(sizes, read_whole(sizes), "size", whole=True)
    found = draw_sample(read_whole(frame), wanted, unit=unit, stratum=stratum, seed=seed)
    if protocol:
        try:
            protocol.write_text(found.protocol + "\n", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{protocol}: cannot be written ({error.strerror}).") from error
    write_table(found.sample, out)
    if not protocol:
        click.echo(found.protocol, err=True)
