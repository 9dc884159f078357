from __future__ import annotations

from exercises.models.assignments import Assignment
from exercises.models.entries import Entry, EntryFact, EntryQuerySet, Reply, Review
from exercises.models.library import Exercise, ExerciseDraft, ExerciseVersion
from exercises.models.measures import RiskFlag, ScaleScore, Score
from exercises.models.nudges import Nudges
from exercises.models.partners import Partner, SmallShare
from exercises.models.pauses import AssignmentPause
from exercises.models.pins import MOST_PINS, PinnedQuote
from exercises.models.programmes import Enrolment, Programme, ProgrammeItem
from exercises.models.progress_events import ProgressEvent
from exercises.models.rhythms import Rhythm
from exercises.models.standings import Standing

__all__ = [
    "MOST_PINS",
    "Assignment",
    "AssignmentPause",
    "Enrolment",
    "Entry",
    "EntryFact",
    "EntryQuerySet",
    "Exercise",
    "ExerciseDraft",
    "ExerciseVersion",
    "Nudges",
    "Partner",
    "PinnedQuote",
    "Programme",
    "ProgrammeItem",
    "ProgressEvent",
    "Reply",
    "Review",
    "Rhythm",
    "RiskFlag",
    "ScaleScore",
    "Score",
    "SmallShare",
    "Standing",
]
