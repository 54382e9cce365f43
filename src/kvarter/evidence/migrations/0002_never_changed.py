from django.db import migrations

from kvarter.journal.locks import LockRows, never_changed


class Migration(migrations.Migration):
    """What is published is published: no row is changed or taken away, by any way."""

    dependencies = [("evidence", "0001_initial")]
    operations = [LockRows(*never_changed("evidence_publication"))]
