from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0004_plain_words")]
    operations = [
        migrations.AddField(
            model_name="wave",
            name="source",
            field=models.TextField(blank=True, default="", verbose_name="hvor navne og adresser kommer fra"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="wave",
            name="officer",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="databeskyttelsesrådgiver"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="wave",
            name="processors",
            field=models.CharField(
                blank=True, default="", max_length=300, verbose_name="de, der arbejder for jer med oplysningerne"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="wave",
            name="told",
            field=models.JSONField(blank=True, default=dict, verbose_name="det samme på andre sprog"),
        ),
    ]
