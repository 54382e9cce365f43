from django.db import migrations


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE COLLATION IF NOT EXISTS danish (provider = icu, locale = 'da')")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP COLLATION IF EXISTS danish")


class Migration(migrations.Migration):
    """Danish order on PostgreSQL by ICU; on SQLite every connection registers its own (kvarter.people.sorting)."""

    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
