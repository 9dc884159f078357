"""Everything of this app at the desk; each subject has its module in `exercises.desk`."""

from __future__ import annotations

from exercises.desk import assignments, enrolments, flags, library, programmes

__all__ = ["assignments", "enrolments", "flags", "library", "programmes"]
