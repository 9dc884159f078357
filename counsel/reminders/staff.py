"""Messages to who works here: to the address they sign in with."""

from __future__ import annotations

from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor, User
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Reach, Role, Skip, register_role

COUNSELLOR = "counsellor"
# Anybody who works here, by their account: also who has no caseload.
STAFF = "staff"


def register() -> None:
    register_role(COUNSELLOR, Role(reach))
    register_role(STAFF, Role(reach_staff))


def reach(reminder: Reminder) -> Reach | Skip:
    key = reminder.person.removeprefix(f"{COUNSELLOR}:")
    counsellor = Counsellor.objects.select_related("user").get(pk=key)
    if counsellor.has_left:
        return Skip(_("they do not work here any more"))
    user = counsellor.user
    return Reach(address=user.email, language=user.language, zone=counsellor.zone)


def reach_staff(reminder: Reminder) -> Reach | Skip:
    user = User.objects.get(pk=reminder.person.removeprefix(f"{STAFF}:"))
    if not (user.is_active and user.is_staff):
        return Skip(_("they do not work here any more"))
    return Reach(address=user.email, language=user.language, zone=user.zone)
