"""The inner loops, compiled: one look at each answer."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]


@numba.njit(cache=True, nogil=True)
def sort_by_cell(cell: Array, cells: int) -> tuple[Array, Array]:
    """Where each cell's rows begin among the sorted (length cells + 1), and the rows sorted by cell; -1 is left out."""
    starts = np.zeros(cells + 1, np.int64)
    for row in range(len(cell)):
        if cell[row] >= 0:
            starts[cell[row] + 1] += 1
    for c in range(cells):
        starts[c + 1] += starts[c]
    free = starts[:-1].copy()
    order = np.empty(starts[cells], np.int32)
    for row in range(len(cell)):
        c = cell[row]
        if c >= 0:
            order[free[c]] = row
            free[c] += 1
    return starts, order


@numba.njit(cache=True, nogil=True)
def add_answers(
    starts: Array, order: Array, weights: Floats, codes: Array, missing: int, n: Floats, w: Floats, q: Floats
) -> None:
    """Add an item's answers to its sums by cell and category: how many, their weights, their squared weights.

    codes: an answer's category for each row, negative where it is missing; `missing` is the place kept for those.
    n, w, q: shape (cells, categories), changed in place.
    """
    for c in range(len(starts) - 1):
        for place in range(starts[c], starts[c + 1]):
            row = order[place]
            code = codes[row]
            if code < 0:
                code = missing
            weight = weights[row]
            n[c, code] += 1.0
            w[c, code] += weight
            q[c, code] += weight * weight


@numba.njit(cache=True, nogil=True)
def add_moments(
    starts: Array, order: Array, weights: Floats, values: Floats, shift: Floats, n: Floats, w: Floats, q: Floats
) -> None:
    """Add the products of columns seen together to their sums by cell; a row with a missing value is left out.

    values: shape (rows, p). w, q: the products of (1, values - shift) times the weight and the squared weight,
    shape (cells, p + 1, p + 1), changed in place, upper triangle alone.
    """
    width = values.shape[1] + 1
    one = np.ones(width)
    for c in range(len(starts) - 1):
        for place in range(starts[c], starts[c + 1]):
            row = order[place]
            whole = True
            for j in range(width - 1):
                one[j + 1] = values[row, j] - shift[j]
                whole = whole and not np.isnan(one[j + 1])
            if not whole:
                continue
            weight = weights[row]
            n[c] += 1.0
            for i in range(width):
                for j in range(i, width):
                    product = weight * one[i] * one[j]
                    w[c, i, j] += product
                    q[c, i, j] += weight * product
