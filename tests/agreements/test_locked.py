"""What is in force is locked in the database itself."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from kvarter.agreements.models import AgreementVersion, Clause
from kvarter.agreements.text import Kind
from tests.world import LATER, World


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE agreements_clause SET text = 'Noget andet' WHERE key = 'vision'",
        "DELETE FROM agreements_clause WHERE key = 'tema-tillid'",
        "UPDATE agreements_agreementversion SET title = 'Noget andet'",
        "UPDATE agreements_agreementversion SET sealed = {no}",
        "UPDATE journal_entry SET why = 'Noget andet'",
        "DELETE FROM journal_entry",
    ],
)
def test_what_is_in_force_cannot_be_changed_even_in_the_database(world: World, statement: str) -> None:
    no = "false" if connection.vendor == "postgresql" else "0"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(no=no))
    assert world.agreement.versions.get().clauses.get(key="vision").text == "Lilleby er et godt sted at bo."


def test_no_clause_is_slipped_into_a_sealed_version(world: World) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Clause.objects.create(version=world.agreement.versions.get(), key="ny", kind=Kind.TEXT, text="x", position=99)


def test_a_later_version_without_a_decision_is_refused_by_the_database(world: World) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AgreementVersion.objects.create(
            agreement=world.agreement, number=2, in_force_from=LATER, title="Uden beslutning", digest="x"
        )
