"""What each piece of personal data is kept for, and how long: told beside the field, shown on one page, tested."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Personal:
    """Purpose and retention of one field about a person."""

    purpose: _StrOrPromise
    kept: _StrOrPromise


@dataclass(frozen=True)
class PersonalField:
    """A field that holds personal data, with the names a reader knows."""

    model: str
    field: str
    purpose: str
    kept: str


def personal_fields() -> Iterator[PersonalField]:
    """Every field about a person in the installation, for the privacy page. A model lists its own in `personal`."""
    for model in apps.get_models():
        for name, told in getattr(model, "personal", {}).items():
            field = model._meta.get_field(name)
            yield PersonalField(
                str(model._meta.verbose_name),
                str(getattr(field, "verbose_name", name)),
                str(told.purpose),
                str(told.kept),
            )
