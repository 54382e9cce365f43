"""The locks that the migrations set, for tests that must lift them to clean up."""

from importlib import import_module

from kvarter.journal.locks import Lock, LockRows

ALL_LOCKS: list[Lock] = [
    lock
    for module in (
        "kvarter.journal.migrations.0002_never_changed",
        "kvarter.agreements.migrations.0002_locked_when_sealed",
        "kvarter.evidence.migrations.0002_never_changed",
        "kvarter.surveys.migrations.0002_questionnaires_stay",
    )
    for operation in import_module(module).Migration.operations
    if isinstance(operation, LockRows)
    for lock in operation.locks
]
