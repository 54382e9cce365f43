"""JSON-stat version 1, as StatBank delivers it under "dataset" when asked for "jsonstat"."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from kvarter.evidence.importers.extract import Floats, Status, Texts
from kvarter.evidence.importers.statbank.cells import FLAGS, MARKS, Cells, Dimension, Value, figure_of
from kvarter.evidence.importers.statbank.texts import json_object
from kvarter.tables.limits import MOST_CELLS, BadFile


def read_jsonstat(raw: bytes, file: str) -> Cells:
    """The figures of an answer, one cell for every combination of values, in the order of its variables.

    Raises BadFile for anything that is not a whole dataset of version 1.
    """
    told = json_object(raw, file)
    if told.get("class") == "dataset" or "version" in told:
        raise BadFile(
            _("%(file)s er JSON-stat version 2. Hent det igen i formatet “jsonstat”, som er version 1.")
            % {"file": file}
        )
    dataset = _object(told, "dataset", file)
    around = _object(dataset, "dimension", file)
    names, sizes = _shape(around, file)
    roles = _roles(around.get("role"))
    dimensions = tuple(
        _dimension(name, size, around, roles.get(name, ""), file) for name, size in zip(names, sizes, strict=True)
    )
    many = math.prod(sizes)
    amounts, statuses, unknown = _figures(dataset, many, file)
    places = np.indices(sizes).reshape(len(sizes), many).T if sizes else np.zeros((1, 0), dtype=np.int64)
    return Cells(
        dimensions,
        np.ascontiguousarray(places, dtype=np.int64),
        amounts,
        statuses,
        np.arange(1, many + 1),
        str(dataset.get("label") or ""),
        _unit(around, roles),
        unknown,
    )


def _shape(around: dict[str, Any], file: str) -> tuple[list[str], list[int]]:
    """The variables' codes and how many values each has. Raises BadFile."""
    names, sizes = around.get("id"), around.get("size")
    if not isinstance(names, list) or not isinstance(sizes, list) or len(names) != len(sizes):
        raise _broken(file, "dimension.id")
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise _broken(file, "dimension.id")
    if not all(type(size) is int and size > 0 for size in sizes):
        raise _broken(file, "dimension.size")
    if math.prod(sizes) > MOST_CELLS or len(sizes) > 30:
        raise BadFile(
            _("%(file)s siges at have over %(n)s tal. Hent færre ad gangen.") % {"file": file, "n": MOST_CELLS}
        )
    return names, sizes


def _roles(told: Any) -> dict[str, str]:
    """Which variable is what."""
    if not isinstance(told, dict):
        return {}
    lists = {role: names for role, names in told.items() if role in {"time", "metric"} and isinstance(names, list)}
    return {name: role for role, names in lists.items() for name in names if isinstance(name, str)}


def _dimension(name: str, size: int, around: dict[str, Any], role: str, file: str) -> Dimension:
    """One variable with its values in the order of the figures. Raises BadFile."""
    told = _object(around, name, file)
    category = _object(told, "category", file)
    labels = category.get("label", {})
    if not isinstance(labels, dict):
        raise _broken(file, f"{name}.category.label")
    codes = _in_order(category.get("index", list(labels)), size)
    if codes is None:
        raise _broken(file, f"{name}.category.index")
    values = tuple(Value(code, str(labels.get(code) or code)) for code in codes)
    return Dimension(name, str(told.get("label") or name), values, role)


def _in_order(index: Any, size: int) -> list[str] | None:
    """The codes in order, from a list, or from an object of code to place; None if it is neither, or has gaps."""
    if isinstance(index, dict):
        if not all(type(place) is int for place in index.values()) or sorted(index.values()) != list(range(len(index))):
            return None
        index = sorted(index, key=index.__getitem__)
    if not isinstance(index, list) or len(index) != size:
        return None
    if not all(isinstance(code, str) for code in index) or len(set(index)) < size:
        return None
    return index


def _figures(dataset: dict[str, Any], many: int, file: str) -> tuple[Floats, Texts, tuple[str, ...]]:
    """Amounts, statuses, and the signs we do not know. Raises BadFile naming the first that is no figure."""
    amounts = np.full(many, np.nan)
    statuses = np.full(many, Status.MISSING.value, dtype="<U2")
    unknown: set[str] = set()
    flags = _by_place(dataset.get("status"), many, file, "status", whole=False)
    for place, told in _by_place(dataset.get("value"), many, file, "value", whole=True).items():
        read = _figure(told)
        if read is None:
            raise BadFile(
                _("%(file)s: tal nummer %(n)s er “%(told)s”, som ikke er et tal. Hent det igen.")
                % {"file": file, "n": place + 1, "told": str(told)[:40]}
            )
        amounts[place], statuses[place] = read
    for place, told in flags.items():
        sign = "" if told is None else str(told).strip()
        if math.isnan(amounts[place]):
            statuses[place] = MARKS.get(sign, Status.MISSING).value
        elif sign.lower() in FLAGS:
            statuses[place] = FLAGS[sign.lower()].value if sign else statuses[place]
        else:
            unknown.add(sign[:20])
    return amounts, statuses, tuple(sorted(unknown))


def _by_place(told: Any, many: int, file: str, key: str, *, whole: bool) -> dict[int, Any]:
    """What is told of each place: from a list of all, an object of some, or one text for all. Raises BadFile."""
    if told is None and not whole:
        return {}
    if isinstance(told, str) and not whole:
        return dict.fromkeys(range(many), told)
    if isinstance(told, list) and len(told) == many:
        return dict(enumerate(told))
    if isinstance(told, dict):
        found = {
            int(place): one for place, one in told.items() if place.isascii() and place.isdigit() and len(place) < 12
        }
        if len(found) == len(told) and all(place < many for place in found):
            return found
    raise _broken(file, key)


def _figure(told: Any) -> tuple[float, Status] | None:
    """One figure; None if it is none."""
    if told is None:
        return math.nan, Status.MISSING
    if isinstance(told, str):
        return figure_of(told)
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    try:
        amount = float(told)
    except OverflowError:
        return None
    return (amount, Status.NORMAL) if math.isfinite(amount) else None


def _unit(around: dict[str, Any], roles: dict[str, str]) -> str:
    """The unit of the figures, where the producer gives one for all."""
    for name in (name for name, role in roles.items() if role == "metric"):
        category = around.get(name, {}).get("category", {}) if isinstance(around.get(name), dict) else {}
        units = category.get("unit") if isinstance(category, dict) else None
        bases = (
            {str(one.get("base") or "") for one in units.values() if isinstance(one, dict)}
            if isinstance(units, dict)
            else set()
        )
        if len(bases) == 1:
            return bases.pop()
    return ""


def _object(told: dict[str, Any], key: str, file: str) -> dict[str, Any]:
    """An object that must be there. Raises BadFile."""
    found = told.get(key)
    if not isinstance(found, dict):
        raise _broken(file, key)
    return found


def _broken(file: str, where: str) -> BadFile:
    """The error for a dataset that does not hang together."""
    return BadFile(
        _(
            "%(file)s: “%(where)s” mangler eller passer ikke med resten. Det er ikke en hel JSON-stat-fil. "
            "Hent den igen."
        )
        % {"file": file, "where": where}
    )
