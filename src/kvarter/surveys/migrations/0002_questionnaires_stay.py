from django.db import migrations

from kvarter.journal.locks import Lock, LockRows


class Migration(migrations.Migration):
    """What was asked is never rewritten: a new version instead."""

    dependencies = [("surveys", "0001_initial")]
    operations = [LockRows(Lock("surveys_questionnaireversion", "UPDATE"))]
