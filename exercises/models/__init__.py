from __future__ import annotations

from exercises.models.assignments import Assignment
from exercises.models.entries import Entry, EntryFact, EntryQuerySet, Reply, Review
from exercises.models.library import Exercise, ExerciseDraft, ExerciseVersion
from exercises.models.measures import RiskFlag, ScaleScore, Score
from exercises.models.partners import Partner, SmallShare
from exercises.models.pauses import AssignmentPause
from exercises.models.programmes import Enrolment, Programme, ProgrammeItem
from exercises.models.rhythms import Rhythm

__all__ = [
    "Assignment",
    "AssignmentPause",
    "Enrolment",
    "Entry",
    "EntryFact",
    "EntryQuerySet",
    "Exercise",
    "ExerciseDraft",
    "ExerciseVersion",
    "Partner",
    "Programme",
    "ProgrammeItem",
    "Reply",
    "Review",
    "Rhythm",
    "RiskFlag",
    "ScaleScore",
    "Score",
    "SmallShare",
]
