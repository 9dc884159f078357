from __future__ import annotations

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "counsel.common"
    label = "common"

    def ready(self) -> None:
        from counsel.checks import register_checks
        from counsel.common import wall

        register_checks()
        wall.install()
