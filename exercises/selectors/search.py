"""Searching what a client has kept. Texts lie encrypted: they are read one by one, newest first.

Nothing of the words that are looked for is kept, logged or told to the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q

from clients.models import Client
from exercises.answers import readable
from exercises.finding import Excerpt, excerpt, holds
from exercises.models import Entry, EntryQuerySet, ExerciseVersion, Reply
from exercises.steps import FieldKind, Step

# So many entries are read for one press of the button; further back is another press.
READ_AT_ONCE = 2_000
SHOWN_AT_ONCE = 20
_CHUNK = 250

_IN_WORDS = {
    FieldKind.LONG_TEXT,
    FieldKind.SHORT_TEXT,
    FieldKind.FEELINGS,
    FieldKind.CHOICE,
    FieldKind.CHOICES,
}


@dataclass(frozen=True, slots=True)
class Found:
    entry: Entry
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Search:
    """Newest first. `reached` is the last entry that was read; `is_over`: there are no more."""

    found: list[Found]
    reached: Entry | None
    is_over: bool


def search(client: Client, wanted: Sequence[str], further: Entry | None = None) -> Search:
    """Entries that hold all of the words, in the client's own text or in the replies to it.

    Looks from the newest back, or on from the entry `further`; drafts are read as well.
    """
    rows = Entry.objects.not_replaced().filter(client=client)
    found: list[Found] = []
    reached = further
    steps: dict[tuple[UUID, bool], tuple[Step, ...]] = {}
    for _round in range(READ_AT_ONCE // _CHUNK):
        chunk = list(_older(rows, reached)[:_CHUNK])
        for entry, texts in _texts_of(chunk, steps):
            reached = entry
            if holds(texts, wanted) and (cut := excerpt(texts, wanted)):
                found.append(Found(entry, cut))
            if len(found) == SHOWN_AT_ONCE:
                return Search(found, reached, is_over=False)
        if len(chunk) < _CHUNK:
            return Search(found, reached, is_over=True)
    return Search(found, reached, is_over=False)


def _older(rows: EntryQuerySet, than: Entry | None) -> EntryQuerySet:
    rows = rows.order_by("-happened_at", "-pk")
    if than is None:
        return rows
    same = Q(happened_at=than.happened_at, pk__lt=than.pk)
    return rows.filter(
        Q(happened_at__lte=than.happened_at) & (Q(happened_at__lt=than.happened_at) | same)
    )


def _texts_of(
    chunk: list[Entry], steps: dict[tuple[UUID, bool], tuple[Step, ...]]
) -> Iterator[tuple[Entry, list[str]]]:
    """Each entry with all that was put into words about it."""
    _load_versions(chunk)
    replies: dict[UUID, list[str]] = {}
    for reply in Reply.objects.filter(entry__in=chunk):
        replies.setdefault(reply.entry_id, []).append(reply.text)
    for entry in chunk:
        key = (entry.version_id, entry.smaller)
        if key not in steps:
            steps[key] = tuple(_in_words(entry.steps()))
        answers = [text for _label, text in readable(steps[key], entry.answers)]
        texts = [entry.because, *answers, *replies.get(entry.pk, [])]
        yield entry, [text for text in texts if text]


def _load_versions(chunk: list[Entry]) -> None:
    """Each version once, however many of the entries are of it."""
    versions = ExerciseVersion.objects.in_bulk({entry.version_id for entry in chunk})
    for entry in chunk:
        entry.version = versions[entry.version_id]


def _in_words(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield replace(step, fields=tuple(f for f in step.fields if f.kind in _IN_WORDS))
