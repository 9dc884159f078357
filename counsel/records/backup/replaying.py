"""Erases again, from a database of before, whoever was erased since."""

from __future__ import annotations

from collections.abc import Sequence

from clients.models import Client
from counsel.records.erasing import client_erase
from counsel.records.models import Tombstone


def erasures_replay(tombstones: Sequence[Tombstone]) -> int:
    """Whatever would oblige to keep them by now: it was decided. Returns how many were there."""
    known = set(Tombstone.objects.values_list("client_id", flat=True))
    erased = 0
    for tombstone in tombstones:
        everybodys = Client.objects.across_caseloads("who was erased is nobody's client any more")
        client = everybodys.select_related("counsellor", "user").filter(pk=tombstone.client_id)
        if found := client.first():
            client_erase(client=found, rule=tombstone.rule, now=tombstone.erased_at)
            erased += 1
        elif tombstone.client_id not in known:
            # They came after the backup, and went before it was restored.
            tombstone.save(force_insert=True)
    return erased
