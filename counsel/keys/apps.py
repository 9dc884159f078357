from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KeysConfig(AppConfig):
    name = "counsel.keys"
    label = "keys"
    verbose_name = _("Keys")

    def ready(self) -> None:
        from counsel.keys import starting

        register(starting.command_starts, Tags.security)
        post_migrate.connect(starting.tables_are_made, sender=self)
