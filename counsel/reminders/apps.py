from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RemindersConfig(AppConfig):
    name = "counsel.reminders"
    label = "reminders"
    verbose_name = _("Reminders")

    def ready(self) -> None:
        from counsel.reminders import (
            checks,  # noqa: F401
            events,
            staff,
        )
        from counsel.reminders.carriers import checks as _carriers  # noqa: F401

        staff.register()
        events.connect()
