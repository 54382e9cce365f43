from django.db import migrations


def ask_for_what_was_meant(apps, schema_editor):
    """A column that held * ? or [ was read as a name of files is; that is asked for by a ~ before it now."""
    for recipe in apps.get_model("evidence", "IndicatorRecipe").objects.all():
        for name in ("part", "whole"):
            columns = getattr(recipe, name)
            setattr(recipe, name, [f"~{one}" if any(sign in one for sign in "*?[") else one for one in columns])
        recipe.save(update_fields=["part", "whole"])


def forget_that_it_was_asked_for(apps, schema_editor):
    """Take the sign away again."""
    for recipe in apps.get_model("evidence", "IndicatorRecipe").objects.all():
        for name in ("part", "whole"):
            setattr(recipe, name, [one.removeprefix("~") for one in getattr(recipe, name)])
        recipe.save(update_fields=["part", "whole"])


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0007_attributions_in_english"),
    ]

    operations = [migrations.RunPython(ask_for_what_was_meant, forget_that_it_was_asked_for)]
