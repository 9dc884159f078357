"""What the demo clients are given: exercises, rests, what was taken back, a programme."""

from __future__ import annotations

from datetime import timedelta

from counsel.desk.demo.entries import entries_make, entries_on
from counsel.desk.demo.story import Story
from exercises.models import Assignment, Rhythm
from exercises.services.assigning import assignment_create
from exercises.services.programmes import programme_give
from exercises.services.resting import assignment_pause


def practice_give(story: Story) -> None:
    """The exercise that goes through all the weeks, and what was done of it."""
    facts = story.facts
    practice = assignment_create(
        client=story.client,
        version=story.shelf.newest[facts["practice"]],
        rationale=story.dice.choice(story.words["rationales"]),
        rhythm=Rhythm.DAILY if facts["keeps"] > 0.5 else Rhythm.TIMES_A_WEEK,
        times_a_week=4,
        starts_on=story.today - timedelta(weeks=facts["since"], days=-1),
        smaller="smaller" in facts,
    )
    smaller_since = story.today - timedelta(weeks=facts.get("smaller", 0))
    could_not_on = story.today - timedelta(days=1) if "wishes_smaller" in facts else None
    entries_make(story, practice, smaller_since=smaller_since, too_much_on=could_not_on)


def journal_give(story: Story) -> None:
    if not story.facts["writes"]:
        return
    journal = assignment_create(
        client=story.client,
        version=story.shelf.newest["journal"],
        rationale=story.words["journal_rationale"],
        rhythm=Rhythm.TIMES_A_WEEK,
        times_a_week=2,
        starts_on=story.today - timedelta(weeks=story.facts["since"], days=-1),
    )
    entries_make(story, journal)
    if "rests" in story.facts:
        until = story.today + timedelta(days=story.facts["rests"])
        assignment_pause(assignment=journal, until=until)


def others_give(story: Story) -> None:
    """What was given besides, for some weeks or until now."""
    for facts in story.facts.get("also", ()):
        shelf = story.shelf.first if facts.get("version") == 1 else story.shelf.newest
        given = assignment_create(
            client=story.client,
            version=shelf[facts["exercise"]],
            rationale=facts["rationale"],
            rhythm=facts["rhythm"],
            weekdays=facts.get("weekdays", ()),
            starts_on=story.today - timedelta(weeks=facts["weeks"]),
        )
        if "taken_back" in facts:
            _take_back(given, story, facts["taken_back"])
        entries_make(story, given)


def _take_back(assignment: Assignment, story: Story, weeks: int) -> None:
    assignment.take_back(story.today - timedelta(weeks=weeks))
    assignment.save()


def programme_follow(story: Story) -> None:
    """Somebody is half-way through: what was practised is there, and what comes next waits."""
    facts = story.facts.get("programme")
    if facts is None:
        return
    first = story.today - timedelta(days=facts["days_ago"])
    enrolment = programme_give(
        programme=story.shelf.programme, client=story.client, starts_on=first
    )
    given = enrolment.assignments.select_related("client", "version__exercise")
    for assignment, days in zip(given.order_by("created_at"), facts["done"], strict=False):
        entries_on(story, assignment, [first + timedelta(days=day) for day in days])
