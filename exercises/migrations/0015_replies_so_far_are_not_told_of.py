from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def settle(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Nobody is written to about words that have been there for long."""
    apps.get_model("exercises", "Reply").objects.update(told_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("exercises", "0014_reminders_nobody_follows")]

    operations = [migrations.RunPython(settle, migrations.RunPython.noop)]
