"""Everything of this app at the desk; each subject has its module in `sessions.desk`."""

from __future__ import annotations

from sessions.desk import calendars, consultations, hours, notes, offers, series, waiting

__all__ = ["calendars", "consultations", "hours", "notes", "offers", "series", "waiting"]
