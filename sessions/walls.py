"""The second wall around notes and what a client wants to talk about (`counsel.common.wall`)."""

# ruff: noqa: S608 (nothing here comes from outside)
from __future__ import annotations

from clients.walls import BY_CLIENT

TABLES = {
    "consultations_processnote": BY_CLIENT,
    "consultations_talkingpoint": BY_CLIENT,
    "consultations_consultationnote": (
        "EXISTS (SELECT 1 FROM consultations_consultation held WHERE held.id = consultation_id "
        f"AND held.{BY_CLIENT})"
    ),
    # Its note stands behind the same wall.
    "consultations_noteaddendum": (
        "EXISTS (SELECT 1 FROM consultations_consultationnote note WHERE note.id = note_id)"
    ),
}
