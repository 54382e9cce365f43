"""Which database a model lies in: answers in one, everything else in the other, and nothing reaches across."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

ANSWERS = "answers"


class AnswersApart:
    """Answers go to the database of that name, and nothing else does."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        return ANSWERS if model._meta.app_label == ANSWERS else None

    db_for_write = db_for_read

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool | None:
        """A key from one database to the other would be the way back that must not be there."""
        return False if ANSWERS in {one._meta.app_label, other._meta.app_label} else None

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return (db == ANSWERS) == (app_label == ANSWERS)
