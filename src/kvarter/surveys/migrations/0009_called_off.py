from django.db import migrations, models

STATES = [
    ("planned", "planlagt"),
    ("sampling", "udtrukket"),
    ("in_field", "åbnet"),
    ("closed", "lukket"),
    ("weighted", "vægtet"),
    ("published", "offentliggjort"),
    ("called_off", "aflyst"),
]


class Migration(migrations.Migration):
    dependencies = [("surveys", "0008_swept_after_the_cut")]
    operations = [
        migrations.AlterField(
            model_name="wave",
            name="state",
            field=models.CharField(choices=STATES, default="planned", max_length=10, verbose_name="tilstand"),
        ),
    ]
