"""What the demo's counsellors wrote down of their consultations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import cycle, islice
from random import Random

from django.utils import timezone

from counsel.desk.demo.story import Story
from sessions.models import Consultation, ConsultationNote, NoteAddendum, ProcessNote, Status
from sessions.notes import HEADINGS, Section, as_rows

AFTERWARDS = timedelta(minutes=20)


def notes_make(story: Story, past: Iterable[Consultation]) -> None:
    """Of each that was held, signed on the same day; `facts["notes"]` says what else there is."""
    held = [consultation for consultation in past if consultation.status == Status.COMPLETED]
    more = story.facts.get("notes", ())
    # Dice of its own, so that nothing else of the demo falls another way.
    turn = Random(story.client.name).randrange(100)  # noqa: S311
    texts = islice(cycle(story.words["notes"]), turn, None)
    agreed = islice(cycle(story.words["agreed"]), turn, None)
    notes = [
        _note(consultation, told["format"], told["texts"], words)
        for consultation, told, words in zip(held, texts, agreed, strict=False)
    ]
    if "none of the last" in more:
        notes.pop()
    elif "the last unsigned" in more:
        notes[-1].signed_at = notes[-1].signed_by = None
    ConsultationNote.objects.bulk_create(notes)
    if "one added to" in more:
        _add(notes[-2], story.words["added_to_a_note"])
    if "a process note" in more:
        _think(notes[-1], story.words["process_note"])


def _note(
    consultation: Consultation, format: str, texts: list[str], agreed: str
) -> ConsultationNote:
    at = consultation.ends_at + AFTERWARDS
    note = ConsultationNote(
        consultation=consultation,
        author=consultation.counsellor,
        format=format,
        agreed=agreed,
        version=2,
        created_at=consultation.ends_at,
        saved_at=at,
        signed_at=at,
        signed_by=consultation.counsellor,
    )
    headings = (str(heading) for heading in HEADINGS[format])
    note.sections = as_rows(tuple(map(Section, headings, texts)))
    return note


def _add(note: ConsultationNote, text: str) -> None:
    at = min(note.saved_at + timedelta(hours=15), timezone.now())
    NoteAddendum.objects.create(note=note, author=note.author, text=text, created_at=at)


def _think(note: ConsultationNote, text: str) -> None:
    ProcessNote.objects.create(
        client=note.consultation.client,
        author=note.author,
        text=text,
        version=2,
        saved_at=note.saved_at,
        created_at=note.saved_at,
    )
