"""Taking the demonstration away again: every row that hangs on it in both databases, and the files made of it.

Not even a line in the journal stays: all that it could tell of was made up. The database itself refuses to let what is
real go the same way (agreements, migration 0004; evidence, migration 0005).
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import router, transaction
from django.db.models import ForeignKey, Model, Q, QuerySet

from kvarter.agreements.models import Partnership
from kvarter.evidence.models import Publication, Source
from kvarter.journal.models import Entry
from kvarter.people.models import Organisation
from kvarter.people.policy import Actor, require
from kvarter.places.models import Area
from kvarter.surveys.actions.keys import wipe_keys
from kvarter.surveys.answers.models import Response
from kvarter.surveys.letters.kept import forget_mail
from kvarter.surveys.models import Wave

Kind = type[Model]
OURS = "kvarter."


def remove_demonstration(*, by: Actor) -> bool:
    """Take what is made up away; False where there is nothing. Broken off, it can be done again."""
    require(by, "demonstration.remove")
    made_up = list(Partnership.objects.filter(is_demonstration=True))
    _remove_packages(made_up)
    for partnership in made_up:
        Response.objects.filter(wave__startswith=f"{partnership.slug}/").delete()
    for wave in Wave.objects.filter(partnership__in=made_up).select_related("partnership"):
        wipe_keys(wave)
        forget_mail(wave)
    with transaction.atomic():
        beside = _made_beside(made_up)
        _forget_lines(made_up)
        _remove(Partnership)
        _remove(Area)
        for rows in beside:
            rows.delete()
    return bool(made_up)


def _remove_packages(made_up: list[Partnership]) -> None:
    """The packages that were kept of publications when somebody took one."""
    for digest in Publication.objects.filter(partnership__in=made_up).values_list("digest", flat=True):
        for file in (Path(settings.HOME) / "packages").glob(f"{digest}-*.zip"):
            file.unlink()


def _made_beside(made_up: list[Partnership]) -> tuple[QuerySet[Organisation], QuerySet[Source]]:
    """What was made for the demonstration and belongs to no partnership, as far as nobody else uses it by then."""
    named = list(Organisation.objects.filter(parties__partnership__in=made_up).values_list("pk", flat=True))
    lines = Entry.objects.filter(partnership__in=[one.slug for one in made_up], verb="source.write")
    sources = [details["source"] for details in lines.values_list("details", flat=True)]
    return (
        Organisation.objects.filter(pk__in=named, parties=None),
        Source.objects.filter(key__in=sources, registers=None, recipes=None),
    )


def _forget_lines(made_up: list[Partnership]) -> None:
    """The journal's lines. An area belongs to no partnership, so its lines are found by its address."""
    areas = [area.journal_subject for area in Area.objects.filter(is_demonstration=True)]
    own = Q(partnership__in=[one.slug for one in made_up]) | Q(partnership="", subject__in=areas)
    _bare_delete(Entry.objects.filter(own))


def _remove(root: Kind) -> None:
    """What is made up of a kind, and before it every row that hangs on it, as far as that goes."""
    rows: dict[Kind, QuerySet[Model]] = {root: root._default_manager.filter(is_demonstration=True)}
    for kind in _roots_first():
        hangs = Q()
        for field in _keys(kind):
            if field.related_model in rows and field.related_model is not kind:
                hangs |= Q(**{f"{field.name}__in": rows[field.related_model].values("pk")})
        if hangs and kind is not root:
            rows[kind] = kind._default_manager.filter(hangs)
    for kind in reversed(rows):
        _bare_delete(rows[kind])


def _bare_delete(rows: QuerySet[Model]) -> None:
    """A bare DELETE: rows that protect one another go in the same transaction."""
    rows.order_by()._raw_delete(rows.db)


def _roots_first() -> Iterator[Kind]:
    """Every kind of row of ours in the main database, those that others have a key to before those others."""
    ours = [
        kind
        for kind in apps.get_models(include_auto_created=True)
        if kind.__module__.startswith(OURS) and router.allow_migrate_model("default", kind)
    ]
    needs = {kind: {field.related_model for field in _keys(kind)} & set(ours) - {kind} for kind in ours}
    yield from TopologicalSorter(needs).static_order()


def _keys(kind: Kind) -> list[ForeignKey[Any, Any]]:
    return [field for field in kind._meta.get_fields() if isinstance(field, ForeignKey)]
