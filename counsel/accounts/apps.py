from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "counsel.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from counsel.accounts import log_off, second_step

        log_off.install()
        second_step.install()
