from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0003_cover_handover_and_kept_views"),
        ("exercises", "0007_standings_know_their_clock"),
    ]

    operations = [
        migrations.AddField(
            model_name="entryfact",
            name="client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clients.client",
            ),
        ),
        migrations.AddField(model_name="entryfact", name="day", field=models.DateField(null=True)),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["client", "version", "happened_at"], name="exercises_entry_by_version"
            ),
        ),
    ]
