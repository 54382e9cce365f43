"""The inner loops, compiled: one look at each answer."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]
# The whole number that stands for a missing answer, and the one furthest from it.
EMPTY, LARGEST = -(2**63), 2**63 - 1


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
def number_by_hash(left: Array, right: Array, keys: Array, numbers: Array, count: int, out: Array) -> int:
    """As `number_pairs`, where a table of all pairs would be too wide.

    keys: left << 32 | right, or -1 where a slot is free; as many as a power of two, more than there will be pairs.
    numbers: those of the keys. Both are changed in place. A taken slot sends the pair on to the next one.
    """
    slots = np.uint64(len(keys) - 1)
    for row in range(len(left)):
        if left[row] < 0 or right[row] < 0:
            out[row] = -1
            continue
        key = (np.int64(left[row]) << 32) | np.int64(right[row])
        # Knuth's multiplicative hashing: the high half of the product is well mixed.
        slot = ((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)) & slots
        while keys[slot] != key and keys[slot] >= 0:
            slot = (slot + np.uint64(1)) & slots
        if keys[slot] < 0:
            keys[slot], numbers[slot] = key, count
            count += 1
        out[row] = numbers[slot]
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
def add_rows(index: Array, values: Floats, out: Floats) -> None:
    """Add each row of values to the row of `out` that its index names."""
    for row in range(len(index)):
        into = out[index[row]]
        for k in range(values.shape[1]):
            into[k] += values[row, k]


@numba.njit(cache=True, nogil=True)
def add_spread(
    index: Array, sums: Floats, squares: Floats, n: Floats, times: Floats, alone: Floats, group: Array, out: Floats
) -> None:
    """Add what each stratum's units vary by to its group's row of `out`: see `units.spread`.

    index: each row's stratum and group, of which n, times, alone and group tell how many units were sampled, what
    the squares about the mean and those about zero are multiplied by, and the row of `out`. squares: of the single
    units within each row; with none, each row is one unit, and those without a row are 0.
    """
    strata, k = len(n), sums.shape[1]
    mean, centred, units = np.zeros((strata, k)), np.zeros((strata, k)), np.zeros(strata)
    for row in range(len(index)):
        units[index[row]] += 1
        into = mean[index[row]]
        for j in range(k):
            into[j] += sums[row, j] / n[index[row]]
    for row in range(len(index)):
        into, middle = centred[index[row]], mean[index[row]]
        for j in range(k):
            if len(squares):
                into[j] += squares[row, j]
            else:  # about the mean, unit by unit, against loss of digits
                into[j] += (sums[row, j] - middle[j]) ** 2
    for h in range(strata):
        into = out[group[h]]
        for j in range(k):
            at_mean = n[h] * mean[h, j] ** 2
            if len(squares):
                zero, about = max(centred[h, j], 0.0), max(centred[h, j] - at_mean, 0.0)
            else:
                about = centred[h, j] + (n[h] - units[h]) * mean[h, j] ** 2
                zero = about + at_mean
            into[j] += times[h] * about + alone[h] * zero


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
def find_ranges(answers: Array) -> tuple[Array, Array, Array]:
    """Each item's lowest and highest answer, and how many are EMPTY. answers: shape (items, rows)."""
    items, rows = answers.shape
    low, high = np.empty(items, np.int64), np.empty(items, np.int64)
    empty = np.zeros(items, np.int64)
    for item in range(items):
        least, most, holes = np.int64(LARGEST), np.int64(EMPTY), 0
        for row in range(rows):
            answer = np.int64(answers[item, row])
            if answer == EMPTY:
                holes += 1
            else:
                least, most = min(least, answer), max(most, answer)
        low[item], high[item], empty[item] = least, most, holes
    return low, high, empty


@numba.njit(cache=True, nogil=True)
def add_sheet(cell: Array, weights: Floats, answers: Array, low: Array, seen: Array, sums: Floats) -> None:
    """Add many items' answers to their sums, as `add_answers` does for one.

    answers: shape (items, rows), each counted from the item's `low` on; EMPTY is missing. seen: which answers occur,
    shape (items, places). sums: (items, cells, places, 3), the last place for missing. Both are changed in place.
    """
    rows, places = len(cell), sums.shape[2]
    start = np.empty(rows, np.int64)
    for row in range(rows):
        start[row] = cell[row] * places
    for item in range(answers.shape[0]):
        flat, first, mine = sums[item].reshape(-1), low[item], seen[item]
        for row in range(rows):
            answer = np.int64(answers[item, row])
            place = np.uint64(places - 1 if answer == EMPTY else answer - first)
            mine[place] = True
            if start[row] < 0:
                continue
            at = np.uint64(3) * (np.uint64(start[row]) + place)
            weight = weights[row]
            flat[at] += weight > 0
            flat[at + np.uint64(1)] += weight
            flat[at + np.uint64(2)] += weight * weight


@numba.njit(cache=True, nogil=True)
def note_given(given: Floats, leaf: Array, known: Floats) -> int:
    """Note what each leaf is given, where nothing (0) is known yet. The first row that contradicts it, or -1."""
    for row in range(len(given)):
        if known[leaf[row]] == 0:
            known[leaf[row]] = given[row]
        elif known[leaf[row]] != given[row]:
            return row
    return -1


