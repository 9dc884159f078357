from __future__ import annotations

from django.db import migrations, models

from counsel.common.operations import AddIndexGently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("audit", "0003_listed"),
    ]

    operations = [
        AddIndexGently(
            model_name="accessevent",
            index=models.Index(fields=["at"], name="audit_event_at"),
        ),
    ]
