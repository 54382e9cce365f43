"""What is answered while a wave is open lies in a sealed envelope from now on; what was answered before is laid in one."""

from typing import Any

from django.db import migrations, models

from kvarter.surveys.actions.keys import KeyMissing, Use, key_for_cut
from kvarter.surveys.answers.envelopes import enclosed
from kvarter.surveys.sealing import answers_key


def enclose_what_is_open(apps: Any, schema_editor: Any) -> None:
    """The answers to each wave that is open and has its key. The wave itself lies in the other database."""
    responses = apps.get_model("answers", "Response").objects.using(schema_editor.connection.alias)
    if not responses.filter(ticket__isnull=False).exists():
        return
    waves = apps.get_model("surveys", "Wave").objects.using("default").filter(cut_at=None)
    for wave in waves.select_related("partnership"):
        try:
            key = answers_key(key_for_cut(wave, Use.LINK))
        except KeyMissing:
            continue
        rows = responses.filter(wave=f"{wave.partnership.slug}/{wave.slug}", sealed=b"")
        for row in rows.iterator():
            enclosed(row, key).save(using=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [
        ("answers", "0001_initial"),
        ("surveys", "0007_keys_outside_the_database"),
    ]

    operations = [
        migrations.AddField(model_name="response", name="sealed", field=models.BinaryField(default=b"")),
        migrations.RunPython(enclose_what_is_open, elidable=True),
    ]
