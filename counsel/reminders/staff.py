"""Messages to counsellors: to the address they sign in with."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Reach, Role, Skip, register_role

COUNSELLOR = "counsellor"


def register() -> None:
    register_role(COUNSELLOR, Role(reach))


def reach(reminder: Reminder) -> Reach | Skip:
    key = reminder.person.removeprefix(f"{COUNSELLOR}:")
    counsellor = Counsellor.objects.select_related("user").get(pk=key)
    if counsellor.has_left:
        return Skip(_("they do not work here any more"))
    user = counsellor.user
    return Reach(address=user.email, language=user.language, zone=counsellor.zone)
