from __future__ import annotations

from datetime import UTC, datetime


class StartConverter:
    """An instant to the minute in an address, '20300107T1000Z'. Others are no addresses of ours."""

    regex = r"[0-9]{8}T[0-9]{4}Z"
    _form = "%Y%m%dT%H%MZ"

    def to_python(self, value: str) -> datetime:
        return datetime.strptime(value, self._form).replace(tzinfo=UTC)

    def to_url(self, value: datetime) -> str:
        return value.astimezone(UTC).strftime(self._form)
