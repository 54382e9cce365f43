"""Queries that are written once and asked again with other values.

Most of what a small query costs is that Django writes it anew each time. Where one is asked at every step of thousands
who answer, it is written the first time and only run after that. What comes back is what the query set gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)


class Prepared(Generic[M]):
    """A query for one row. rows: the query set that asks by some values, each as it is and in their order."""

    def __init__(self, rows: Callable[..., QuerySet[M]]) -> None:
        self.rows = rows
        self.written: dict[int, Written[M]] = {}

    def one(self, *values: int | str) -> M | None:
        """The only row there is for these values (one SQL query); None without any."""
        if (written := self.written.get(len(values))) is None:
            written = self.written[len(values)] = Written(self.rows(*values), values)
        return written.one(values)


class Written(Generic[M]):
    """A query in SQL, and how its row becomes an object. Raises ValueError where values do not stand as they are."""

    def __init__(self, rows: QuerySet[M], values: tuple[Any, ...]) -> None:
        self.alias = rows.db
        compiler = rows.order_by().query.get_compiler(using=self.alias)
        self.sql, asked = compiler.as_sql()
        if tuple(asked) != values:
            raise ValueError(f"{values} are written as {asked}: {self.sql}")
        columns, told = compiler.select or [], compiler.klass_info or {}
        self.converters = list(compiler.get_converters([column for column, *_more in columns]).items())
        self.model: type[M] = told["model"]
        self.own = slice(told["select_fields"][0], told["select_fields"][-1] + 1)
        self.names = [column.target.attname for column, *_more in columns[self.own]]
        # The types at hand are those of Django 6, which is told one thing more.
        self.populators = get_related_populators(told, columns, self.alias)  # type: ignore[call-arg]

    def one(self, values: tuple[Any, ...]) -> M | None:
        """The only row there is for these values; None without any."""
        connection = connections[self.alias]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for at, (converters, column) in self.converters:
            for convert in converters:
                row[at] = convert(row[at], column, connection)
        made = self.model.from_db(self.alias, self.names, row[self.own])
        for populator in self.populators:
            populator.populate(row, made)
        return made
