from __future__ import annotations

from datetime import UTC, datetime


class StartConverter:
    """An instant to the minute in an address, '20300107T1000Z'. Others are no addresses of ours."""

    regex = r"[0-9]{8}T[0-9]{4}Z"

    def to_python(self, value: str) -> datetime:
        return datetime.strptime(value, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)

    def to_url(self, value: datetime) -> str:
        value = value.astimezone(UTC)
        # strftime() writes the first years of all without their zeros.
        return f"{value.year:04}{value:%m%dT%H%MZ}"
