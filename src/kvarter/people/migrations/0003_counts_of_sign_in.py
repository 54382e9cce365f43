from django.core.management import call_command
from django.db import migrations


def make_table(_apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """The table that all workers count sign-in attempts in (Django's database cache)."""

    dependencies = [("people", "0002_danish_sorting")]
    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]
