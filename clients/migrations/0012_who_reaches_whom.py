from __future__ import annotations

from django.db import migrations

from clients.walls import NO_REACH, REACH
from counsel.common.operations import VendorSQL


class Migration(migrations.Migration):
    dependencies = [("clients", "0011_seal_pronouns_and_phone")]

    operations = [
        VendorSQL(postgresql=[REACH], sqlite=[], reverse_postgresql=[NO_REACH]),
    ]
