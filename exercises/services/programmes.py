"""A programme as a client goes through it: given, going on, ended.

Whoever opens or takes back what waits holds the enrolment's row until commit: of two entries
saved at the same moment the second counts the first. Ask for that row before the ledger's.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.errors import ConflictError, DomainError
from counsel.common.inserting import insert_if_new
from counsel.common.zones import local_date
from exercises.models import Assignment, Enrolment, Programme
from exercises.planning import practice_plan
from exercises.releases import last_day, moved_to, next_day
from exercises.selectors.programmes import Dated, dated_items, told_days
from exercises.services.assigning import first_open_day
from exercises.services.standing import standing_touch

# No place on earth is further behind UTC.
FURTHEST_BEHIND = timedelta(hours=12)

Status = Assignment.Status


@transaction.atomic
def programme_give(*, programme: Programme, client: Client, starts_on: date) -> Enrolment:
    """Give a client all of it at once, each exercise in its newest version.

    `starts_on` is the client's local day. What has a day of its own is open from then on; what
    follows another waits for it. Raises ConflictError for somebody who is in it already, and
    DomainError for a programme that cannot be given as it is.
    """
    dated = dated_items(programme, starts_on)
    if programme.put_away_at is not None:
        raise DomainError(_("This programme is put away. Bring it back first."))
    if not dated:
        raise DomainError(_("It holds no exercise yet."))
    if any(row.version is None for row in dated):
        raise DomainError(_("One of its exercises is not offered any more. Change it first."))
    enrolment = Enrolment(client=client, programme=programme, starts_on=starts_on)
    enrolment.clean_fields()
    if not insert_if_new(enrolment):
        raise ConflictError(_("This client is in this programme already."))
    now, before = timezone.now(), None
    for place, row in enumerate(dated):
        assignment = _assignment(enrolment, row, before)
        # They are read in this order.
        assignment.created_at = now + timedelta(microseconds=place)
        assignment.full_clean()
        assignment.save(force_insert=True)
        before = assignment
    standing_touch(client_id=client.pk)
    practice_plan(now, client=client)
    return enrolment


def _assignment(enrolment: Enrolment, row: Dated, before: Assignment | None) -> Assignment:
    item, waits = row.item, row.opens is None
    # What waits keeps, in its two dates, how long it will last.
    first = row.opens or enrolment.starts_on
    return Assignment(
        enrolment=enrolment,
        client=enrolment.client,
        version=row.version,
        rationale=item.rationale,
        rhythm=item.rhythm,
        times_a_week=item.times_a_week,
        weekdays=item.weekdays,
        every_weeks=item.every_weeks,
        starts_on=first,
        ends_on=last_day(first, item.lasts_days),
        reminders=item.reminders,
        status=Status.WAITING if waits else Status.ACTIVE,
        after=before if waits else None,
        after_days=item.days if waits else None,
    )


def programmes_go_on(*, assignment: Assignment, now: datetime) -> None:
    """Open what waited for `assignment`, once it was practised on enough days.

    To be called whenever one of its entries was saved, before the reminders are planned: what
    opens begins on the client's next local day. Which days count: see `told_days`.
    """
    if assignment.enrolment_id is None:
        return
    waiting = Assignment.objects.filter(after=assignment, status=Status.WAITING)
    if not waiting.exists():
        return
    with transaction.atomic():
        _hold(Enrolment.objects.filter(assignments=assignment))
        days = told_days([assignment.pk]).get(assignment.pk, 0)
        for follower in waiting.filter(after_days__lte=days):
            _open(follower, next_day(now, assignment.client.zone))
        standing_touch(client_id=assignment.client_id)


@transaction.atomic
def assignment_release(*, assignment: Assignment) -> None:
    """Open what waits at once, from the client's today on. Raises ConflictError otherwise."""
    now = timezone.now()
    if assignment.enrolment_id is not None:
        _hold(Enrolment.objects.filter(assignments=assignment))
    assignment.refresh_from_db()
    if assignment.status != Status.WAITING:
        raise ConflictError(_("It is not waiting any more."))
    _open(assignment, local_date(now, assignment.client.zone), opened_at=now)
    standing_touch(client_id=assignment.client_id)
    practice_plan(now, client=assignment.client)


@transaction.atomic
def enrolment_end(*, enrolment: Enrolment) -> None:
    """Take back what is open and what waits; what was written stays. Ending twice is once."""
    now = timezone.now()
    today = local_date(now, enrolment.client.zone)
    row = _hold(Enrolment.objects.these(enrolment))
    if row.ended_on is not None:
        return
    not_over = Q(status=Status.ACTIVE) & (Q(ends_on=None) | Q(ends_on__gte=today))
    still_open = row.assignments.filter(Q(status=Status.WAITING) | not_over)
    for assignment in still_open.select_related("client"):
        assignment.take_back(first_open_day(assignment, now))
        assignment.save(update_fields=["status", "withdrawn_on", "starts_on", "ends_on"])
    row.ended_on = today
    row.save(update_fields=["ended_on"])
    standing_touch(client_id=row.client_id)
    practice_plan(now, client=enrolment.client)


def programmes_keep(now: datetime) -> None:
    """What no entry brings about: days that became known later open the next exercise, and a
    programme whose last day is over everywhere has ended.
    """
    everybodys = Assignment.objects.across_caseloads(
        "the daily look at all programmes"
    ).unrestricted()
    waiting = list(everybodys.filter(status=Status.WAITING).values_list("after", "after_days"))
    days = told_days({after for after, _needed in waiting})
    met = {after for after, needed in waiting if days.get(after, 0) >= needed}
    for assignment in everybodys.filter(pk__in=met).select_related("client"):
        programmes_go_on(assignment=assignment, now=now)
    theirs = Assignment.objects.filter(enrolment=OuterRef("pk")).order_by()
    today_at_the_latest = (now - FURTHEST_BEHIND).date()
    still_open = theirs.filter(
        Q(status=Status.WAITING)
        | Q(status=Status.ACTIVE) & (Q(ends_on=None) | Q(ends_on__gte=today_at_the_latest))
    )
    last = theirs.values("enrolment").annotate(day=Max(Coalesce("withdrawn_on", "ends_on")))
    over = Enrolment.objects.across_caseloads("the daily look at all programmes")
    over = over.filter(~Exists(still_open), ended_on=None)
    for row in over.annotate(last_day=Subquery(last.values("day"))):
        Enrolment.objects.these(row).filter(ended_on=None).update(ended_on=row.last_day)


def _hold(rows: CaseloadQuerySet) -> Enrolment:
    row: Enrolment = rows.select_for_update(of=("self",)).get()
    return row


def _open(assignment: Assignment, day: date, *, opened_at: datetime | None = None) -> None:
    """Unless somebody took it back a moment ago."""
    Assignment.objects.these(assignment).filter(status=Status.WAITING).update(
        status=Status.ACTIVE,
        opened_at=opened_at,
        starts_on=day,
        ends_on=moved_to(day, assignment.starts_on, assignment.ends_on),
    )
