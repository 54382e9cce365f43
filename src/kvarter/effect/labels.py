"""What SPSS and Stata files call their columns and values, beside the codes that they store."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from kvarter.effect.errors import BadData
from kvarter.effect.reading import STATISTICS


@dataclass(frozen=True)
class Labels:
    """columns: what each column is called, as the words of a question. values: by column, what each code means."""

    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[Any, str]] = field(default_factory=dict)

    def of(self, column: str, code: Any) -> str | None:
        """What a code of a column means, however the code is written: 1, 1.0 and "1" are one."""
        return self.values.get(column, {}).get(_plain(code))


def read_labels(data: Any) -> Labels:
    """The labels of a .sav or .dta file; none for anything else."""
    path = Path(data) if isinstance(data, str | Path) else None
    if path is None or path.suffix.lower() not in STATISTICS or not path.is_file():
        return Labels()
    _none, meta = STATISTICS[path.suffix.lower()](str(path), metadataonly=True)
    values = {
        name: {_plain(code): str(label) for code, label in labels.items()}
        for name, labels in meta.variable_value_labels.items()
    }
    return Labels({name: label for name, label in meta.column_names_to_labels.items() if label}, values)


def with_labels(table: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """A table of estimates and, last, what its items, categories and groups are called: item_label, category_label,
    and GROUP_label for each grouping column whose codes have labels. Empty where there is no label.

    Raises BadData where the table has a column of such a name.
    """
    groups = [name for name in table.columns if name in labels.values and name not in {"item", "category"}]
    rows = table.select("item", "category", *groups).to_dicts()
    found = {
        "item_label": [labels.columns.get(row["item"]) for row in rows],
        "category_label": [labels.of(row["item"], row["category"]) for row in rows],
        **{f"{name}_label": [labels.of(name, row[name]) for row in rows] for name in groups},
    }
    for name in found:
        if name in table.columns:
            raise BadData(f"The table has a column {name} already. Rename it in the data, or leave the labels out.")
    return table.with_columns(pl.Series(name, column, pl.String) for name, column in found.items())


def _plain(code: Any) -> Any:
    try:
        return float(code)
    except (TypeError, ValueError):
        return code
