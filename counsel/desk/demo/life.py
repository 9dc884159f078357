"""Ten weeks of one demo client: consultations, assignments, entries, replies.

The past is written straight into the tables, because the services refuse to book or log in
the past; what lies ahead goes through the services like anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from clients.models import Client, Consent, ConsentDocument, Sharing
from counsel.common.zones import first_instant, local_date
from counsel.desk.demo.answers import answers_for
from exercises.models import Assignment, Entry, EntryFact, ExerciseVersion, Reply, Review, Rhythm
from exercises.services.assigning import assignment_create
from exercises.services.practising import facts_of
from sessions.models import Consultation, Service, Status


@dataclass(frozen=True)
class Story:
    """One client's way through the weeks, and the dice that decide its small things."""

    client: Client
    facts: dict[str, Any]
    words: dict[str, Any]
    phases: list[dict[str, Any]]
    now: datetime
    dice: Random

    @property
    def today(self) -> date:
        return local_date(self.now, self.client.zone)

    def phase(self, day: date) -> dict[str, Any]:
        weeks_ago = (self.today - day).days / 7
        share = 1 - min(weeks_ago / self.facts["since"], 1)
        return self.phases[min(int(share * len(self.phases)), len(self.phases) - 1)]


def consent_make(story: Story, document: ConsentDocument, given_at: datetime) -> None:
    Consent.objects.create(
        client=story.client, document=document, text_hash=document.text_hash, given_at=given_at
    )


def weekly_starts(story: Story) -> list[datetime]:
    """The instants of the weekly hour, in the counsellor's wall time, oldest first."""
    zone = story.client.counsellor.zone
    today = local_date(story.now, zone)
    last = today - timedelta(days=(today.weekday() - story.facts["day"]) % 7)
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


def assignments_make(story: Story, versions: dict[str, ExerciseVersion]) -> list[Assignment]:
    begin = story.today - timedelta(weeks=story.facts["since"]) + timedelta(days=1)
    practice = assignment_create(
        client=story.client,
        version=versions[story.facts["practice"]],
        rationale=story.dice.choice(story.words["rationales"]),
        rhythm=Rhythm.DAILY if story.facts["keeps"] > 0.5 else Rhythm.TIMES_A_WEEK,
        times_a_week=4,
        starts_on=begin,
    )
    if not story.facts["writes"]:
        return [practice]
    journal = assignment_create(
        client=story.client,
        version=versions["journal"],
        rationale=story.words["journal_rationale"],
        rhythm=Rhythm.TIMES_A_WEEK,
        times_a_week=2,
        starts_on=begin,
    )
    return [practice, journal]


def entries_make(story: Story, assignment: Assignment) -> None:
    """Some days done, some not, some said why not; what is shared follows the client."""
    odds = story.facts["keeps"]
    if assignment.rhythm == Rhythm.TIMES_A_WEEK:
        odds *= (assignment.times_a_week or 7) / 7
    day = assignment.starts_on
    entries = []
    while day < story.today:
        roll = story.dice.random()
        if roll < odds:
            entries.append(_done(story, assignment, day))
        elif roll > 0.94:
            entries.append(_could_not(story, assignment, day))
        day += timedelta(days=1)
    Entry.objects.bulk_create(entries)
    steps = assignment.version.parsed_steps()
    EntryFact.objects.bulk_create(fact for entry in entries for fact in facts_of(entry, steps))


def _done(story: Story, assignment: Assignment, day: date) -> Entry:
    slug = assignment.version.exercise.slug
    answers = answers_for(slug, story.words, story.phase(day), story.dice)
    entry = _entry(story, assignment, day, answers=answers)
    entry.helpful = story.dice.choice([None, None, 2, 3, 3, 4])
    return entry


def _could_not(story: Story, assignment: Assignment, day: date) -> Entry:
    because = story.dice.choice(story.words["because"])
    return _entry(story, assignment, day, outcome=Entry.Outcome.COULD_NOT, because=because)


def _entry(story: Story, assignment: Assignment, day: date, **fields: Any) -> Entry:
    dice = story.dice
    at = time(dice.choice([7, 8, 13, 18, 20, 21, 22]), dice.randrange(60))
    happened_at = first_instant(day, at, story.client.zone)
    shared = dice.random() < story.facts["shares"]
    return Entry(
        client=story.client,
        version=assignment.version,
        assignment=assignment,
        state=Entry.State.SUBMITTED,
        happened_at=happened_at,
        logged_at=happened_at + timedelta(minutes=dice.choice([1, 1, 2, 240])),
        local_date=day,
        sharing=Sharing.SHARED if shared else Sharing.PRIVATE,
        created_at=happened_at,
        **fields,
    )


def reviews_make(story: Story, last_held: datetime) -> None:
    """All that was shared before the last consultation has been read; some was answered."""
    read = list(Entry.objects.shared().filter(client=story.client, happened_at__lt=last_held))
    Review.objects.bulk_create(
        Review(entry=entry, seen_at=last_held, reviewed_at=last_held) for entry in read
    )
    for entry in story.dice.sample(read, min(2, len(read))):
        Reply.objects.create(
            entry=entry,
            author=story.client.counsellor,
            text=story.dice.choice(story.words["replies"]),
            created_at=last_held,
        )
