"""`kvarter effect`: the statistics from the command line. Wrong input ends with code 2 and leaves no file behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

    from kvarter.effect.changes import Aim
    from kvarter.effect.cube import Cube

WRONG_INPUT = 2


class InputError(click.ClickException):
    """Something the analyst can mend."""

    exit_code = WRONG_INPUT


def _names(_context: click.Context, _parameter: click.Parameter, value: str | None) -> list[str]:
    return [name.strip() for name in (value or "").split(",") if name.strip()]


def told_in_a_line(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command whose errors are told in a line, and what it does while it takes long."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from kvarter.effect.errors import EffectError
        from kvarter.effect.waiting import aloud

        try:
            with aloud():
                return command(*args, **kwargs)
        except EffectError as error:
            raise InputError(str(error)) from error

    return run


@contextmanager
def _bar(data: Any, doing: str = "reading") -> Iterator[Callable[[int], object]]:
    """A progress bar of the rows read, once it has taken two seconds."""
    from kvarter.effect.reading import rows_in
    from kvarter.effect.waiting import shown

    with shown(doing, rows_in(data)) as told:
        yield told


def read_whole(data: Path, told: Callable[[int], object] = lambda _rows: None) -> pl.DataFrame:
    """All the rows of a file; told: called with how many each chunk has."""
    import polars as pl
    import pyarrow as pa

    from kvarter.effect.reading import chunks

    parts = []
    for chunk in chunks(data):
        parts.append(chunk)
        told(chunk.num_rows)
    if not parts:
        raise InputError(f"{data}: has no rows. See that it is the right one.")
    return pl.DataFrame(pa.concat_tables(parts, promote_options="permissive"))


def _note_silence(table: pl.DataFrame) -> None:
    """Say on standard error which columns nobody answered, as their figures are empty."""
    import polars as pl

    counts = table.group_by("item", maintain_order=True).agg(pl.col("n").sum())
    for item in counts.filter(pl.col("n") == 0)["item"]:
        click.echo(f"Column {item}: nobody answered, so its figures are empty.", err=True)


def write_table(table: pl.DataFrame, out: str) -> None:
    """The table as CSV (or Parquet, by the name) to a file or to standard output, whole or not at all."""
    if out == "-":
        click.echo(_as_csv(table), nl=False)
        return
    path = Path(out).resolve()
    if path.suffix.lower() not in {".csv", ".parquet", ".txt", ""}:
        raise InputError(f"{path}: is written as CSV or Parquet. Give a name that ends in .csv or .parquet.")
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: is no file to write to. Give the name of one.")
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
    try:
        if path.suffix.lower() == ".parquet":
            table.write_parquet(draft)
        else:
            Path(draft).write_text(_as_csv(table), encoding="utf-8")
        if path.exists():
            os.chmod(draft, path.stat().st_mode & 0o777)
        os.replace(draft, path)  # a new file is its owner's alone: it may be microdata
    finally:
        Path(draft).unlink(missing_ok=True)


def _as_csv(table: pl.DataFrame) -> str:
    """CSV in which no text is a formula to a spreadsheet."""
    import polars as pl

    texts = [name for name, dtype in table.schema.items() if dtype == pl.String]
    formula = [pl.col(name).str.contains(r"^[=+@\t\r]|^-[^0-9.]") for name in texts]
    safe = [
        pl.when(found).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name, found in zip(texts, formula, strict=True)
    ]
    return table.with_columns(safe).write_csv()


DATA = click.argument("data", type=click.Path(exists=True, path_type=Path))
DESIGN = click.option(
    "--design",
    "design_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False),
    help="TOML with a [design] section.",
)
OUT = click.option("--out", default="-", help="A CSV or Parquet file; - is standard output.")
MISSING = click.option(
    "--missing", type=click.Choice(["fail", "drop", "category"]), default="fail", help="What a missing answer means."
)
ENGINE = click.option(
    "--engine", type=click.Choice(["auto", "duckdb", "spark"]), default="auto", help="Where the sums are made."
)
BY = click.option("--by", callback=_names, help="Grouping columns, with commas.")


def _scales(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, list[str]]:
    """NAME=ITEM+ITEM."""
    found: dict[str, list[str]] = {}
    for one in value:
        name, equal, items = one.partition("=")
        if name in found:
            raise click.BadParameter(f"{one!r}: there are two scales of that name")
        found[name] = [item for item in items.split("+") if item]
        if not (name and equal and len(found[name]) > 1):
            raise click.BadParameter(f"{one!r}: give NAME=ITEM+ITEM, as trust=q1+q2+q3")
    return found


SCALES = click.option(
    "--scale",
    "scales",
    multiple=True,
    callback=_scales,
    help="As trust=q1+q2+q3: their mean, as an item; with --missing drop of those who answered half. Repeat it.",
)


@click.group()
def effect() -> None:
    """Estimates, changes, weights, disclosure control and planning for surveys with a design."""


@effect.command()
@DATA
@DESIGN
@click.option("--items", callback=_names, help="Columns to take the mean of, with commas.")
@click.option("--shares", callback=_names, help="Columns to take the share of each category of.")
@click.option("--totals", callback=_names, help="Columns to take the total of.")
@SCALES
@BY
@click.option("--margins", is_flag=True, help="Every smaller set of the groupings too.")
@MISSING
@click.option(
    "--ci",
    type=click.Choice(["beta", "logit", "likelihood", "wilson", "asin", "mean"]),
    default="beta",
    help="Interval of shares; beta is Korn and Graubard's.",
)
@click.option("--labels", is_flag=True, help="Columns with what SPSS or Stata calls items, categories and groups.")
@ENGINE
@OUT
@told_in_a_line
def estimate(
    data: Path,
    design_file: str,
    items: list[str],
    shares: list[str],
    totals: list[str],
    scales: dict[str, list[str]],
    by: list[str],
    margins: bool,
    missing: str,
    ci: str,
    labels: bool,
    engine: str,
    out: str,
) -> None:
    """Means, shares and totals of DATA with their uncertainty."""
    from kvarter.effect.asking import beneath, groupings, make_cube
    from kvarter.effect.asking import estimate as ask
    from kvarter.effect.design import read_design
    from kvarter.effect.labels import read_labels, with_labels

    design = read_design(design_file)
    means = list(dict.fromkeys([*items, *totals]))

    def made(groups: list[str]) -> Cube:
        """The cube of the data by these columns."""
        with _bar(data) as told:
            return make_cube(
                data,
                design,
                means=means,
                shares=shares,
                scales=scales,
                by=groups,
                missing=missing,
                engine=engine,
                told=told,
            )

    asked = partial(ask, means=items, shares=shares, totals=totals, interval=ci)
    cube = made(by)
    if margins and cube.left_out:  # who lacks one grouping belongs in the margins that do not ask for it
        found = beneath([asked(cube if some == by else made(some)) for some in groupings(by)])
    else:
        found = asked(cube, margins=margins)
    _note_silence(found)
    write_table(with_labels(found, read_labels(data)) if labels else found, out)


def _reference(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dict[str, str]:
    found = {}
    for part in (value or "").split(","):
        name, equal, group = part.partition("=")
        if part and not (name and equal and group):
            raise click.BadParameter(f"{part!r} is not COLUMN=GROUP")
        if part:
            found[name.strip()] = group.strip()
    return found


def _aims(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, Aim]:
    """ITEM=DIRECTION or ITEM=DIRECTION:MARGIN."""
    from kvarter.effect.changes import Aim
    from kvarter.effect.counts import Direction
    from kvarter.effect.errors import EffectError

    found = {}
    for one in value:
        item, _equal, aim = one.rpartition("=")
        direction, _colon, margin = aim.partition(":")
        try:
            found[item] = Aim(Direction(direction), float(margin) if margin else None)
        except (ValueError, EffectError) as error:
            raise click.BadParameter(f"{one!r}: give ITEM=more, less, none or maintain:MARGIN ({error})") from error
    return found


@effect.command()
@DATA
@DESIGN
@click.option("--wave", required=True, help="The column that tells the waves apart.")
@click.option("--unit", required=True, help="The column with the person, so that those in two waves count once.")
@click.option("--items", callback=_names, help="Columns to compare the mean of, with commas.")
@click.option("--shares", callback=_names, help="Columns to compare the share of each category of.")
@SCALES
@BY
@click.option("--reference", callback=_reference, help="As area=rest: the difference of differences from it too.")
@click.option(
    "--aim",
    "aims",
    multiple=True,
    callback=_aims,
    help="As trust=more, safe=yes=more for a share, or crime=maintain:0.1. Repeat it.",
)
@click.option("--waves", callback=_names, help="Their order, where names do not tell it: before,after.")
@click.option("--adjust", type=click.Choice(["bh", "holm", "none"]), default="bh", help="For many comparisons.")
@MISSING
@ENGINE
@OUT
@told_in_a_line
def change(
    data: Path,
    design_file: str,
    wave: str,
    unit: str,
    items: list[str],
    shares: list[str],
    scales: dict[str, list[str]],
    by: list[str],
    reference: dict[str, str],
    aims: dict[str, Aim],
    waves: list[str],
    adjust: str,
    missing: str,
    engine: str,
    out: str,
) -> None:
    """Every pair of waves in DATA compared, group by group."""
    from kvarter.effect.asking import make_cube
    from kvarter.effect.changes import change as compare
    from kvarter.effect.design import read_design
    from kvarter.effect.overlapping import check_persons, with_persons

    groups = [wave, *(name for name in [*by, *reference] if name != wave)]
    design = with_persons(read_design(design_file), unit)
    with _bar(data, "looking for persons in two units") as told:
        check_persons(data, design, unit, told=told)
    if design.weights:  # a population is that of one wave, and change takes no correction for it
        design = replace(design, population=())
    with _bar(data) as told:
        cube = make_cube(
            data,
            design,
            means=items,
            shares=shares,
            scales=scales,
            by=list(dict.fromkeys(groups)),
            missing=missing,
            engine=engine,
            told=told,
        )
    write_table(
        compare(
            cube, wave, items, shares=shares, reference=reference or None, aims=aims, waves=waves or None, adjust=adjust
        ),
        out,
    )


@effect.command()
@DATA
@DESIGN
@click.option(
    "--margins", required=True, type=click.Path(exists=True, dir_okay=False), help="TOML or CSV of what is known."
)
@click.option("--method", type=click.Choice(["raking", "linear", "logit"]), default="raking")
@click.option("--bounds", type=(float, float), default=None, help="Least and largest factor, for linear and logit.")
@click.option("--column", default="calibrated_weight", help="Name of the new column.")
@OUT
@told_in_a_line
def calibrate(
    data: Path, design_file: str, margins: str, method: str, bounds: tuple[float, float] | None, column: str, out: str
) -> None:
    """DATA with weights that add up to the margins. How well is told on standard error."""
    import polars as pl

    from kvarter.effect.design import read_design
    from kvarter.effect.margins import read_margins
    from kvarter.effect.waiting import shown
    from kvarter.effect.weighting import calibrate as weigh

    if method == "raking" and bounds:
        raise InputError("--bounds is for linear and logit: raking has none. Choose --method logit.")
    with _bar(data) as told:
        whole = read_whole(data, told)
    if column in whole.columns:
        raise InputError(f"--column {column}: the data has a column of that name. Choose another.")
    with shown("calibrating", unit=None):
        found = weigh(whole, read_design(design_file), read_margins(margins), method=method, bounds=bounds)
    for name, value in found.diagnostics.items():
        click.echo(f"{name}: {value:.6g}", err=True)
    below = int((found.weights < 0).sum())
    if below:
        click.echo(
            f"{below} weights are below 0, and no estimate takes such: give --bounds, or --method logit.", err=True
        )
    write_table(whole.with_columns(pl.Series(column, found.weights)), out)
