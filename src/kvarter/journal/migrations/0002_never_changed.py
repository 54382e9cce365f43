from django.db import migrations

from kvarter.journal.locks import LockRows, never_changed


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [LockRows(*never_changed("journal_entry"))]
