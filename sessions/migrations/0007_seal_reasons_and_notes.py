from __future__ import annotations

from typing import Any

from django.db import migrations

from counsel.keys.keyring import keys_settle
from counsel.keys.sweeping import seal_plain


def seal(apps: Any, schema_editor: Any) -> None:
    # With a wrong key nothing is sealed.
    keys_settle(apps)
    seal_plain(apps.get_model("consultations", "AvailabilityException"), {"note"})
    seal_plain(apps.get_model("consultations", "Consultation"), {"overlap_reason"})
    seal_plain(apps.get_model("consultations", "ConsultationChange"), {"from_overlap_reason"})


class Migration(migrations.Migration):
    # In batches, each a transaction of its own: stopped half-way, it is begun anew.
    atomic = False

    dependencies = [
        ("consultations", "0006_reasons_and_notes_are_encrypted"),
        ("keys", "0001_keys_a_database_has_known"),
    ]

    operations = [migrations.RunPython(seal)]
