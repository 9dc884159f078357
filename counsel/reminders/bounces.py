"""What mail servers and providers tell afterwards about a mail that they had taken."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils.translation import gettext as _

from counsel.reminders.dsn import Bounce, Fate
from counsel.reminders.models import Channel, Reminder, State
from counsel.reminders.registry import tell_refused

logger = logging.getLogger(__name__)


def bounce_note(bounce: Bounce, now: datetime) -> bool:
    """Write down that a mail came back; False where it is about none that we sent.

    A mail that will never arrive counts as failed. Where the address is why, nothing goes there
    any more until it is changed or verified again. Hearing it twice changes nothing.
    """
    rows = Reminder.objects.across_caseloads("a mail that came back names its row itself")
    row = rows.filter(pk=bounce.row, channel=Channel.EMAIL, handed_over_at__isnull=False).first()
    if row is None:
        return False
    out = Reminder.objects.these(row).filter(state__in=[State.SENT, State.UNCERTAIN])
    code = bounce.status or "?"
    if bounce.fate is Fate.DELAYED:
        out.filter(state=State.SENT).update(reason=_("delayed on its way (%s)") % code)
    else:
        out.update(state=State.FAILED, reason=_("came back (%s)") % code, finished_at=now)
    # No address of ours has anything else in it, and no database takes all of it.
    if bounce.fate is Fate.REFUSED and bounce.address and bounce.address.isprintable():
        tell_refused(row, bounce.address)
    logger.info("reminder %s (%s): %s %s", row.pk, row.kind, bounce.fate.value, code)
    return True
