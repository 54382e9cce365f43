"""Small tables for the tests of disclosure control."""

from __future__ import annotations

import numpy as np

from kvarter.effect.disclosure import (
    Protected,
    Table,
)


def table(counts: object, **more: object) -> Table:
    """A table with dimensions a, b, c and levels 0, 1, 2 ..."""
    array = np.array(counts, dtype=np.int64)
    levels = tuple(tuple(str(level) for level in range(size)) for size in array.shape)
    return Table(tuple("abc"[: array.ndim]), levels, array, **more)  # type: ignore[arg-type]


def shown(publication: Protected) -> dict[tuple[tuple[str, ...], tuple[str, ...]], float | None]:
    return {(cell.margin, cell.key): cell.value for cell in publication.cells}


def statuses(publication: Protected) -> dict[tuple[str, ...], str]:
    return {cell.key: cell.status for cell in publication.cells}
