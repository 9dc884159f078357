"""A measure of our own, filled in week after week, or before each consultation."""

from __future__ import annotations

from datetime import date, time, timedelta

from clients.models import Sharing
from counsel.common.zones import first_instant, local_date
from counsel.desk.demo.story import Story
from exercises.models import Assignment, Entry, Rhythm
from exercises.services.assigning import assignment_create
from exercises.services.measures import score_make
from sessions.models import KEPT, Consultation

SLUG = "closeness-this-week"


def measure_give(story: Story) -> None:
    facts = story.facts.get("measure")
    if facts is None:
        return
    weekly = facts["rhythm"] == Rhythm.EVERY_WEEKS
    days = _weekly(story, len(facts["rows"])) if weekly else _before(story, len(facts["rows"]))
    assignment = assignment_create(
        client=story.client,
        version=story.shelf.newest[SLUG],
        rationale=facts["rationale"],
        rhythm=facts["rhythm"],
        every_weeks=1 if weekly else None,
        starts_on=days[0] - timedelta(days=1),
        shows_scores=facts["shows_scores"],
    )
    for day, row in zip(days, facts["rows"], strict=False):
        _filled_in(assignment, day, row)


def _weekly(story: Story, count: int) -> list[date]:
    """The same day each week; this week's was yesterday or the day before."""
    last = story.today - timedelta(days=story.dice.choice([1, 2]))
    return [last - timedelta(weeks=week) for week in reversed(range(count))]


def _before(story: Story, count: int) -> list[date]:
    """The day before each of the latest consultations, as the client's clock has it."""
    kept = Consultation.objects.filter(client=story.client, status__in=KEPT)
    starts = kept.filter(starts_at__lt=story.now).order_by("starts_at")
    days = [local_date(one.starts_at, story.client.zone) - timedelta(days=1) for one in starts]
    return days[-count:]


def _filled_in(assignment: Assignment, day: date, row: list[int]) -> None:
    at = first_instant(day, time(19, 10 + row[0]), assignment.client.zone)
    entry = Entry(
        client=assignment.client,
        version=assignment.version,
        assignment=assignment,
        state=Entry.State.SUBMITTED,
        happened_at=at,
        logged_at=at + timedelta(minutes=1),
        local_date=day,
        sharing=Sharing.SHARED,
        created_at=at,
    )
    entry.answers = {f"item{number}": points for number, points in enumerate(row, start=1)}
    entry.save(force_insert=True)
    score_make(entry=entry, now=at)
