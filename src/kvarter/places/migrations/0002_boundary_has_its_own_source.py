from django.db import migrations, models
from django.db.models import F


def keep_what_was_told(apps, schema_editor):
    """Until now one source told both what an area was and who drew its border."""
    versions = apps.get_model("places", "AreaVersion").objects.filter(geometry__isnull=False)
    versions.update(geometry_source=F("source"))


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="areaversion",
            name="geometry_source",
            field=models.CharField(blank=True, max_length=200, verbose_name="kilde til grænsen"),
        ),
        migrations.AddField(
            model_name="areaversion",
            name="geometry_source_en",
            field=models.CharField(blank=True, max_length=200, verbose_name="kilde til grænsen på engelsk"),
        ),
        migrations.RunPython(keep_what_was_told, migrations.RunPython.noop),
    ]
