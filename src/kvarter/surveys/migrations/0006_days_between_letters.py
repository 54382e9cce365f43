import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_what_is_told")]
    operations = [
        migrations.AddField(
            model_name="wave",
            name="pause",
            field=models.PositiveSmallIntegerField(
                default=10,
                validators=[django.core.validators.MaxValueValidator(60)],
                verbose_name="dage mellem breve",
            ),
        ),
    ]
