"""The only way from an id to an exercise row of the signed-in client. Strangers get a 404."""

from __future__ import annotations

import uuid

from django.shortcuts import get_object_or_404

from counsel.accounts.models import User
from counsel.accounts.roles import AnyUser
from exercises.models import Assignment, Entry


def assignment_of(user: User, assignment_id: uuid.UUID) -> Assignment:
    """An assignment of the client's own, open or not."""
    rows = Assignment.objects.of_user(user).select_related("client", "version__exercise")
    assignment: Assignment = get_object_or_404(rows, pk=assignment_id)
    return assignment


def entry_of(user: User, entry_id: uuid.UUID) -> Entry:
    """An entry of the client's own, whatever its state."""
    rows = Entry.objects.of_user(user).select_related("client", "version__exercise", "assignment")
    entry: Entry = get_object_or_404(rows, pk=entry_id)
    return entry


def shared_entry_for(user: AnyUser, entry_id: uuid.UUID) -> Entry:
    """An entry a counsellor may read: of their caseload, submitted, and shared right now."""
    rows = Entry.objects.visible_to(user).shared()
    entry: Entry = get_object_or_404(
        rows.select_related("client", "version__exercise", "assignment"), pk=entry_id
    )
    return entry
