from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = _("Clients")

    def ready(self) -> None:
        from clients import (
            address_mails,
            agreeing_mail,
            agreeing_views,
            emergency_mail,
            letters,
            reach,
            reminders,
        )

        reach.register()
        address_mails.register()
        reminders.register()
        agreeing_mail.register()
        agreeing_views.register()
        emergency_mail.register()
        letters.register()
