"""Letting an assignment rest for a while, and taking it up again. Days are the client's own."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import local_date
from exercises.models import Assignment, AssignmentPause
from exercises.planning import practice_plan
from exercises.plans import ONE_DAY
from exercises.services.assigning import assignment_locked, first_open_day, refuse_over
from exercises.services.standing import standing_touch


@transaction.atomic
def assignment_pause(*, assignment: Assignment, until: date | None) -> AssignmentPause:
    """Ask for nothing up to and including `until`, or, without it, until it is taken up again.

    Begins today, or tomorrow where today's practice is done: that day counts. Raises
    ConflictError for what rests, waits or is over, DomainError for a day that lies too early.
    """
    now = timezone.now()
    row = assignment_locked(assignment)
    refuse_over(row, local_date(now, row.client.zone))
    if row.status == Assignment.Status.WAITING:
        raise ConflictError(_("It waits, and asks for nothing yet."))
    first = first_open_day(row, now)
    if until is not None and until < first:
        early = _("Choose %(day)s or a later day.") % {"day": date_format(first, "j F")}
        raise DomainError(early, field="until")
    if row.rest(first) is not None:
        raise ConflictError(_("It rests already. Take it up again first."))
    pause = AssignmentPause(assignment=row, first_day=first, last_day=until)
    pause.full_clean()
    pause.save(force_insert=True)
    standing_touch(client_id=row.client_id)
    practice_plan(now, client=row.client)
    return pause


@transaction.atomic
def practice_pause(*, client: Client, until: date | None) -> list[AssignmentPause]:
    """Let all rest that asks the client for anything; what rests already is left as it is.

    Raises DomainError for a day that lies too early for one of them.
    """
    today = local_date(timezone.now(), client.zone)
    active = Assignment.objects.filter(client=client, status=Assignment.Status.ACTIVE)
    # All of them before any is changed: the client may be answering one.
    rows = list(active.select_for_update(of=("self",)).prefetch_related("pauses").order_by("pk"))
    return [
        assignment_pause(assignment=row, until=until)
        for row in rows
        if not row.has_ended(today) and row.rest(today) is None
    ]


@transaction.atomic
def assignment_resume(*, assignment: Assignment) -> Assignment:
    """Ask again from today on; the days on which it rested stay days of rest.

    Raises ConflictError for what does not rest, or is over.
    """
    now = timezone.now()
    row = assignment_locked(assignment)
    today = local_date(now, row.client.zone)
    refuse_over(row, today)
    pause = row.rest(today)
    if pause is None:
        raise ConflictError(_("It does not rest."))
    if pause.first_day >= today:
        # No day of it is over.
        pause.delete()
    else:
        pause.last_day = today - ONE_DAY
        pause.full_clean()
        pause.save(update_fields=["last_day"])
    standing_touch(client_id=row.client_id)
    practice_plan(now, client=row.client)
    return row
