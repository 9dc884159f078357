from __future__ import annotations

from typing import Any

from django.db import migrations

from counsel.keys.keyring import keys_settle
from counsel.keys.sweeping import seal_plain


def seal(apps: Any, schema_editor: Any) -> None:
    # With a wrong key nothing is sealed.
    keys_settle(apps)
    seal_plain(apps.get_model("clients", "Client"), {"pronouns", "phone"})


class Migration(migrations.Migration):
    # In batches, each a transaction of its own: stopped half-way, it is begun anew.
    atomic = False

    dependencies = [
        ("clients", "0010_pronouns_and_phone_are_encrypted"),
        ("keys", "0001_keys_a_database_has_known"),
    ]

    operations = [migrations.RunPython(seal)]
