from __future__ import annotations

from exercises.models.assignments import Assignment, Rhythm
from exercises.models.entries import Entry, EntryFact, EntryQuerySet, Reply, Review
from exercises.models.library import Exercise, ExerciseVersion

__all__ = [
    "Assignment",
    "Entry",
    "EntryFact",
    "EntryQuerySet",
    "Exercise",
    "ExerciseVersion",
    "Reply",
    "Review",
    "Rhythm",
]
