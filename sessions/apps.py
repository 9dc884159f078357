from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "sessions"
    # Django's own sessions app owns the label "sessions".
    label = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        from sessions import handing, home, replanning
        from sessions.mails import (
            consultations,
            holds,
            letters,
            morning,
            sample,
            series,
            waiting,
        )

        home.register()
        handing.register()
        replanning.register()
        for mails in (consultations, holds, series, waiting, morning, letters, sample):
            mails.register()
