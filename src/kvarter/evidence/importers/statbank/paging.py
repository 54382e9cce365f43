"""What is asked of a table: which values of which variables, how many figures that is, and pages under the limit."""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from kvarter.evidence.importers.statbank.errors import TooMany, UnknownCode, nearest
from kvarter.evidence.importers.statbank.tableinfo import TableInfo, Variable

# Of one request, as Statistics Denmark tells.
LIMIT = 1_000_000

Selection = dict[str, tuple[str, ...]]

_LATEST = re.compile(r"\((?:-n\+)?(\d{1,4})\)")


def select(about: TableInfo, asked: Mapping[str, Sequence[str]]) -> Selection:
    """What is asked for, with every value spelled out.

    asked: values of each variable; `*` and `?` stand for any letters, and of the time (1) is the latest and (-n+8) the
    eight latest. Variables keep the spelling they are asked for in; what is left out stays out.
    Raises UnknownCode naming the nearest codes, or the variable that may not be left out.
    """
    selection: Selection = {}
    for code, values in asked.items():
        variable = about.variable(code)
        if code.upper() in {known.upper() for known in selection}:
            raise UnknownCode(_("Variablen %(code)s er valgt to gange.") % {"code": code})
        selection[code] = _values(about, variable, values)
    chosen = {code.upper() for code in selection}
    needed = [one for one in about.variables if not (one.elimination or one.is_time or one.code.upper() in chosen)]
    if needed:
        raise UnknownCode(
            _("Tabel %(table)s kræver, at der vælges værdier af %(names)s.")
            % {"table": about.table, "names": ", ".join(f"{one.code} ({one.label})" for one in needed)}
        )
    return selection


def count(selection: Selection) -> int:
    """How many figures a selection is; what is left out is one total, and one time."""
    return math.prod(len(values) for values in selection.values())


def pages(about: TableInfo, selection: Selection, limit: int = LIMIT, most: int = 50) -> list[Selection]:
    """The selection in parts that are each under the limit: parted by time first, then by the longest variable.

    Raises TooMany where it takes more than `most` requests.
    """
    needed = math.ceil(count(selection) / limit)
    parts: list[Selection] = []
    if needed <= most:
        for part in _parted(about, selection, limit):
            parts.append(part)
            if len(parts) > most:
                break
    if needed > most or len(parts) > most:
        raise TooMany(
            _("Valget er på %(n)s tal. Det tager over %(most)s forespørgsler. Vælg færre værdier.")
            % {"n": count(selection), "most": most}
        )
    return parts


def _parted(about: TableInfo, selection: Selection, limit: int) -> Iterator[Selection]:
    """The parts, in the order of the values."""
    total = count(selection)
    if total <= limit:
        yield selection
        return
    longest = max(selection, key=lambda code: len(selection[code]))
    time = next((code for code in selection if about.variable(code).is_time), longest)
    code = time if len(selection[time]) > 1 else longest
    values = selection[code]
    step = max(1, limit // (total // len(values)))
    for start in range(0, len(values), step):
        yield from _parted(about, {**selection, code: values[start : start + step]}, limit)


def _values(about: TableInfo, variable: Variable, asked: Sequence[str]) -> tuple[str, ...]:
    """The codes that are asked for, each once. Raises UnknownCode."""
    codes = variable.codes()
    found: dict[str, None] = {}
    for one in asked:
        latest = _LATEST.fullmatch(one) if variable.is_time else None
        if latest and int(latest[1]) > 0:
            many = int(latest[1])
            matching = codes[-many:] if "n" in one else codes[-many : len(codes) - many + 1]
        elif "*" in one or "?" in one:
            matching = tuple(code for code in codes if fnmatch.fnmatchcase(code, one.replace("[", "[[]")))
        else:
            matching = (one,) if one in codes else ()
        if not matching:
            raise UnknownCode(
                _("Variablen %(variable)s i tabel %(table)s har ingen værdi “%(code)s”. Nærmest er: %(nearest)s.")
                % {"variable": variable.code, "table": about.table, "code": one, "nearest": nearest(one, codes)}
            )
        found |= dict.fromkeys(matching)
    if not found:
        raise UnknownCode(_("Der er ikke valgt værdier af %(code)s.") % {"code": variable.code})
    return tuple(found)
