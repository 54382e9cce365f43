"""Waves that are cut and have no key left are taken as swept: what was broken off after that was not noted before."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import F


def note_swept(apps: Any, _editor: Any) -> None:
    apps.get_model("surveys", "Wave").objects.filter(cut_at__isnull=False).update(swept_at=F("cut_at"))


class Migration(migrations.Migration):
    dependencies = [("surveys", "0007_keys_outside_the_database")]

    operations = [
        migrations.AddField(
            "wave", "swept_at", models.DateTimeField(null=True, verbose_name="ryddet op efter klippet")
        ),
        migrations.RunPython(note_swept, migrations.RunPython.noop, elidable=True),
    ]
