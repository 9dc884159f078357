from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions"
    # Django's own sessions app owns the label "sessions".
    label = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        from sessions import hold_reminders, home, reminders, series_reminders, waiting_reminders

        home.register()
        reminders.register()
        hold_reminders.register()
        series_reminders.register()
        waiting_reminders.register()
