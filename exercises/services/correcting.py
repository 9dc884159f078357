"""Changing what was written: a new entry takes the place of the old one.

What was submitted never changes. A correction is a draft that begins with the same answers;
until it is submitted the old entry stands, and throwing the draft away leaves it as it was.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from counsel.common.errors import ConflictError, DomainError
from exercises.models import Entry, Exercise, Reply, Review

_CARRIED = (
    "client_id",
    "version_id",
    "assignment_id",
    "outcome",
    "happened_at",
    "local_date",
    "smaller",
    "answers",
    "helpful",
    "sharing",
    "reason",
    "wants_smaller",
    "because",
)


def may_be_corrected(entry: Entry) -> bool:
    """Whether its writer may change it: saved, and not a measure.

    Answers to a measure stay as they were given, since scores and what was said about them
    rest on them; it can be filled in again.
    """
    is_measure = entry.version.exercise.kind == Exercise.Kind.MEASURE
    return entry.state == Entry.State.SUBMITTED and not is_measure and entry.filled_by_id is None


@transaction.atomic
def entry_correct(*, entry: Entry) -> Entry:
    """The open correction of an entry, or a new one that begins with what was written.

    There is one at a time. Raises ConflictError where the entry was replaced already,
    DomainError for one that stays as it is.
    """
    if not may_be_corrected(entry):
        raise DomainError(_("This stays as it was given. You can fill it in again at any time."))
    old = _held(entry)
    draft: Entry
    draft, _is_new = Entry.objects.get_or_create(
        corrects=old, defaults={name: getattr(old, name) for name in _CARRIED}
    )
    return draft


def take_the_place(*, of: Entry, by: Entry) -> None:
    """What hangs on the old entry hangs on the new one, within the caller's transaction.

    Replies move along. What is counted is counted from the new one alone. Whether the
    counsellor has seen it does not move, since these words they have not seen; it does where
    not a word is another.
    """
    old = Entry.objects.these(of).select_for_update(of=("self",)).get()
    Reply.objects.filter(entry=old).update(entry=by)
    old.facts.all().delete()
    if _says_the_same(old, by) and Review.objects.filter(entry=old).update(entry=by):
        Entry.objects.these(old).update(seen=False)
        Entry.objects.these(by).update(seen=True)


def _says_the_same(one: Entry, other: Entry) -> bool:
    said = ("answers", "because", "reason", "wants_smaller")
    return all(getattr(one, name) == getattr(other, name) for name in said)


def _held(entry: Entry) -> Entry:
    """The row, held until commit, unless another took its place."""
    row: Entry = Entry.objects.these(entry).select_for_update(of=("self",)).get()
    if Entry.objects.filter(corrects=row, state=Entry.State.SUBMITTED).exists():
        raise ConflictError(_("You have changed this already. The newest words are here."))
    return row
