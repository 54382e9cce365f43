"""Rows that nobody may change, not even by a bare UPDATE: triggers, in SQLite's words and in PostgreSQL's.

A room states its locks as data and puts `LockRows(...)` in a migration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation


@dataclass(frozen=True)
class Lock:
    """A refusal: `event` (INSERT, UPDATE or DELETE) on `table` when the SQL condition holds.

    The condition may name the row as OLD or NEW, as both databases do.
    """

    table: str
    event: str
    when: str = "1 = 1"

    @property
    def name(self) -> str:
        return f"{self.table}_no_{self.event.lower()}"

    @property
    def message(self) -> str:
        return f"{self.table}: {self.event} refused, the row is locked for ever"

    def create(self, vendor: str) -> list[str]:
        """The statements that set the lock."""
        if vendor == "postgresql":
            given = "OLD" if self.event == "DELETE" else "NEW"
            body = f"BEGIN IF {self.when} THEN RAISE EXCEPTION '{self.message}'; END IF; RETURN {given}; END"
            return [
                f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            ]
        return [
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW WHEN {self.when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        ]

    def drop(self, vendor: str) -> list[str]:
        """The statements that lift the lock."""
        if vendor == "postgresql":
            return [f"DROP TRIGGER IF EXISTS {self.name} ON {self.table}", f"DROP FUNCTION IF EXISTS {self.name}()"]
        return [f"DROP TRIGGER IF EXISTS {self.name}"]


def never_changed(table: str) -> tuple[Lock, Lock]:
    """A table that only grows."""
    return Lock(table, "UPDATE"), Lock(table, "DELETE")


class LockRows(Operation):
    """Set locks in a migration. No change of Django's state, reversible."""

    reversible = True

    def __init__(self, *locks: Lock) -> None:
        self.locks = locks

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return self.__class__.__name__, self.locks, {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *_states: Any) -> None:
        self._run(app_label, schema_editor, [lock.create(schema_editor.connection.vendor) for lock in self.locks])

    def database_backwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *_states: Any) -> None:
        self._run(app_label, schema_editor, [lock.drop(schema_editor.connection.vendor) for lock in self.locks])

    def _run(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, statements: list[list[str]]) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            for statement in (one for some in statements for one in some):
                schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Lock rows of " + ", ".join(sorted({lock.table for lock in self.locks}))


class ChangeLocks(LockRows):
    """Let locks hold on other terms, in a migration: each as it was and as it is from now on."""

    def __init__(self, *changed: tuple[Lock, Lock]) -> None:
        super().__init__(*(after for _before, after in changed))
        self.changed = changed

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        return self.__class__.__name__, self.changed, {}

    def database_forwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *_states: Any) -> None:
        self._change(app_label, schema_editor, self.changed)

    def database_backwards(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *_states: Any) -> None:
        self._change(app_label, schema_editor, tuple((after, before) for before, after in self.changed))

    def _change(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, changed: tuple[tuple[Lock, Lock], ...]
    ) -> None:
        vendor = schema_editor.connection.vendor
        self._run(app_label, schema_editor, [old.drop(vendor) + new.create(vendor) for old, new in changed])


def execute(statements: list[str]) -> None:
    """Run lock statements on the default database."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
