from __future__ import annotations

from django.db import migrations

from counsel.common.operations import VendorSQL
from counsel.common.wall import no_policies, policies
from exercises.walls import TABLES


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0012_who_reaches_whom"),
        ("exercises", "0015_replies_so_far_are_not_told_of"),
    ]

    operations = [
        VendorSQL(postgresql=policies(TABLES), sqlite=[], reverse_postgresql=no_policies(TABLES)),
    ]
