from __future__ import annotations

from django.db import migrations

from counsel.common.operations import VendorSQL
from counsel.common.wall import no_policies, policies
from sessions.walls import TABLES


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0012_who_reaches_whom"),
        ("consultations", "0007_seal_reasons_and_notes"),
    ]

    operations = [
        VendorSQL(postgresql=policies(TABLES), sqlite=[], reverse_postgresql=no_policies(TABLES)),
    ]
