from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExercisesConfig(AppConfig):
    name = "exercises"
    verbose_name = _("Exercises")

    def ready(self) -> None:
        from clients.services.consenting import register_undoing
        from counsel.reminders.registry import register_planner
        from exercises import (
            flag_mail,
            handing,
            home,
            letters,
            partner_mails,
            partner_panel,
            reminders,
        )
        from exercises.services.measures import flags_keep
        from exercises.services.practising import sharing_undo
        from exercises.services.programmes import programmes_keep

        home.register()
        handing.register()
        reminders.register()
        partner_mails.register()
        partner_panel.register()
        flag_mail.register()
        letters.register()
        register_undoing("sharing", sharing_undo)
        register_planner(programmes_keep)
        register_planner(flags_keep)
