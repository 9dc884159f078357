from __future__ import annotations

from django.db import migrations

import counsel.common.fields


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0009_records_that_are_only_kept"),
    ]

    operations = [
        migrations.AlterField(
            model_name="client",
            name="phone",
            field=counsel.common.fields.EncryptedCharField(
                blank=True, max_length=40, verbose_name="phone"
            ),
        ),
        migrations.AlterField(
            model_name="client",
            name="pronouns",
            field=counsel.common.fields.EncryptedCharField(
                blank=True, max_length=40, verbose_name="pronouns"
            ),
        ),
    ]
