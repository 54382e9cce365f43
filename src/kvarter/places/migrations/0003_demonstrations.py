from django.db import migrations, models

from kvarter.journal.locks import Lock, LockRows


class Migration(migrations.Migration):
    """An area is made up from the beginning or never."""

    dependencies = [("places", "0002_boundary_has_its_own_source")]
    operations = [
        migrations.AddField(
            model_name="area",
            name="is_demonstration",
            field=models.BooleanField(default=False, editable=False, verbose_name="demonstration"),
        ),
        LockRows(Lock("places_area", "UPDATE", "OLD.is_demonstration <> NEW.is_demonstration")),
    ]
