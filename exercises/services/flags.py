"""A flag: raised by an answer that asks the counsellor to look, closed by what they did."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from exercises.flag_mail import flag_mails_plan, flag_mails_withdraw
from exercises.models import Entry, RiskFlag
from exercises.services.standing import standing_touch
from exercises.services.words import words_of

logger = logging.getLogger(__name__)


@transaction.atomic
def flag_raise(*, entry: Entry, now: datetime) -> RiskFlag:
    """The one flag of this entry, and the mail that asks the counsellor to look.

    A mail that cannot be planned costs neither: the ledger's next tick plans it. The caller, who
    saves the entry, touches the standing.
    """
    flag: RiskFlag
    flag, is_new = RiskFlag.objects.get_or_create(
        entry=entry, defaults={"client_id": entry.client_id, "created_at": now}
    )
    if is_new:
        try:
            with transaction.atomic():
                flag_mails_plan(flag)
        except Exception as error:  # whatever it is, the flag is more
            logger.error("flag %s: no mail planned, %s", flag.pk, type(error).__name__)
    return flag


@transaction.atomic
def flag_close(*, flag: RiskFlag, by: Counsellor, done: str) -> RiskFlag:
    """Close it with what was done. It stays closed, and its words stay as they are.

    Raises DomainError for words that are missing or cannot be kept, ConflictError where it was
    closed before.
    """
    done = words_of("done", done)
    if not done:
        raise DomainError(_("Write what you did: this is what closes it."), field="done")
    row: RiskFlag = RiskFlag.objects.these(flag).select_for_update(of=("self",)).get()
    if row.closed_at is not None:
        raise ConflictError(_("This was closed before. What was written then stands."))
    row.closed_at, row.closed_by, row.done = timezone.now(), by, done
    row.full_clean()
    row.save(update_fields=["closed_at", "closed_by", "done"])
    standing_touch(client_id=row.client_id)
    flag_mails_withdraw(row)
    return row
