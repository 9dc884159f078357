"""Writing programmes. What was given of one stays as it was: giving copies it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from exercises.models import Exercise, Programme, ProgrammeItem, Rhythm
from exercises.releases import Release
from exercises.selectors.programmes import offered_to, state_of

LONGEST_PROGRAMME = 30
NOT_OFFERED = gettext_lazy("This exercise is not offered any more. Take it out.")


class ItemFields(TypedDict):
    """One exercise of a programme as it was asked for; its place is its place in the list."""

    exercise: Exercise
    release: str
    days: int | None
    on_date: date | None
    rationale: str
    rhythm: str
    times_a_week: int | None
    weekdays: str
    every_weeks: int | None
    lasts_days: int | None
    reminders: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the exercise at `place`, and beside which field to say so."""

    place: int
    field: str
    message: str


@transaction.atomic
def programme_create(
    *, owner: Counsellor, title: str, summary: str, items: Sequence[ItemFields]
) -> Programme:
    """A new programme. Raises ValidationError for a field, DomainError for how they fit."""
    programme = Programme(owner=owner, title=title.strip(), summary=summary.strip())
    programme.full_clean()
    programme.save(force_insert=True)
    _write_items(programme, items)
    return programme


@transaction.atomic
def programme_change(
    *, programme: Programme, title: str, summary: str, items: Sequence[ItemFields], seen: str
) -> None:
    """Replace all of it. `seen` is the state (`state_of`) that was changed.

    Raises ConflictError where it is another by now; else as `programme_create`.
    """
    row = Programme.objects.select_for_update().get(pk=programme.pk)
    if state_of(row) != seen:
        words = _("It was changed in another window meanwhile. Save again to replace that.")
        raise ConflictError(words)
    row.title, row.summary = title.strip(), summary.strip()
    row.full_clean()
    row.save(update_fields=["title", "summary"])
    row.items.all().delete()
    _write_items(row, items)


@transaction.atomic
def programme_copy(*, programme: Programme) -> Programme:
    """The same once more, to be made into another."""
    title = Truncator(_("Copy of %(title)s") % {"title": programme.title}).chars(120)
    copied = Programme.objects.create(owner=programme.owner, title=title, summary=programme.summary)
    for item in programme.items.all():
        fields = {name: getattr(item, name) for name in ItemFields.__annotations__}
        ProgrammeItem.objects.create(programme=copied, position=item.position, **fields)
    return copied


def programme_put_away(*, programme: Programme) -> None:
    """Not offered any more; whoever is in it goes on."""
    Programme.objects.filter(pk=programme.pk, put_away_at=None).update(put_away_at=timezone.now())


def programme_bring_back(*, programme: Programme) -> None:
    Programme.objects.filter(pk=programme.pk).update(put_away_at=None)


@transaction.atomic
def programme_delete(*, programme: Programme) -> None:
    """Raises DomainError once it was given to anybody: then it is put away instead."""
    if programme.was_given():
        raise DomainError(_("It was given to somebody. Put it away instead."))
    programme.delete()


def problems(owner: Counsellor, items: Sequence[ItemFields]) -> Iterator[Problem]:
    """How the exercises do not fit each other, or the library as it is now."""
    offered = set(offered_to(owner).values_list("exercise", flat=True))
    for place, item in enumerate(items):
        if item["exercise"].pk not in offered:
            yield Problem(place, "exercise", str(NOT_OFFERED))
        if item["release"] == Release.AFTER_ONE_BEFORE:
            yield from _unreachable(place, items)


def _unreachable(place: int, items: Sequence[ItemFields]) -> Iterator[Problem]:
    """Why the one before will never be practised on so many days."""
    if place == 0:
        yield Problem(place, "release", _("The first exercise has none before it."))
        return
    before, days = items[place - 1], items[place]["days"] or 0
    if before["rhythm"] == Rhythm.ONCE and days > 1:
        yield Problem(place, "days", _("The one before is asked for once: say 1 day."))
    elif before["lasts_days"] is not None and days > before["lasts_days"]:
        words = ngettext(
            "The one before lasts for %(count)s day only.",
            "The one before lasts for %(count)s days only.",
            before["lasts_days"],
        )
        yield Problem(place, "days", words % {"count": before["lasts_days"]})


def _write_items(programme: Programme, items: Sequence[ItemFields]) -> None:
    if not items:
        raise DomainError(_("Add at least one exercise."))
    if len(items) > LONGEST_PROGRAMME:
        raise DomainError(_("That is more than one programme can hold."))
    for problem in problems(programme.owner, items):
        raise DomainError(problem.message, field=problem.field)
    for place, fields in enumerate(items):
        item = ProgrammeItem(programme=programme, position=place, **fields)
        item.full_clean()
        item.save(force_insert=True)
