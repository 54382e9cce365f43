"""The inner loops, compiled: one look at each answer."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]


@numba.njit(cache=True, nogil=True)
def number_pairs(left: Array, right: Array, table: Array, count: int, out: Array) -> int:
    """Number each row's pair by the table, giving new pairs the next numbers in it; -1 where a part is -1.

    Gives how many pairs are numbered. The table has a row for each left and a column for each right.
    """
    for row in range(len(left)):
        a, b = left[row], right[row]
        if a < 0 or b < 0:
            out[row] = -1
            continue
        number = table[a, b]
        if number < 0:
            number = count
            table[a, b] = number
            count += 1
        out[row] = number
    return count


@numba.njit(cache=True, nogil=True)
def note_seen(values: Array, low: int, seen: Array) -> None:
    """Mark which values occur, in a table that begins at `low`."""
    for row in range(len(values)):
        seen[values[row] - low] = True


@numba.njit(cache=True, nogil=True)
def look_up(values: Array, low: int, table: Array, out: Array) -> bool:
    """Each value's number by a table that begins at `low`; whether every value has one."""
    whole = True
    for row in range(len(values)):
        number = table[values[row] - low]
        out[row] = number
        whole = whole and number >= 0
    return whole


@numba.njit(cache=True, nogil=True)
def add_answers(cell: Array, weights: Floats, codes: Array, low: int, table: Array, missing: int, sums: Floats) -> None:
    """Add an item's answers to its sums by cell and category: how many, their weights, their squared weights.

    A row without weight is no answer, and counts in none of them. codes: an answer's number for each row; `table`
    gives its category from `low` on, a code below `low` is missing and counted in the place `missing`. cell: -1 leaves
    the row out. sums: (cells, categories, 3), changed in place.
    """
    for row in range(len(cell)):
        c = cell[row]
        if c < 0:
            continue
        code = codes[row] - low
        place = table[code] if code >= 0 else missing
        weight = weights[row]
        if weight > 0:
            sums[c, place, 0] += 1.0
        sums[c, place, 1] += weight
        sums[c, place, 2] += weight * weight


@numba.njit(cache=True, nogil=True)
def add_moments(cell: Array, weights: Floats, values: Floats, shift: Floats, n: Floats, w: Floats, q: Floats) -> None:
    """Add the products of columns seen together to their sums by cell; a row with a missing value is left out.

    values: shape (rows, p). w, q: the products of (1, values - shift) times the weight and the squared weight,
    shape (cells, p + 1, p + 1), changed in place, upper triangle alone.
    """
    width = values.shape[1] + 1
    one = np.ones(width)
    for row in range(len(cell)):
        c = cell[row]
        whole = c >= 0
        for j in range(width - 1):
            one[j + 1] = values[row, j] - shift[j]
            whole = whole and not np.isnan(one[j + 1])
        if not whole:
            continue
        weight = weights[row]
        if weight > 0:
            n[c] += 1.0
        for i in range(width):
            for j in range(i, width):
                product = weight * one[i] * one[j]
                w[c, i, j] += product
                q[c, i, j] += weight * product


@numba.njit(cache=True, nogil=True)
def add_replicates(group: Array, unit: Array, weights: Floats, codes: Array, factors: Floats, sums: Floats) -> None:
    """Add each row's weight in each replicate to its answers' sums.

    codes: an item's answer in each row, shape (items, rows). factors: by unit, (units, replicates). sums: shape
    (items, groups, categories, replicates), changed in place. Rows sorted by group keep the sums near.
    """
    many = factors.shape[1]
    mine = np.empty(many)
    for row in range(len(group)):
        weight = weights[row]
        for r in range(many):
            mine[r] = weight * factors[unit[row], r]
        for item in range(codes.shape[0]):
            into = sums[item, group[row], codes[item, row]]
            for r in range(many):
                into[r] += mine[r]


@numba.njit(cache=True, nogil=True)
def lay_out(sums: Floats, order: Array, places: Array, factor: Floats, out: Floats) -> None:
    """Sums by cell and category in their final order: out[0] how many, out[1] weights, out[2] squared weights.

    sums: (cells, categories, 3). order, places: which cell and category comes where. factor: what the weights of
    each cell, in its new place, are multiplied by. out: (3, cells, categories).
    """
    for c in range(len(order)):
        if order[c] >= sums.shape[0]:
            continue
        for k in range(len(places)):
            cell = sums[order[c], places[k]]
            out[0, c, k] = cell[0]
            out[1, c, k] = cell[1] * factor[c]
            out[2, c, k] = cell[2] * factor[c] * factor[c]
