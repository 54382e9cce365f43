"""A file of SPSS or Stata as JSON on standard output, for the process that asked: `python foreign.py FILE`.

pyreadstat reads them in C. A damaged file may end the process or ask for all memory, so it is read here, within limits.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyreadstat

MOST_MEMORY = 2 << 30
MOST_CELLS = 5_000_000


def main(path: Path) -> int:
    """Read the file and print it. 1 where it cannot be read."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    read = pyreadstat.read_dta if path.suffix == ".dta" else pyreadstat.read_sav
    try:
        _none, told = read(str(path), metadataonly=True)
        if (told.number_rows or 0) * len(told.column_names) > MOST_CELLS:
            return 1
        columns, meta = read(str(path), output_format="dict")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, MemoryError, ValueError, OSError):
        return 1
    names = list(meta.column_names)
    rows = list(zip(*([_text(value) for value in columns[name]] for name in names), strict=True))
    labels = {name: label for name, label in meta.column_names_to_labels.items() if label}
    values = {
        name: {_text(code): str(label) for code, label in codes.items()}
        for name, codes in meta.variable_value_labels.items()
    }
    json.dump({"columns": names, "rows": rows, "labels": labels, "values": values}, sys.stdout, ensure_ascii=True)
    return 0


def _text(value: Any) -> str:
    """A value as text: nothing for a missing one, a whole number without decimals, a day as ISO has it."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if not any((value.hour, value.minute, value.second)) else value.isoformat()
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
