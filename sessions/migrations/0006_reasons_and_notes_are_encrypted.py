from __future__ import annotations

from django.db import migrations

import counsel.common.fields
from counsel.common.operations import VendorSQL
from sessions import guards, note_guards


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0005_notes_and_talking_points"),
        ("keys", "0001_keys_a_database_has_known"),
    ]

    operations = [
        VendorSQL(postgresql=(), sqlite=guards.DROP_SQLITE, reverse_sqlite=guards.SQLITE),
        migrations.AlterField(
            model_name="availabilityexception",
            name="note",
            field=counsel.common.fields.EncryptedCharField(
                blank=True, help_text="Only you see it.", max_length=120, verbose_name="note"
            ),
        ),
        migrations.AlterField(
            model_name="consultation",
            name="overlap_reason",
            field=counsel.common.fields.EncryptedCharField(
                blank=True,
                empty_in_clear=True,
                max_length=200,
                verbose_name="reason for the overlap",
            ),
        ),
        migrations.AlterField(
            model_name="consultationchange",
            name="from_overlap_reason",
            field=counsel.common.fields.EncryptedCharField(blank=True, max_length=200),
        ),
        VendorSQL(postgresql=(), sqlite=guards.SQLITE, reverse_sqlite=guards.DROP_SQLITE),
        VendorSQL(
            postgresql=note_guards.RESEALING_POSTGRESQL,
            sqlite=[*note_guards.REVERSE_SQLITE, *note_guards.SQLITE],
            reverse_postgresql=note_guards.REVERSE_RESEALING_POSTGRESQL,
            reverse_sqlite=[*note_guards.REVERSE_SQLITE, *note_guards.FIRST_SQLITE],
        ),
    ]
