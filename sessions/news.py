"""Which changes by clients a counsellor is told at once, and which wait for the morning."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from counsel.accounts.models import ChangeNews, Counsellor


def is_told_at_once(
    counsellor: Counsellor, starts: Iterable[datetime], now: datetime, *, needs_answer: bool
) -> bool:
    """`starts` are when it was, and is, to begin. What is late for one of them is late.

    A request waits for the counsellor's answer, so it is told however early it comes: only who
    wants no messages at all finds it on the desk alone.
    """
    if counsellor.change_news == ChangeNews.NONE:
        return False
    if counsellor.change_news == ChangeNews.ALL or needs_answer:
        return True
    late = timedelta(hours=counsellor.late_hours)
    return any(start - now <= late for start in starts)
