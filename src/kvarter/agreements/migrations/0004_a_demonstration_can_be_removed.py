from importlib import import_module

from django.db import migrations

from kvarter.journal.locks import ChangeLocks, Lock, LockRows, never_changed

SEALED: str = import_module("kvarter.agreements.migrations.0002_locked_when_sealed").SEALED
OF_A_REAL_ONE = (
    "NOT EXISTS (SELECT 1 FROM agreements_agreement a JOIN agreements_partnership p ON p.id = a.partnership_id "
    "WHERE p.is_demonstration AND a.id = {agreement})"
)
VERSION = OF_A_REAL_ONE.format(agreement="OLD.agreement_id")
CLAUSE = OF_A_REAL_ONE.format(
    agreement="(SELECT w.agreement_id FROM agreements_agreementversion w WHERE w.id = OLD.version_id)"
)
LINE = (
    "NOT EXISTS (SELECT 1 FROM agreements_partnership p WHERE p.is_demonstration AND p.slug = OLD.partnership) "
    "AND NOT EXISTS (SELECT 1 FROM places_area a WHERE a.is_demonstration AND OLD.partnership = '' "
    "AND OLD.subject = '/omraade/' || a.slug)"
)
OLD_SEALED = SEALED.format(row="OLD")


class Migration(migrations.Migration):
    """What a demonstration made can be deleted, and nothing else that was locked before; a partnership is a
    demonstration from the beginning or never, so that nothing real can be deleted by calling it one.
    """

    dependencies = [
        ("agreements", "0003_demonstrations"),
        ("journal", "0002_never_changed"),
        ("places", "0003_demonstrations"),
    ]
    operations = [
        LockRows(Lock("agreements_partnership", "UPDATE", "OLD.is_demonstration <> NEW.is_demonstration")),
        ChangeLocks(
            (
                Lock("agreements_agreementversion", "DELETE", "OLD.sealed"),
                Lock("agreements_agreementversion", "DELETE", f"OLD.sealed AND {VERSION}"),
            ),
            (
                Lock("agreements_clause", "DELETE", OLD_SEALED),
                Lock("agreements_clause", "DELETE", f"{OLD_SEALED} AND {CLAUSE}"),
            ),
            (never_changed("journal_entry")[1], Lock("journal_entry", "DELETE", LINE)),
        ),
    ]
