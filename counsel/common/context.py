from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def practice(request: HttpRequest) -> dict[str, dict[str, str]]:
    """What every page may say about the practice: its name, and where one leaves to."""
    return {"practice": {"name": settings.PRACTICE_NAME, "leave_to": settings.LEAVE_TO}}
