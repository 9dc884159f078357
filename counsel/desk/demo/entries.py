"""What the demo clients wrote: done, not done and why, late, changed, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from clients.models import Sharing
from counsel.common.zones import first_instant
from counsel.desk.demo.answers import answers_for
from counsel.desk.demo.story import Story
from exercises.models import Assignment, Entry, EntryFact, Reply, Review, Rhythm
from exercises.services.correcting import take_the_place
from exercises.services.practising import facts_of

MOST_ANSWERED = 2


def entries_make(
    story: Story,
    assignment: Assignment,
    *,
    smaller_since: date | None = None,
    too_much_on: date | None = None,
) -> None:
    """Some days done, some not, some said why not; what is shared follows the client."""
    odds = story.facts["keeps"]
    if assignment.rhythm == Rhythm.TIMES_A_WEEK:
        odds *= (assignment.times_a_week or 7) / 7
    entries = []
    for day in _days(assignment, story.today):
        roll = story.dice.random()
        is_smaller = assignment.smaller and smaller_since is not None and day >= smaller_since
        if day == too_much_on:
            entries.append(_too_much(story, assignment, day))
        elif roll < odds:
            entries.append(_done(story, assignment, day, smaller=is_smaller))
        elif roll > 0.94:
            entries.append(_could_not(story, assignment, day))
    _keep(entries)


def entries_on(story: Story, assignment: Assignment, days: Iterable[date]) -> None:
    """Done on these days, and shared."""
    entries = [_done(story, assignment, day, smaller=False) for day in days]
    for entry in entries:
        entry.sharing = Sharing.SHARED
    _keep(entries)


def _days(assignment: Assignment, today: date) -> Iterator[date]:
    """Those on which it was open, up to yesterday; of a rhythm by weekdays, only these."""
    plan = assignment.plan
    for ordinal in range(assignment.starts_on.toordinal(), today.toordinal()):
        day = date.fromordinal(ordinal)
        is_asked = not plan.weekdays or day.weekday() in plan.weekdays
        if is_asked and plan.covers(day):
            yield day


def _keep(entries: list[Entry]) -> None:
    Entry.objects.bulk_create(entries)
    if entries:
        steps = entries[0].version.parsed_steps()
        EntryFact.objects.bulk_create(fact for entry in entries for fact in facts_of(entry, steps))


def _done(story: Story, assignment: Assignment, day: date, *, smaller: bool) -> Entry:
    slug = assignment.version.exercise.slug
    entry = _entry(story, assignment, day, smaller=smaller)
    answers = answers_for(slug, story.words, story.phase(day), story.dice)
    asked = {field.key for step in entry.steps() for field in step.fields}
    entry.answers = {key: answer for key, answer in answers.items() if key in asked}
    entry.helpful = story.dice.choice([None, None, 2, 3, 3, 4])
    return entry


def _could_not(story: Story, assignment: Assignment, day: date) -> Entry:
    why = story.dice.choice(story.words["because"])
    could_not = Entry.Outcome.COULD_NOT
    reason, words = why["reason"], why["words"]
    return _entry(story, assignment, day, outcome=could_not, reason=reason, because=words)


def _too_much(story: Story, assignment: Assignment, day: date) -> Entry:
    """What a counsellor should not overlook: told to them, and asking for something smaller."""
    entry = _could_not(story, assignment, day)
    entry.reason, entry.because = Entry.Reason.TOO_MUCH, story.words["too_much"]
    entry.wants_smaller, entry.sharing = True, Sharing.SHARED
    return entry


def _entry(story: Story, assignment: Assignment, day: date, **fields: Any) -> Entry:
    dice = story.dice
    at = time(dice.choice([7, 8, 13, 18, 20, 21, 22]), dice.randrange(60))
    happened_at = first_instant(day, at, story.client.zone)
    shared = dice.random() < story.facts["shares"]
    # Most is written down at once, some in the evening, some the next day or the one after.
    later = timedelta(minutes=dice.choice([1] * 8 + [2] * 8 + [240] * 2 + [1300, 2700]))
    return Entry(
        client=story.client,
        version=assignment.version,
        assignment=assignment,
        state=Entry.State.SUBMITTED,
        happened_at=happened_at,
        logged_at=min(happened_at + later, story.now),
        local_date=day,
        sharing=Sharing.SHARED if shared else Sharing.PRIVATE,
        created_at=happened_at,
        **fields,
    )


def correction_make(story: Story) -> None:
    """The newest shared page of the journal was changed by its writer on the same evening."""
    if "corrects" not in story.facts:
        return
    pages = Entry.objects.shared().filter(
        client=story.client, version__exercise__slug="journal", outcome=Entry.Outcome.DONE
    )
    old = pages.select_related("client", "version").latest("happened_at")
    new = Entry(
        **{name: getattr(old, name) for name in ("client", "version", "assignment_id", "state")},
        **{name: getattr(old, name) for name in ("happened_at", "local_date", "sharing")},
        logged_at=min(old.logged_at + timedelta(minutes=90), story.now),
        helpful=old.helpful,
        corrects=old,
    )
    new.answers = {**old.answers, "text": f"{old.answers['text']}\n\n{story.words['added']}"}
    new.save(force_insert=True)
    EntryFact.objects.bulk_create(facts_of(new, new.steps()))
    take_the_place(of=old, by=new)


def reviews_make(story: Story, held: list[datetime]) -> None:
    """What was shared before a consultation was read and talked about in it; of some it was noted
    how well it was worked through, and a few of the latest pages of the journal were answered.
    """
    read = []
    for entry in Entry.objects.shared().filter(client=story.client).select_related("version"):
        at = next((at for at in held if at > entry.logged_at), None)
        if at is not None:
            quality = story.dice.choice([None, None, 1, 2, 3, 3, 4])
            read.append(Review(entry=entry, seen_at=at, reviewed_at=at, quality=quality))
    Review.objects.bulk_create(read)
    Entry.objects.filter(review__in=read).update(seen=True)
    pages = [review for review in read if "text" in review.entry.answers]
    for review in pages[:MOST_ANSWERED]:
        _answer(story, review)


def _answer(story: Story, review: Review) -> None:
    written = review.entry.answers["text"]
    pairs = zip(story.words["journal"], story.words["replies"], strict=True)
    Reply.objects.create(
        entry=review.entry,
        author=story.client.counsellor,
        text=next(reply for words, reply in pairs if written.startswith(words)),
        created_at=review.seen_at,
    )
