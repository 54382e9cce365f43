"""Keys of waves that are open go out of the database into files, and what only the codes sealed is sealed by them too.

A backup from before still has the keys, sealed under the operator's: delete it (docs/operating.md).
"""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import migrations

from kvarter.surveys.actions.keys import Use, keep_key
from kvarter.surveys.sealing import OF_A_CODE, CannotOpen, seal, under_key, unseal


def move_keys_out(apps: Any, schema_editor: Any) -> None:
    """Each key that the operator's key opens. The others opened nothing before either."""
    rows = apps.get_model("surveys", "WaveKey").objects.select_related("wave").filter(wave__cut_at=None)
    for row in rows:
        try:
            key = unseal(settings.SURVEY_KEY, bytes(row.sealed), f"wave {row.wave_id} {row.use}")
        except CannotOpen:
            continue
        _keep(bytes(row.wave.salt), row.use, key)
        if row.use == Use.LINK:
            _seal_codes(apps.get_model("surveys", "Code"), row.wave_id, key)


def _keep(salt: bytes, use: str, key: bytes) -> None:
    with suppress(FileExistsError):  # kept when the migration was broken off
        keep_key(salt, use, key)


def _seal_codes(codes: Any, wave: int, key: bytes) -> None:
    changed = list(codes.objects.filter(wave_id=wave))
    for code in changed:
        code.digest, code.sealed = under_key(key, code.digest), seal(key, bytes(code.sealed), OF_A_CODE)
    codes.objects.bulk_update(changed, ["digest", "sealed"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0006_days_between_letters"),
    ]

    operations = [
        migrations.RunPython(move_keys_out, elidable=True),
        migrations.RemoveField(model_name="invitation", name="panel"),
        migrations.DeleteModel(name="WaveKey"),
    ]
