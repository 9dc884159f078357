from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    entries = apps.get_model("exercises", "Entry").objects.filter(pk=OuterRef("entry"))
    apps.get_model("exercises", "EntryFact").objects.update(
        client=Subquery(entries.values("client")[:1]),
        day=Subquery(entries.values("local_date")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [("exercises", "0008_facts_know_client_and_day")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
