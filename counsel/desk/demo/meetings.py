"""The consultations of the demo: a weekly hour, held most of the time, and the next one."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction

from counsel.common.errors import DomainError
from counsel.common.zones import first_instant, local_date
from counsel.desk.demo.story import Story
from sessions.models import Consultation, Series, Service, Status, TalkingPoint
from sessions.selectors import open_slots
from sessions.series.asked import Asked
from sessions.services import consultation_book, series_book


def weekly_starts(story: Story) -> list[datetime]:
    """The instants of the weekly hour, in the counsellor's wall time, oldest first."""
    zone = story.client.counsellor.zone
    today = local_date(story.now, zone)
    ago = max((today.weekday() - day) % 7 for day in story.facts["days"])
    last = today - timedelta(days=ago)
    days = [last - timedelta(weeks=week) for week in reversed(range(story.facts["since"]))]
    at = time.fromisoformat(story.facts["at"])
    starts = [first_instant(day, at, zone) for day in days]
    return [start for start in starts if start < story.now - timedelta(hours=2)]


def past_consultations_make(story: Story, service: Service) -> list[Consultation]:
    """Most were held; a few were not attended, or cancelled in time."""
    return Consultation.objects.bulk_create(
        _past_consultation(story, service, start) for start in weekly_starts(story)
    )


def _past_consultation(story: Story, service: Service, start: datetime) -> Consultation:
    end = start + timedelta(minutes=service.length)
    fates = [Status.COMPLETED] * 8 + [Status.NO_SHOW, Status.CANCELLED_BY_CLIENT]
    return Consultation(
        counsellor=story.client.counsellor,
        client=story.client,
        service=service,
        starts_at=start,
        ends_at=end,
        held_from=start - timedelta(minutes=service.buffer_before),
        held_until=end + timedelta(minutes=service.buffer_after),
        time_zone=story.client.time_zone,
        status=story.dice.choice(fates),
        version=3,
        place=service.place,
        cancel_notice=service.cancel_notice,
        fee=service.fee,
        currency=service.currency,
        created_at=start - timedelta(days=7),
    )


def talking_points_make(story: Story, held: list[datetime]) -> None:
    """What was talked about last time, and what waits for the next. `held`: ends, oldest first."""
    words = story.facts.get("talk")
    if not words:
        return
    last, hour = held[-1], timedelta(hours=1)
    if "before" in words:
        TalkingPoint.objects.create(
            client=story.client, text=words["before"], written_at=last - 20 * hour, settled_at=last
        )
    if "next" in words:
        # Yesterday evening or so, and in any case after the last one.
        written = min(max(last + hour, story.now - 20 * hour), story.now)
        TalkingPoint.objects.create(client=story.client, text=words["next"], written_at=written)


def book_next(story: Story, service: Service) -> None:
    """The next weekly hour where it is free, else the next open time."""
    zone = story.client.counsellor.zone
    wished = weekly_starts(story)[-1] + timedelta(weeks=1)
    first = local_date(wished, zone)
    slots = open_slots(service, first, first + timedelta(days=14), story.now)
    for start in [wished, *(slot.start for slot in slots)]:
        try:
            with transaction.atomic():
                _book_ahead(story, service, start)
        except DomainError:
            continue
        return


def _book_ahead(story: Story, service: Service, start: datetime) -> None:
    weeks = story.facts.get("weeks_ahead")
    if weeks is None:
        consultation_book(service=service, client=story.client, starts_at=start)
        return
    shown = start.astimezone(story.client.counsellor.zone)
    rhythm = Series.Rhythm.WEEKLY
    asked = Asked(service, story.client, rhythm, shown.date(), shown.time(), count=weeks)
    series_book(asked=asked)
