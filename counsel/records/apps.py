from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from counsel.records.backup import gate


class RecordsConfig(AppConfig):
    name = "counsel.records"
    label = "records"
    verbose_name = _("Records")

    def ready(self) -> None:
        from counsel.records import correcting

        gate.watch()
        correcting.register()
