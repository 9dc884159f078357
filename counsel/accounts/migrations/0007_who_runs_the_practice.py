from __future__ import annotations

from typing import Any

from django.db import migrations, models


def _managers_stay(apps: Any, schema_editor: Any) -> None:
    """Until now one mark meant both."""
    users = apps.get_model("accounts", "User")
    users.objects.filter(is_superuser=True).update(runs_practice=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_when_a_flag_waits")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="runs_practice",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="runs the practice"
            ),
        ),
        migrations.RunPython(_managers_stay, migrations.RunPython.noop),
    ]
