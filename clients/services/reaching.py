"""What a client chooses about the messages they get. Each change plans the ledger anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from clients.reach import channels_open_to
from clients.replanning import replan
from counsel.common.errors import DomainError
from counsel.common.offsets import OFFSETS, offsets_cleaned
from counsel.common.zones import local_date
from counsel.reminders.models import Channel, Wording

LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class MessageChoices:
    """How much a message may say on each channel, a `Wording`, and when consultations are
    reminded of: minutes before the start; None as the practice does, empty for never.
    """

    email_wording: str
    sms_wording: str
    push_wording: str
    reminder_offsets: list[int] | None


@transaction.atomic
def messages_choose(*, client: Client, choices: MessageChoices) -> Client:
    """Raises DomainError, with the field, for a channel that cannot reach them, or an offset
    that is none of `OFFSETS`.
    """
    _require_ways(client, choices)
    if choices.email_wording == Wording.PLAIN and client.plain_mail_off_at is not None:
        words = _("You took back that e-mails may name you. Agree to it first, under Settings.")
        raise DomainError(words, field="email_wording")
    for field, value in vars(choices).items():
        setattr(client, field, value)
    client.reminder_offsets = _offsets(client, choices.reminder_offsets)
    client.clean_fields(exclude=_others(choices))
    client.save(update_fields=list(vars(choices)))
    replan(client, timezone.now())
    return client


@transaction.atomic
def homework_pause(*, client: Client, until: date) -> Client:
    """No reminders of practice before that day, by the client's own clock.

    Raises DomainError for a day that is not to come, or too far away.
    """
    now = timezone.now()
    today = local_date(now, client.zone)
    if until <= today:
        raise DomainError(_("Choose tomorrow or a later day."), field="until")
    if until > today + LONGEST_PAUSE:
        raise DomainError(_("Choose a day within a year."), field="until")
    return _homework(client, now, homework_paused_until=until)


@transaction.atomic
def homework_resume(*, client: Client) -> Client:
    """Practice may be reminded of again: after a pause, where the reminders had stopped by
    themselves, or where somebody had stopped the mails from one of them."""
    none = dict.fromkeys(("homework_paused_until", "homework_stopped_at", "homework_mails_off_at"))
    return _homework(client, timezone.now(), **none)


@transaction.atomic
def homework_mails_stop(*, client: Client, now: datetime) -> bool:
    """No more mails about practice; what comes by other channels still does.

    Once more changes nothing. Returns whether they were on.
    """
    still_on = Client.objects.these(client).filter(homework_mails_off_at=None)
    if not still_on.update(homework_mails_off_at=now):
        return False
    client.homework_mails_off_at = now
    replan(client, now)
    return True


def _homework(client: Client, now: datetime, **values: date | None) -> Client:
    for field, value in values.items():
        setattr(client, field, value)
    client.save(update_fields=list(values))
    replan(client, now)
    return client


def _require_ways(client: Client, choices: MessageChoices) -> None:
    open_to = channels_open_to(client)
    for channel in Channel:
        field = f"{channel}_wording"
        wanted = getattr(choices, field)
        # What they have they may keep, though the practice has closed that way meanwhile.
        if wanted in {Wording.NONE, getattr(client, field)} or channel in open_to:
            continue
        raise DomainError(_("We cannot reach you this way yet."), field=field)


def _offsets(client: Client, offsets: list[int] | None) -> list[int] | None:
    if offsets is None:
        return None
    if not set(offsets) <= {*OFFSETS, *(client.reminder_offsets or ())}:
        raise DomainError(_("Choose from those in the list."), field="reminder_offsets")
    try:
        return offsets_cleaned(offsets)
    except ValueError as error:
        raise DomainError(_("Choose five at most."), field="reminder_offsets") from error


def _others(choices: MessageChoices) -> set[str]:
    return {field.name for field in Client._meta.fields} - set(vars(choices))