@numba.njit(cache=True, nogil=True)
def lay_out(sums: Floats, items: Array, order: Array, places: Array, factor: Floats, out: Floats) -> None:
    """Items' sums in their final order: out[0] how many, out[1] weights, out[2] squared weights.

    sums: (items, cells, categories, 3). items, order: which item and which cell comes where; a cell beyond the sums
    is empty. places: which category comes where, by item. factor: what the weights of each cell, in its new place,
    are multiplied by. out: (3, items, cells, categories).
    """
    for i in range(len(items)):
        mine, place = sums[items[i]], places[i]
        n, w, q = out[0, i], out[1, i], out[2, i]
        for c in range(len(order)):
            if order[c] >= len(mine):
                n[c], w[c], q[c] = 0.0, 0.0, 0.0
                continue
            cell, times = mine[order[c]], factor[c]
            for k in range(len(place)):
                n[c, k] = cell[place[k], 0]
                w[c, k] = cell[place[k], 1] * times
                q[c, k] = cell[place[k], 2] * times * times


@numba.njit(cache=True, nogil=True)
def _first_scores(weights: Floats, score: Floats, group: Array, many: int) -> Floats:
    """An answer of each group, taken off before they are summed: where all are alike, the mean is it to the digit."""
    found, known = np.zeros(many), np.zeros(many, np.bool_)
    for c in range(len(group)):
        for level in range(len(score) - 1):
            if not known[group[c]] and weights[c, level] > 0:
                found[group[c]], known[group[c]] = score[level], True
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def linear_means(
    n: Floats, w: Floats, q: Floats, items: Array, scores: Floats, group: Array, many: int
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Items' means by group, what their categories are worth being `scores`, (items, categories).

    n, w, q: as in `Answers`; without cells in q, squares are not made. Gives mean, answers, weight and the weighted
    mean square about the mean, each (groups, items); and the linearised sums and squares, (cells, items).
    """
    cells, k, levels = len(group), len(items), n.shape[2] - 1
    mean, count, over, around = np.zeros((4, many, k))
    sums, squares = np.zeros((cells, k)), np.zeros((cells if q.shape[1] else 0, k))
    for i in range(k):
        my_n, my_w, my_q, score = n[items[i]], w[items[i]], q[items[i]], scores[i]
        base = _first_scores(my_w, score, group, many)
        for c in range(cells):
            g, weight, total, answered = group[c], 0.0, 0.0, 0.0
            for level in range(levels):
                weight += my_w[c, level]
                total += my_w[c, level] * (score[level] - base[g])
                answered += my_n[c, level]
            over[g, i] += weight
            mean[g, i] += total
            count[g, i] += answered
        for g in range(many):
            mean[g, i] = mean[g, i] / over[g, i] + base[g]
        for c in range(cells):
            g = group[c]
            if over[g, i] == 0:
                continue
            middle, total, about, square = mean[g, i], 0.0, 0.0, 0.0
            for level in range(levels):
                away = score[level] - middle
                total += my_w[c, level] * away
                about += my_w[c, level] * away * away
                if len(squares):
                    square += my_q[c, level] * away * away
            sums[c, i] = total / over[g, i]
            around[g, i] += about / over[g, i]
            if len(squares):
                squares[c, i] = square / over[g, i] ** 2
    return mean, count, over, around, sums, squares


@numba.njit(cache=True, nogil=True, error_model="numpy")
def linear_shares(
    n: Floats, w: Floats, q: Floats, items: Array, group: Array, many: int
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Each category's share of an item's answers by group; see `linear_means`.

    Gives share, answers and weight, each (groups, items, categories); and the linearised sums and squares, (cells,
    items, categories).
    """
    cells, k, levels = len(group), len(items), n.shape[2] - 1
    share, count, over = np.zeros((3, many, k, levels))
    sums, squares = np.zeros((cells, k, levels)), np.zeros((cells if q.shape[1] else 0, k, levels))
    for i in range(k):
        my_w, my_q = w[items[i]], q[items[i]]
        _add_shares(n[items[i]], my_w, group, share[:, i], count[:, i], over[:, i])
        for c in range(cells):
            g = group[c]
            base = over[g, i, 0] if levels else 0.0
            if base == 0:
                continue
            p, weight, square, part = share[g, i], 0.0, 0.0, 1 / base
            for level in range(levels):
                weight += my_w[c, level]
                if len(squares):
                    square += my_q[c, level]
            for level in range(levels):
                sums[c, i, level] = (my_w[c, level] - p[level] * weight) * part
                if len(squares):
                    squares[c, i, level] = (my_q[c, level] * (1 - 2 * p[level]) + p[level] ** 2 * square) * part**2
    return share, count, over, sums, squares


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _add_shares(n: Floats, w: Floats, group: Array, share: Floats, count: Floats, over: Floats) -> None:
    """One item's shares, answers and weights, into arrays of (groups, categories)."""
    levels = share.shape[1]
    for c in range(len(group)):
        g, weight, answered = group[c], 0.0, 0.0
        for level in range(levels):
            share[g, level] += w[c, level]
            weight += w[c, level]
            answered += n[c, level]
        for level in range(levels):
            over[g, level] += weight
            count[g, level] += answered
    for g in range(len(share)):
        for level in range(levels):
            share[g, level] /= over[g, level]
