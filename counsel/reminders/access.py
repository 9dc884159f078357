"""The only way from an id to a message whose words are shown. Strangers get 404."""

from __future__ import annotations

import uuid

from django.shortcuts import get_object_or_404

from counsel.accounts.roles import AnyUser, counsellor_of
from counsel.reminders.models import Reminder


def reminder_of(user: AnyUser, reminder_id: uuid.UUID) -> Reminder:
    """One of this counsellor's own ledger, also for a counsellor who runs the practice."""
    own = Reminder.objects.visible_to(user).filter(counsellor=counsellor_of(user))
    found: Reminder = get_object_or_404(own.select_related("asked_again_by"), pk=reminder_id)
    return found
