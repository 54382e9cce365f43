"""`kvarter effect disclose` and `attack`: before a table is shown, and what all that was shown gives away together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kvarter.cli.effect import OUT, InputError, effect, read_whole, told_in_a_line, write_table

if TYPE_CHECKING:
    from kvarter.effect.attacker import Floats
    from kvarter.effect.classifying import Table
    from kvarter.effect.disclosure import Protected

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ESCAPED = r"^'([=+@\t\r]|-[^0-9.])"


def _spreads(
    _context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]
) -> list[tuple[Path, int | None]]:
    """FILE, or FILE=SPREAD for rounded figures."""
    found = []
    for one in value:
        name, _equal, spread = one.rpartition("=") if not Path(one).exists() else (one, "", "")
        if not Path(name).is_file():
            raise click.BadParameter(f"{one!r}: there is no such file")
        if spread and not (spread.isascii() and spread.isdigit()):
            raise click.BadParameter(f"{one!r}: give FILE=2 where figures may lie 2 from the true ones")
        found.append((Path(name), int(spread) if spread else None))
    return found


TABLE = click.argument("table_file", metavar="TABLE", type=click.Path(exists=True, path_type=Path))
RULE = click.option("--rule", "rule_file", required=True, type=FILE, help="TOML with a [rule] section.")
COUNT = click.option("--count", default="n", show_default=True, help="The column of counts.")
GROUPINGS = click.option("--groupings", type=FILE, help="TOML of coarser classifications that margins may name.")
PUBLISHED = click.option(
    "--published",
    multiple=True,
    callback=_spreads,
    help="What disclose gave before of the same people; FILE=2 where figures are rounded by up to 2. Repeat it.",
)


def _table(file: Path, count: str, groupings: Path | None) -> Table:
    from kvarter.effect.classifying import read_groupings, table_from_rows

    table = table_from_rows(read_whole(file), count=count, groupings=read_groupings(groupings) if groupings else None)
    for name, grouping in table.groupings.items():
        levels = table.levels[table.dimensions.index(grouping.dimension)]
        for level in (one for one in grouping.groups if one not in levels):
            click.echo(f"{name}: there is no {grouping.dimension} {level!r} in the table.", err=True)
        for level in (one for one in levels if one not in grouping.groups):
            click.echo(f"{name}: {grouping.dimension} {level!r} is in no group, and in no margin by {name}.", err=True)
    return table


def _published(files: list[tuple[Path, int | None]], table: Table) -> list[Protected]:
    """The earlier publications, with their texts as they were before they were made safe for spreadsheets."""
    import polars as pl

    from kvarter.effect.disclosure import read_published
    from kvarter.effect.errors import EffectError

    found = []
    for file, spread in files:
        rows = read_whole(file).with_columns(pl.col(pl.String).str.replace(ESCAPED, "$1"))
        try:
            found.append(read_published(rows, table, spread))
        except EffectError as error:
            raise InputError(f"{file}: {error}") from error
    return found


def _proof(file: Path) -> tuple[Floats, ...]:
    kept = read_whole(file)
    for name, kind in kept.schema.items():
        if not kind.is_numeric():
            raise InputError(f"{file}: column {name} holds no numbers. Give what disclose --proof kept.")
    return tuple(column.cast(float).to_numpy() for column in kept.get_columns())


@effect.command()
@TABLE
@RULE
@COUNT
@GROUPINGS
@PUBLISHED
@click.option(
    "--proof", help="A file for the tables that show it to be safe: attack is quick with it. Keep it as the data."
)
@OUT
@told_in_a_line
def disclose(
    table_file: Path,
    rule_file: Path,
    count: str,
    groupings: Path | None,
    published: list[tuple[Path, int | None]],
    proof: str | None,
    out: str,
) -> None:
    """What of TABLE may be published, with every margin that the rule names.

    A row for each cell; rows of the same cell are added up, and a cell without a row is zero. What was published
    before of the same people is given as --published, so that nothing follows from both together.
    """
    import polars as pl

    from kvarter.effect.disclosure import protect
    from kvarter.effect.suppression import Rule

    table = _table(table_file, count, groupings)
    found = protect(table, Rule.from_toml(rule_file), _published(published, table))
    if proof:
        kept = (table.figures, *found.tables)  # the true one agrees too, and is there where no other is needed
        write_table(pl.DataFrame({f"table {number}": one for number, one in enumerate(kept)}), proof)
    write_table(pl.DataFrame(found.rows(), infer_schema_length=None), out)


@effect.command()
@TABLE
@RULE
@COUNT
@GROUPINGS
@PUBLISHED
@click.option("--proof", type=FILE, help="What disclose --proof kept when the last of them was made.")
@OUT
@click.pass_context
@told_in_a_line
def attack(
    context: click.Context,
    table_file: Path,
    rule_file: Path,
    count: str,
    groupings: Path | None,
    published: list[tuple[Path, int | None]],
    proof: Path | None,
    out: str,
) -> None:
    """What somebody who reads everything published of TABLE can work out, closer than the rule allows.

    A row for each cell that he pins between low and high, and how. Ends with code 1 where there is one. The output is
    for your own eyes.
    """
    from dataclasses import asdict, replace

    import polars as pl

    from kvarter.effect.disclosure import breaches
    from kvarter.effect.suppression import Rule

    table = _table(table_file, count, groupings)
    read = _published(published, table)
    if read and proof:
        read[-1] = replace(read[-1], tables=_proof(proof))
    found = breaches(read, table, Rule.from_toml(rule_file))
    columns = {"cell": pl.String, "low": pl.Float64, "high": pl.Float64, "how": pl.String}
    write_table(pl.DataFrame([asdict(one) for one in found], schema=columns), out)
    context.exit(1 if found else 0)
