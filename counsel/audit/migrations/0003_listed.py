from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_verbs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accessevent",
            name="verb",
            field=models.CharField(
                choices=[
                    ("read", "read"),
                    ("list", "listed"),
                    ("create", "created"),
                    ("change", "changed"),
                    ("export", "exported"),
                    ("withhold", "withheld"),
                    ("erase", "erased"),
                    ("sign-in", "signed in"),
                    ("refuse", "was refused"),
                ],
                max_length=10,
            ),
        ),
    ]
