"""What goes to a client's new counsellor at once: whatever asks to be looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from clients.ties import OpenMatter, Tie, register_tie
from counsel.accounts.models import Counsellor
from exercises.flag_mail import flag_mails_plan, flag_mails_withdraw
from exercises.models import RiskFlag


def register() -> None:
    register_tie(Tie(open_matters=open_matters, let_go=let_go))


def open_matters(client: Client, now: datetime) -> Iterable[OpenMatter]:
    """None: assignments, entries and measures go along as they are."""
    return ()


def let_go(client: Client, former: Counsellor) -> None:
    """Open flags are the new counsellor's, who is written to about them as if they were new."""
    now = timezone.now()
    for flag in RiskFlag.objects.filter(client=client, closed_at__isnull=True).defer("done"):
        flag.client = client
        flag_mails_withdraw(flag, _("the client was handed over"))
        flag_mails_plan(flag, since=now)
