"""What is left of the field is kept by kind of people, and by day and way, never by both. Where few of a stratum were
alike, what earlier versions kept is joined to the whole stratum.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Sum

ALIKE = 5


def part(apps: Any, _editor: Any) -> None:
    names = ("Cell", "Stratum", "FieldCount", "KindCount", "DayCount")
    cells, strata, counts, kinds, days = (apps.get_model("surveys", name).objects for name in names)
    by_day = counts.values_list("cell__stratum__wave", "day", "mode").annotate(n=Sum("count")).order_by("day", "mode")
    days.bulk_create(days.model(wave_id=wave, day=day, mode=mode, count=n) for wave, day, mode, n in by_day)
    sent = dict(counts.values_list("cell").annotate(n=Sum("count")).order_by())
    for stratum in strata.filter(cells__answered__isnull=False).distinct():
        of_it = list(cells.filter(stratum=stratum, drawn__gt=0))
        few = min(cell.drawn for cell in of_it) < ALIKE
        asked: Counter[tuple[str, str]] = Counter()
        answered: Counter[tuple[str, str]] = Counter()
        for cell in of_it:
            kind = ("", "") if few else (cell.gender, cell.age)
            asked[kind] += cell.drawn
            answered[kind] += sent.get(cell.pk, 0)
        kinds.bulk_create(
            kinds.model(stratum=stratum, gender=kind[0], age=kind[1], asked=many, answered=answered[kind])
            for kind, many in asked.items()
        )


class Migration(migrations.Migration):
    dependencies = [("surveys", "0009_called_off")]

    operations = [
        migrations.CreateModel(
            name="DayCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="dag")),
                ("mode", models.CharField(max_length=10, verbose_name="svarmåde")),
                ("count", models.PositiveIntegerField(verbose_name="svar")),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days", to="surveys.wave"
                    ),
                ),
            ],
            options={
                "verbose_name": "svar på en dag",
                "verbose_name_plural": "svar på en dag",
                "ordering": ["day", "id"],
                "constraints": [models.UniqueConstraint(fields=("wave", "day", "mode"), name="day_count_once")],
            },
        ),
        migrations.CreateModel(
            name="KindCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gender", models.CharField(blank=True, max_length=1, verbose_name="køn")),
                ("age", models.CharField(blank=True, max_length=10, verbose_name="alder")),
                ("asked", models.PositiveIntegerField(verbose_name="spurgt")),
                ("answered", models.PositiveIntegerField(verbose_name="svar")),
                (
                    "stratum",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="kinds", to="surveys.stratum"
                    ),
                ),
            ],
            options={
                "verbose_name": "svar fra en gruppe",
                "verbose_name_plural": "svar fra grupper",
                "ordering": ["stratum_id", "age", "gender"],
                "constraints": [models.UniqueConstraint(fields=("stratum", "gender", "age"), name="kind_count_once")],
            },
        ),
        migrations.RunPython(part, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("FieldCount"),
    ]
