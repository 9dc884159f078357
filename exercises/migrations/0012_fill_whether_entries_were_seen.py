from __future__ import annotations

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    seen = apps.get_model("exercises", "Review").objects.values("entry")
    apps.get_model("exercises", "Entry").objects.filter(pk__in=seen).update(seen=True)


class Migration(migrations.Migration):
    dependencies = [("exercises", "0011_entries_know_whether_they_were_seen")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
