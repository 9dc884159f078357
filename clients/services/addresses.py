"""Another address for a client's messages, or a number: given, shown to be theirs, taken away.

Nothing goes to one before the code that was sent to it has been typed; until then the one
before stays in use. Whether an address is also somebody else's is never looked at.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients import codes
from clients.models import Address, Client
from clients.replanning import replan
from counsel.accounts.models import validate_address
from counsel.common.errors import DomainError
from counsel.reminders.models import Channel, Wording
from counsel.reminders.numbers import e164
from counsel.reminders.services import reminder_plan, reminders_withdraw

ADDRESS_CHECK = "address_check"
ADDRESS_CHANGED = "address_changed"

# Later than that the news of a change is none.
NEWS_FOR = timedelta(days=2)

_LONGEST = 254


def subject_of(address: Address) -> str:
    return f"address:{address.pk}"


@transaction.atomic
def address_give(*, client: Client, channel: str, value: str) -> Address:
    """Send a code to an address or number that is to be used from then on.

    Their own address again means: back to it, once it is shown to take mails. What was given
    before and not verified is forgotten. Raises DomainError, with the field "value", for what is
    no address or is in use already.
    """
    value = _cleaned(channel, value)
    now = timezone.now()
    client = _kept_still(client)
    if _is_in_use(client, channel, value):
        raise DomainError(_("Messages go there already."), field="value")
    _forget_unverified(client, channel)
    address = Address.objects.create(client=client, channel=channel, value=value)
    return _send_code(address, now)


@transaction.atomic
def address_code_again(*, address: Address) -> Address:
    """A new code; the one before is worth nothing any more."""
    _kept_still(address.client)
    row: Address = Address.objects.these(address).select_related("client").get()
    if row.verified_at is None:
        _send_code(row, timezone.now())
    return row


@transaction.atomic
def address_forget(*, client: Client, channel: str) -> None:
    """Leave all as it is: the address that waits for its code is forgotten."""
    _forget_unverified(_kept_still(client), channel)


def address_verify(*, address: Address, code: str) -> Address:
    """Use it from now on, in place of the one before, which gets a neutral notice.

    Raises DomainError, with the field "code", for a wrong code or one that is over: each wrong
    one counts.
    """
    with transaction.atomic():
        refusal = _try_code(address, code, timezone.now())
    if refusal:
        raise DomainError(refusal, field="code")
    return address


@transaction.atomic
def address_remove(*, client: Client, channel: str) -> None:
    """Mails go to their own address again; without a number there are no text messages."""
    reminder_subjects = [subject_of(row) for row in client.addresses.filter(channel=channel)]
    client.addresses.filter(channel=channel).delete()
    for subject in reminder_subjects:
        reminders_withdraw(subject=subject, reason=_("the address was taken away"))
    if channel == Channel.SMS:
        client.sms_wording = Wording.NONE
        client.save(update_fields=["sms_wording"])
    replan(client, timezone.now())


def _kept_still(client: Client) -> Client:
    """Whoever changes their addresses does so in turn. Rows that point to them stay free to be
    written."""
    rows = Client.objects.these(client).select_for_update(no_key=True, of=("self",))
    found: Client = rows.select_related("counsellor").get()
    return found


def _cleaned(channel: str, value: str) -> str:
    if channel == Channel.EMAIL:
        value = value.strip()
        try:
            validate_email(value)
            validate_address(value)
        except ValidationError as error:
            raise DomainError(error.messages[0], field="value") from error
        if not _is_elsewhere(value):
            raise DomainError(_("Enter a valid email address."), field="value")
        if len(value) > _LONGEST:
            raise DomainError(_("This address is too long."), field="value")
        return value
    try:
        return e164(value)
    except ValueError as error:
        words = _("Write the number with its country, such as +44 7700 900123.")
        raise DomainError(words, field="value") from error


def _is_elsewhere(value: str) -> bool:
    """Not on the mail server's own machine, and not at a bare number, which may lie inside."""
    host = value.rpartition("@")[2]
    return "." in host and not host.startswith("[")


def _is_in_use(client: Client, channel: str, value: str) -> bool:
    """Whether messages arrive there now; one that was refused may be tried again."""
    used = client.addresses.filter(channel=channel, verified_at__isnull=False).first()
    if used is not None:
        return used.refused_at is None and used.value.casefold() == value.casefold()
    is_own = channel == Channel.EMAIL and client.email.casefold() == value.casefold()
    return is_own and client.email_refused_at is None


def _forget_unverified(client: Client, channel: str) -> None:
    for earlier in client.addresses.filter(channel=channel, verified_at__isnull=True):
        reminders_withdraw(subject=subject_of(earlier), reason=_("another address was given"))
        earlier.delete()


def _send_code(address: Address, now: datetime) -> Address:
    """Of several that were sent only the newest is worth anything."""
    reminders_withdraw(subject=subject_of(address), reason=_("a newer code was asked for"))
    address.code_salt, address.code_sent_at, address.tries = codes.new_salt(), now, 0
    address.refused_at = None
    address.save(update_fields=["code_salt", "code_sent_at", "tries", "refused_at"])
    _tell(address, ADDRESS_CHECK, "address", now, codes.GOOD_FOR, address.code_salt)
    return address


def _try_code(address: Address, code: str, now: datetime) -> str:
    """Why it does not count; empty where it does, and the address is in use from now on."""
    client = _kept_still(address.client)
    row = Address.objects.these(address).filter(verified_at__isnull=True).first()
    if row is None or not codes.is_open(row, now):
        return _("This code is over. Have a new one sent.")
    if not codes.fits(row, code):
        row.tries += 1
        row.save(update_fields=["tries"])
        left = codes.is_open(row, now)
        return (
            _("That is not the code. Take it from the newest message you have.")
            if left
            else _("That is not the code, and those were many tries. Have a new one sent.")
        )
    _use(client, row, now)
    return ""


def _use(client: Client, address: Address, now: datetime) -> None:
    used = client.addresses.filter(channel=address.channel, verified_at__isnull=False).first()
    own = client.email if address.channel == Channel.EMAIL else ""
    if used is not None:
        used.delete()
    if address.value.casefold() == own.casefold():
        # Back to their own, which is kept in one place only: it may change there.
        address.delete()
        client.email_refused_at = None
        client.save(update_fields=["email_refused_at"])
    else:
        address.former = used.value if used else own
        address.code_salt, address.verified_at = "", now
        address.save(update_fields=["former", "code_salt", "verified_at"])
        if address.former and address.former != address.value:
            _tell(address, ADDRESS_CHANGED, "former", now, NEWS_FOR)
    replan(client, now)


def _tell(
    address: Address,
    kind: str,
    whom: str,
    now: datetime,
    good_for: timedelta,
    occurrence: str = "",
) -> None:
    reminder_plan(
        counsellor=address.client.counsellor,
        kind=kind,
        subject=subject_of(address),
        person=f"{whom}:{address.pk}",
        occurrence=occurrence,
        due_at=now,
        not_after=now + good_for,
        channel=address.channel,
    )
