"""The first page of the desk, which a counsellor opens each morning."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from counsel.accounts.models import Counsellor
from counsel.accounts.roles import AnyUser, counsellor_of, is_manager
from counsel.checks import lines
from counsel.desk.beginning import first_steps
from counsel.desk.glance import glance_at
from counsel.desk.ledger.alarm import alarms
from counsel.desk.needs import caseload_of
from counsel.desk.today import days_of
from counsel.desk.waiting import unread_by_client, waiting_for
from counsel.reminders.health import health
from counsel.reminders.models import Reminder
from exercises.selectors.flags import flags_elsewhere, flags_open


def index_context(user: AnyUser, now: datetime) -> dict[str, Any]:
    """Their own day for who has a caseload; the practice's health for who runs it."""
    counsellor = counsellor_of(user)
    context: dict[str, Any] = {
        "alarms": alarms(health(now), has_caseload=counsellor is not None),
        "elsewhere": flags_elsewhere(user, now),
    }
    if is_manager(user):
        # Whoever runs the practice is asked until the numbers are there, and rung again in time.
        context["help_lines_asked"] = lines(None)
    if counsellor is not None:
        return context | _day_context(user, counsellor, now)
    return context | {
        "flags": flags_open(user),
        "trouble": Reminder.objects.visible_to(user).lately_in_trouble(now).count(),
    }


def clients_of(context: dict[str, Any]) -> set[UUID]:
    """The clients whom the page names."""
    if "days" not in context:
        return set()
    asking = (*context["urgent"], *context["waiting"])
    return {
        *(meeting.consultation.client_id for meeting in context["days"].meetings),
        *(person.client_id for row in asking for person in row.people),
        *(row.client.pk for row in context["glance"].rows),
    }


def _day_context(user: AnyUser, counsellor: Counsellor, now: datetime) -> dict[str, Any]:
    unread = unread_by_client(user)
    counts = {row.client_id: row.count for row in unread}
    caseload = caseload_of(user, now)
    waiting = waiting_for(user, caseload, unread, now)
    return {
        # Above all else, also where the day fills the first screen of a phone.
        "urgent": [row for row in waiting if row.is_urgent],
        "waiting": [row for row in waiting if not row.is_urgent],
        "days": days_of(counsellor, counts, now),
        "glance": glance_at(caseload, counts, counsellor.zone, now),
        "first_steps": first_steps(counsellor),
    }
