from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exercises", "0010_every_fact_has_client_and_day")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="seen",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
