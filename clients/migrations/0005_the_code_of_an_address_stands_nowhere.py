from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0004_what_messages_may_say"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="address",
            name="code_hash",
        ),
        migrations.AddField(
            model_name="address",
            name="code_salt",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="address",
            name="former",
            field=models.CharField(blank=True, max_length=254),
        ),
    ]
