"""An entry from its first step to its last: begun, kept, closed, shared, or thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, Sharing
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import local_date
from exercises import answers as rules
from exercises.answers import Cleaned
from exercises.asking import holds_all, place_of_step
from exercises.happening import NotThen, refuse_day
from exercises.joining import Joined, fingerprints, join
from exercises.models import Assignment, Entry, EntryFact, ExerciseVersion
from exercises.planning import practice_plan
from exercises.services.correcting import take_the_place
from exercises.services.measures import score_make, sharing_allowed, sharing_kept
from exercises.services.nudging import nudges_followed
from exercises.services.programmes import programmes_go_on
from exercises.services.standing import standing_touch
from exercises.steps import Step


@dataclass(frozen=True, slots=True)
class Saved(Cleaned):
    """A step as it was taken in.

    `both` names the texts that hold now what two devices wrote; `was` are the fingerprints by
    which the page knows at its next saving what has changed elsewhere since this one.
    """

    both: frozenset[str] = frozenset()
    was: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def entry_begin(
    *,
    client: Client,
    version: ExerciseVersion,
    assignment: Assignment | None = None,
    smaller: bool | None = None,
) -> Entry:
    """The open draft of this assignment (or of this free writing), or a new one.

    A draft left from an earlier day is taken up as today's: it counts for the day on which
    somebody practises. `smaller` asks for the smaller form or the whole; without it a draft
    stays as it is, and a new one is as it was given. A draft changes its form only where all
    that is written in it has a place there: look at its `smaller`.
    Raises DomainError for an assignment that is not open today.
    """
    now = timezone.now()
    today = local_date(now, client.zone)
    if assignment is not None:
        refuse_closed(assignment, today)
    drafts = Entry.objects.filter(
        client=client, assignment=assignment, state=Entry.State.DRAFT, corrects=None
    )
    if assignment is None:
        drafts = drafts.filter(version=version)
    given_smaller = assignment is not None and assignment.smaller
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
            "smaller": (given_smaller if smaller is None else smaller) and version.has_smaller,
        }
    )
    if not is_new:
        draft = locked_draft(draft)
        if draft.local_date != today:
            draft.happened_at, draft.local_date = now, today
        if smaller is not None:
            draft.smaller = _form(draft, smaller)
        draft.save(update_fields=["happened_at", "local_date", "smaller"])
    return draft


def _form(draft: Entry, smaller: bool) -> bool:
    """Whole or smaller as asked, unless something written would have no place in it."""
    if smaller and not draft.version.has_smaller:
        return draft.smaller
    fits = holds_all(draft.version.steps_asked(smaller=smaller), draft.answers)
    return smaller if fits else draft.smaller


@transaction.atomic
def entry_save_step(
    *,
    entry: Entry,
    step: Step,
    raw: Mapping[str, object],
    was: Mapping[str, str] | None = None,
) -> Saved:
    """Keep one step's answers in the draft; what cannot be kept comes back with its errors.

    `was`, the fingerprints the page came with, keep it from overwriting what another device has
    written since (`exercises.joining`); without them the page has the last word. Words on a page
    of the whole make a draft whole again that became smaller meanwhile: look at its `smaller`.
    Raises ConflictError once the draft is closed.
    """
    draft = locked_draft(entry)
    before = {} if was is None else was
    cleaned = rules.clean_step(step, raw)
    asked = {field.key for field in step.fields}
    kept = {key: value for key, value in draft.answers.items() if key not in asked}
    unread = {key: draft.answers[key] for key in cleaned.errors if key in draft.answers}
    joined = join(step, draft.answers, cleaned.answers, was)
    if (cleaned.answers or cleaned.errors) and place_of_step(draft.steps(), step) is None:
        draft.smaller = False
    fresh = {key: value for key, value in joined.answers.items() if key not in cleaned.errors}
    draft.answers = {**kept, **unread, **fresh}
    draft.save(update_fields=["answers", "smaller"])
    entry.answers, entry.smaller = draft.answers, draft.smaller
    return Saved(
        answers=cleaned.answers,
        errors=cleaned.errors,
        typed=cleaned.typed,
        both=joined.both - cleaned.errors.keys(),
        was=_known_now(step, draft, joined, cleaned, before),
    )


def _known_now(
    step: Step, draft: Entry, joined: Joined, cleaned: Cleaned, before: Mapping[str, str]
) -> dict[str, str]:
    """Fingerprints of what the page shows too; of the rest it still knows what it came with.

    Texts in which the words of both stand are given back to it, so it shows them.
    """
    shown = fingerprints(step, draft.answers)
    given_back = {field.key for field in step.fields if field.kind.is_text} & joined.both
    unseen = (joined.elsewhere - given_back) | cleaned.errors.keys()
    return {key: before.get(key, "") if key in unseen else value for key, value in shown.items()}


@transaction.atomic
def entry_happened(*, entry: Entry, at: datetime) -> None:
    """Say that what a draft tells of happened at another time than it was begun.

    Raises DomainError, with "day" or "time" for its field, for what is still to come, more than
    a month ago, or before the first day of the assignment. When it was written down is kept
    beside it (`logged_at`), so that late entries can be told apart, without blame.
    """
    draft, now = locked_draft(entry), timezone.now()
    zone = draft.client.zone
    if at > now:
        raise DomainError(_("That is still to come. Choose a time that has been."), field="time")
    day = local_date(at, zone)
    first_day = draft.assignment.starts_on if draft.assignment else None
    try:
        refuse_day(day, zone, now=now, first_day=first_day)
    except NotThen as wrong:
        raise DomainError(wrong.message, field=wrong.about) from wrong
    draft.happened_at, draft.local_date = at, day
    draft.save(update_fields=["happened_at", "local_date"])
    entry.happened_at, entry.local_date = at, day


@transaction.atomic
def entry_submit(*, entry: Entry, sharing: str, helpful: int | None = None) -> Entry:
    """Close the draft: from now on its words do not change. Only its sharing may.

    A correction takes the place of what it corrects. Raises DomainError naming the first field
    that still needs an answer, ConflictError where it is closed already.
    """
    if entry.corrects_id is not None:
        # The old one first, like whoever changes or shares it at the same moment.
        Entry.objects.filter(corrected_by=entry).select_for_update(of=("self",)).get()
    draft = locked_draft(entry)
    steps = draft.steps()
    missing = rules.missing(steps, draft.answers)
    if missing:
        raise DomainError(_("One answer is still open here."), field=missing[0])
    draft.state = Entry.State.SUBMITTED
    draft.logged_at = timezone.now()
    draft.sharing = sharing_kept(client=draft.client, version=draft.version, wished=sharing)
    draft.helpful = draft.helpful if helpful is None else helpful
    draft.full_clean()
    draft.save(update_fields=["state", "logged_at", "sharing", "helpful"])
    EntryFact.objects.bulk_create(facts_of(draft, steps))
    score_make(entry=draft, now=draft.logged_at)
    if draft.corrects is not None:
        take_the_place(of=draft.corrects, by=draft)
    if draft.assignment is not None:
        programmes_go_on(assignment=draft.assignment, now=draft.logged_at)
    nudges_followed(entry=draft, now=draft.logged_at)
    standing_touch(client_id=draft.client_id)
    practice_plan(draft.logged_at, client=draft.client)
    return draft


def facts_of(entry: Entry, steps: Sequence[Step]) -> Iterable[EntryFact]:
    """The rows an entry is counted by; not yet saved."""
    facts = rules.facts(steps, entry.answers)
    of = {"entry": entry, "client_id": entry.client_id, "day": entry.local_date}
    for kind, number in (("before", facts.before), ("after", facts.after)):
        if number is not None:
            yield EntryFact(**of, kind=kind, number=number)
    for feeling in facts.feelings:
        yield EntryFact(**of, kind=EntryFact.Kind.FEELING, label=feeling)


@transaction.atomic
def entry_share(*, entry: Entry, sharing: str) -> None:
    """Let the counsellor read an entry, or take that back. Works at once.

    What has taken its place, or is being written to, is taken back with it. Raises ConflictError
    for sharing what was replaced: other words than these would be read; or where they took back
    that their counsellor reads what they write, of which a draft is just not shared.
    """
    entry.sharing = sharing_allowed(entry.client, sharing)
    if entry.sharing != sharing and entry.state == Entry.State.SUBMITTED:
        raise ConflictError(
            _("You took back that your counsellor reads what you write. Agree to it first.")
        )
    entry.save(update_fields=["sharing"])
    newer = Entry.objects.filter(corrects=entry).first()
    if newer is None:
        if entry.sharing == Sharing.SHARED:
            nudges_followed(entry=entry, now=timezone.now())
        standing_touch(client_id=entry.client_id)
        return
    if entry.sharing == Sharing.SHARED and newer.state == Entry.State.SUBMITTED:
        raise ConflictError(_("You have changed this already. The newest words are here."))
    entry_share(entry=newer, sharing=sharing)


def sharing_undo(client: Client) -> None:
    """All that they shared is theirs alone again, drafts and what was replaced included."""
    Entry.objects.filter(client=client, sharing=Sharing.SHARED).update(sharing=Sharing.PRIVATE)
    standing_touch(client_id=client.pk)


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
    wished = Sharing.SHARED if both == {Sharing.SHARED} else Sharing.PRIVATE
    return sharing_allowed(client, wished)


def locked_draft(entry: Entry) -> Entry:
    """The row as it is now, held until commit. Raises ConflictError once it is closed."""
    row: Entry | None = Entry.objects.these(entry).select_for_update().first()
    if row is None or row.state != Entry.State.DRAFT:
        raise ConflictError(_("This was already saved. You can write a new one at any time."))
    return row


def refuse_closed(assignment: Assignment, day: date) -> None:
    if not assignment.runs_on(day):
        raise DomainError(_("This isn't open any more. What you wrote before is still here."))
