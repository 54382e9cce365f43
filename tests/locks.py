"""The locks that the migrations set, for tests that must lift them to clean up."""

from importlib import import_module

from kvarter.journal.locks import Lock, LockRows

# The last that was said of a lock holds.
ALL_LOCKS: list[Lock] = list(
    {
        lock.name: lock
        for module in (
            "kvarter.journal.migrations.0002_never_changed",
            "kvarter.places.migrations.0003_demonstrations",
            "kvarter.agreements.migrations.0002_locked_when_sealed",
            "kvarter.agreements.migrations.0004_a_demonstration_can_be_removed",
            "kvarter.evidence.migrations.0002_never_changed",
            "kvarter.evidence.migrations.0005_a_demonstration_can_be_removed",
            "kvarter.surveys.migrations.0002_questionnaires_stay",
        )
        for operation in import_module(module).Migration.operations
        if isinstance(operation, LockRows)
        for lock in operation.locks
    }.values()
)
