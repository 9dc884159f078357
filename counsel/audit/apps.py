from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "counsel.audit"
    label = "audit"
    verbose_name = _("Access")

    def ready(self) -> None:
        from counsel.audit import signing_in

        signing_in.install()
