from django.db import migrations

from kvarter.journal.locks import Lock, LockRows

SEALED = "EXISTS (SELECT 1 FROM agreements_agreementversion v WHERE v.id = {row}.version_id AND v.sealed)"


class Migration(migrations.Migration):
    """What is in force cannot be changed by any way but a new version."""

    dependencies = [("agreements", "0001_initial")]
    operations = [
        LockRows(
            Lock("agreements_agreementversion", "UPDATE", "OLD.sealed"),
            Lock("agreements_agreementversion", "DELETE", "OLD.sealed"),
            Lock("agreements_clause", "INSERT", SEALED.format(row="NEW")),
            Lock("agreements_clause", "UPDATE", SEALED.format(row="OLD")),
            Lock("agreements_clause", "DELETE", SEALED.format(row="OLD")),
        )
    ]
