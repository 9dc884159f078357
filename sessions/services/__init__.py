"""The only writer of consultations.

Bookings of one counsellor are taken one after the other (a lock on the counsellor's row; on
SQLite the write lock of the transaction), so that what was checked still holds when the row is
written. Behind that the database itself refuses overlaps. Every later change is
compare-and-swap on (status, version): who acts on an outdated view gets a ConflictError.
"""

from __future__ import annotations

from sessions.changes import undoable
from sessions.services.booking import consultation_book, consultation_request
from sessions.services.calendars import (
    calendar_add,
    calendar_read_soon,
    calendar_remove,
    calendar_rename,
    calendar_turn,
    calendars_read,
)
from sessions.services.feeds import feed_end, feed_make, feed_note_read, feed_of
from sessions.services.holds import (
    TooManyHolds,
    hold_confirm,
    hold_place,
    hold_release,
    holds_expire,
    holds_forget,
)
from sessions.services.hours import counsellor_move_zone, hours_save
from sessions.services.life import (
    consultation_cancel,
    consultation_complete,
    consultation_confirm,
    consultation_decline,
    consultation_mark_no_show,
    consultation_reschedule,
    consultations_swap,
    status_when_cancelled,
)
from sessions.services.notes import (
    note_add,
    note_begin,
    note_change_format,
    note_keep,
    note_save,
    note_sign,
    process_note_begin,
    process_note_keep,
    process_note_remove,
    process_note_save,
    written_in,
)
from sessions.services.offering import offers_make
from sessions.services.series import (
    SeriesRefused,
    series_book,
    series_cancel,
    series_change,
    series_change_preview,
    series_preview,
)
from sessions.services.talking import talking_point_settle, talking_point_write
from sessions.services.undo import consultation_undo
from sessions.services.waiting import (
    waiting_confirm,
    waiting_join,
    waiting_leave,
    waiting_wish,
)
from sessions.services.writing import OverlapRefused

__all__ = [
    "OverlapRefused",
    "SeriesRefused",
    "TooManyHolds",
    "calendar_add",
    "calendar_read_soon",
    "calendar_remove",
    "calendar_rename",
    "calendar_turn",
    "calendars_read",
    "consultation_book",
    "consultation_cancel",
    "consultation_complete",
    "consultation_confirm",
    "consultation_decline",
    "consultation_mark_no_show",
    "consultation_request",
    "consultation_reschedule",
    "consultation_undo",
    "consultations_swap",
    "status_when_cancelled",
    "undoable",
    "counsellor_move_zone",
    "feed_end",
    "feed_make",
    "feed_note_read",
    "feed_of",
    "hold_confirm",
    "hold_place",
    "hold_release",
    "holds_expire",
    "holds_forget",
    "series_book",
    "series_cancel",
    "series_change",
    "series_change_preview",
    "series_preview",
    "hours_save",
    "note_add",
    "note_begin",
    "note_change_format",
    "note_keep",
    "note_save",
    "note_sign",
    "offers_make",
    "process_note_begin",
    "process_note_keep",
    "process_note_remove",
    "process_note_save",
    "talking_point_settle",
    "talking_point_write",
    "waiting_confirm",
    "waiting_join",
    "waiting_leave",
    "waiting_wish",
    "written_in",
]
