"""An entry from its first step to its last: begun, kept, closed, shared, or thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, Sharing
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import local_date
from exercises import answers as rules
from exercises.answers import Cleaned
from exercises.models import Assignment, Entry, EntryFact, ExerciseVersion
from exercises.planning import practice_plan
from exercises.services.measures import score_make, sharing_kept
from exercises.services.words import words_of
from exercises.steps import Step


@transaction.atomic
def entry_begin(
    *, client: Client, version: ExerciseVersion, assignment: Assignment | None = None
) -> Entry:
    """The open draft of this assignment (or of this free writing), or a new one.

    A draft left from an earlier day is taken up as today's: it counts for the day on which
    somebody practises. Raises DomainError for an assignment that is not open today.
    """
    now = timezone.now()
    today = local_date(now, client.zone)
    if assignment is not None:
        refuse_closed(assignment, today)
    drafts = Entry.objects.filter(client=client, assignment=assignment, state=Entry.State.DRAFT)
    if assignment is None:
        drafts = drafts.filter(version=version)
    # Two tabs that begin at once get the same draft: the database keeps one.
    draft: Entry
    draft, is_new = drafts.get_or_create(
        defaults={
            "client": client,
            "version": version,
            "assignment": assignment,
            "happened_at": now,
            "local_date": today,
            "sharing": _first_sharing(client, version),
        }
    )
    if not is_new and draft.local_date != today:
        draft.happened_at, draft.local_date = now, today
        draft.save(update_fields=["happened_at", "local_date"])
    return draft


@transaction.atomic
def entry_save_step(*, entry: Entry, step: Step, raw: Mapping[str, object]) -> Cleaned:
    """Keep one step's answers in the draft; what cannot be kept comes back with its errors."""
    draft = locked_draft(entry)
    cleaned = rules.clean_step(step, raw)
    asked = {field.key for field in step.fields}
    kept = {key: value for key, value in draft.answers.items() if key not in asked}
    unread = {key: draft.answers[key] for key in cleaned.errors if key in draft.answers}
    draft.answers = {**kept, **unread, **cleaned.answers}
    draft.save(update_fields=["answers"])
    entry.answers = draft.answers
    return cleaned


@transaction.atomic
def entry_submit(*, entry: Entry, sharing: str, helpful: int | None = None) -> Entry:
    """Close the draft: from now on its words do not change. Only its sharing may.

    Raises DomainError naming the first field that still needs an answer.
    """
    draft = locked_draft(entry)
    steps = draft.steps()
    missing = rules.missing(steps, draft.answers)
    if missing:
        raise DomainError(_("One answer is still open here."), field=missing[0])
    draft.state = Entry.State.SUBMITTED
    draft.logged_at = timezone.now()
    draft.sharing = sharing_kept(version=draft.version, wished=sharing)
    draft.helpful = helpful
    draft.full_clean()
    draft.save(update_fields=["state", "logged_at", "sharing", "helpful"])
    EntryFact.objects.bulk_create(facts_of(draft, steps))
    score_make(entry=draft, now=draft.logged_at)
    practice_plan(draft.logged_at, client=draft.client)
    return draft


def facts_of(entry: Entry, steps: Sequence[Step]) -> Iterable[EntryFact]:
    """The rows an entry is counted by; not yet saved."""
    facts = rules.facts(steps, entry.answers)
    for kind, number in (("before", facts.before), ("after", facts.after)):
        if number is not None:
            yield EntryFact(entry=entry, kind=kind, number=number)
    for feeling in facts.feelings:
        yield EntryFact(entry=entry, kind=EntryFact.Kind.FEELING, label=feeling)


@transaction.atomic
def entry_could_not(*, assignment: Assignment, because: str, sharing: str) -> Entry:
    """Say that it wasn't a day for it. As good an answer as any other.

    The same words on the same day, as a double click sends them, are one entry.
    Raises DomainError for words that cannot be kept, or an assignment that is not open today.
    """
    client, now = assignment.client, timezone.now()
    today = local_date(now, client.zone)
    because = words_of("because", because)
    # Held until commit, so that of two equal requests the second finds the first.
    Assignment.objects.select_for_update().get(pk=assignment.pk)
    refuse_closed(assignment, today)
    said = Entry.objects.submitted().filter(
        assignment=assignment, outcome=Entry.Outcome.COULD_NOT, local_date=today
    )
    earlier: Entry
    for earlier in said:
        if (earlier.because, earlier.sharing) == (because, sharing):
            return earlier
    entry = Entry(
        client=client,
        version=assignment.version,
        assignment=assignment,
        state=Entry.State.SUBMITTED,
        outcome=Entry.Outcome.COULD_NOT,
        happened_at=now,
        logged_at=now,
        local_date=today,
        because=because,
        sharing=Sharing(sharing),
    )
    entry.full_clean()
    entry.save(force_insert=True)
    practice_plan(now, client=client)
    return entry


def entry_share(*, entry: Entry, sharing: str) -> None:
    """Let the counsellor read an entry, or take that back. Works at once."""
    entry.sharing = Sharing(sharing)
    entry.save(update_fields=["sharing"])


def entry_rate(*, entry: Entry, helpful: int) -> None:
    """How helpful it was, 0 to 4. An opinion about the exercise, so it may come later."""
    entry.helpful = helpful
    entry.clean_fields(exclude=[f.name for f in entry._meta.fields if f.name != "helpful"])
    entry.save(update_fields=["helpful"])


def entry_discard(*, entry: Entry) -> None:
    """Throw a draft away because its writer asked for it."""
    with transaction.atomic():
        locked_draft(entry).delete()


def _first_sharing(client: Client, version: ExerciseVersion) -> str:
    """Shared from the start only where both the client and the exercise lean that way."""
    both = {client.default_sharing, version.sharing_default}
    return Sharing.SHARED if both == {Sharing.SHARED} else Sharing.PRIVATE


def locked_draft(entry: Entry) -> Entry:
    """The row as it is now, held until commit. Raises ConflictError once it is closed."""
    row: Entry | None = Entry.objects.select_for_update().filter(pk=entry.pk).first()
    if row is None or row.state != Entry.State.DRAFT:
        raise ConflictError(_("This was already saved. You can write a new one at any time."))
    return row


def refuse_closed(assignment: Assignment, day: date) -> None:
    if not assignment.runs_on(day):
        raise DomainError(_("This isn't open any more. What you wrote before is still here."))
