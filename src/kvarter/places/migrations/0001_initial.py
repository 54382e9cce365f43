import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="navn på engelsk")),
                (
                    "part_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="places.area",
                        verbose_name="ligger i",
                    ),
                ),
                (
                    "reference",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="compared",
                        to="places.area",
                        verbose_name="sammenligningsområde",
                    ),
                ),
                (
                    "without",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rests",
                        to="places.area",
                        verbose_name="fraregnet",
                    ),
                ),
            ],
            options={
                "verbose_name": "område",
                "verbose_name_plural": "områder",
            },
        ),
        migrations.CreateModel(
            name="AreaVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="gælder fra")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="gælder til")),
                ("geometry", models.JSONField(blank=True, null=True, verbose_name="geometri")),
                ("source", models.CharField(max_length=200, verbose_name="kilde")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="places.area"
                    ),
                ),
            ],
            options={
                "verbose_name": "udgave af området",
                "verbose_name_plural": "udgaver af området",
                "ordering": ["valid_from"],
            },
        ),
        migrations.CreateModel(
            name="AreaShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "basis",
                    models.CharField(
                        choices=[("people", "beboere"), ("dwellings", "boliger"), ("surface", "areal")],
                        max_length=10,
                        verbose_name="målt i",
                    ),
                ),
                ("of_part", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="områdets")),
                ("of_whole", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="hele enhedens")),
                ("source", models.CharField(max_length=300, verbose_name="kilde")),
                ("joins", models.BooleanField(default=False, verbose_name="tal må forbindes")),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares_of",
                        to="places.areaversion",
                        verbose_name="området",
                    ),
                ),
                (
                    "whole",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares_in",
                        to="places.areaversion",
                        verbose_name="enheden",
                    ),
                ),
            ],
            options={
                "verbose_name": "andel af en enhed",
                "verbose_name_plural": "andele af enheder",
            },
        ),
        migrations.CreateModel(
            name="AreaCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scheme", models.CharField(max_length=20, verbose_name="kodeliste")),
                ("code", models.CharField(max_length=20, verbose_name="kode")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="places.areaversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "kode",
                "verbose_name_plural": "koder",
            },
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(("reference", models.F("id")), _negated=True), name="area_not_its_own_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(("part_of", models.F("id")), _negated=True), name="area_not_part_of_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(("without", None), ("part_of__isnull", False), _connector="OR"),
                name="area_rest_is_a_rest_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="areaversion",
            constraint=models.UniqueConstraint(fields=("area", "valid_from"), name="area_version_one_a_day"),
        ),
        migrations.AddConstraint(
            model_name="areaversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until", None), ("valid_until__gt", models.F("valid_from")), _connector="OR"),
                name="area_version_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="areashare",
            constraint=models.UniqueConstraint(fields=("part", "whole", "basis"), name="area_share_once_a_basis"),
        ),
        migrations.AddConstraint(
            model_name="areashare",
            constraint=models.CheckConstraint(
                condition=models.Q(("of_whole__gt", 0), ("of_part__gt", 0)), name="area_share_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="areashare",
            constraint=models.CheckConstraint(
                condition=models.Q(("part", models.F("whole")), _negated=True), name="area_share_not_of_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="areacode",
            constraint=models.UniqueConstraint(fields=("version", "scheme", "code"), name="area_code_once"),
        ),
    ]
