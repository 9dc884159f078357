"""By which channels a client gets messages, and where each of them goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Address, Client, ClientQuerySet, PushDevice
from clients.stop_tokens import stop_token
from counsel.reminders.carriers import available_channels
from counsel.reminders.models import Channel, Reminder, Wording
from counsel.reminders.registry import Device, Reach, Role, Skip, get_kind, register_role

CLIENT = "client"
# "Mr Smith" has no first name in it.
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "sir", "dr", "prof"})


def register() -> None:
    register_role(CLIENT, Role(reach, refused, stop_link, prepare))


def person_of(client: Client) -> str:
    return f"{CLIENT}:{client.pk}"


def channels_of(client: Client, kind: str) -> tuple[Channel, ...]:
    """Those that the client, the kind and the practice all know. E-mail where there is none, so
    that the ledger says why nothing was sent. Raises KeyError for a kind that nobody registered.
    """
    possible = {*get_kind(kind).channels} & {*available_channels()}
    wanted = [
        channel
        for channel in Channel
        if channel in possible
        and client.wording_on(channel) != Wording.NONE
        and not _has_stopped(client, channel, kind)
        and not _took_back(client, channel)
    ]
    return tuple(wanted) or (Channel.EMAIL,)


def channels_open_to(client: Client) -> tuple[Channel, ...]:
    """By which messages could go to the client now: there is an address or a device for it.

    Mail always: even one whose address takes none may say what they would like.
    """
    return tuple(
        channel
        for channel in available_channels()
        if channel == Channel.EMAIL or not isinstance(_REACHES[channel](client), Skip)
    )


def takes_nothing() -> Q:
    """Clients who want messages by a channel whose address has refused them."""
    used = Address.objects.filter(client=OuterRef("pk"), verified_at__isnull=False)
    other, number = used.filter(channel=Channel.EMAIL), used.filter(channel=Channel.SMS)
    own = Q(email_refused_at__isnull=False) & ~Exists(other)
    mail = Q(Exists(other.filter(refused_at__isnull=False))) | own
    text = Q(Exists(number.filter(refused_at__isnull=False)))
    wants_mail = ~Q(email_wording=Wording.NONE) & Q(mail_off_at=None)
    wants_text = ~Q(sms_wording=Wording.NONE)
    return (wants_mail & mail) | (wants_text & text)


@dataclass(frozen=True, slots=True)
class Place:
    """Where messages on one channel go; no `value` where there is no number yet."""

    channel: str
    value: str
    is_own: bool
    is_refused: bool
    # Another was given, and waits for its code.
    is_waiting: bool

    @property
    def is_email(self) -> bool:
        return self.channel == Channel.EMAIL


def places_of(client: Client) -> list[Place]:
    """One for each channel that has addresses, in one query."""
    rows = {(row.channel, row.verified_at is not None): row for row in client.addresses.all()}
    channels = [c for c in available_channels() if c in {Channel.EMAIL, Channel.SMS}]
    return [_place(client, c, rows.get((c, True)), (c, False) in rows) for c in channels]


def _place(client: Client, channel: Channel, used: Address | None, is_waiting: bool) -> Place:
    if used is not None:
        refused = used.refused_at is not None
        return Place(channel.value, used.value, False, refused, is_waiting)
    if channel == Channel.EMAIL:
        refused = client.email_refused_at is not None
        return Place(channel.value, client.email, True, refused, is_waiting)
    return Place(channel.value, "", False, False, is_waiting)


def no_mail_reaches(client: Client) -> Skip | None:
    """Why a mail that they have not asked for would not go out now; None where it would."""
    if client.restricted_at is not None:
        return Skip(_("their record is to be erased"))
    if client.wording_on(Channel.EMAIL) == Wording.NONE:
        return Skip(_("they want no messages this way"))
    if _took_back(client, Channel.EMAIL):
        return Skip(_("they took back their agreement to mails"))
    found = _by_email(client)
    return found if isinstance(found, Skip) else None


def reach(reminder: Reminder) -> Reach | Skip:
    """Asked anew each time a message goes out: what they chose a moment ago counts."""
    client = reminder.at_hand.get(CLIENT) or _clients(reminder).first()
    if client is None:
        return Skip(_("there is no record of them any more"))
    if client.restricted_at is not None:
        return Skip(_("their record is to be erased"))
    wording = client.wording_on(reminder.channel)
    if wording == Wording.NONE and not get_kind(reminder.kind).asked_for:
        return Skip(_("they want no messages this way"))
    if _took_back(client, reminder.channel) and not get_kind(reminder.kind).asked_for:
        return Skip(_("they took back their agreement to mails"))
    if _has_stopped(client, reminder.channel, reminder.kind):
        return Skip(_("they have stopped these mails"))
    found = _REACHES[Channel(reminder.channel)](client)
    if isinstance(found, Skip):
        return found
    address, devices = found
    name = first_name(client) if wording == Wording.PLAIN else ""
    return Reach(address, client.language, client.zone, name, devices)


def prepare(reminders: Sequence[Reminder]) -> None:
    """Their clients and where else messages to these go, in two queries."""
    keys = {reminder: _key(reminder) for reminder in reminders}
    everybodys = Client.objects.across_caseloads("messages that are due, whose ever they are")
    clients = everybodys.prefetch_related("addresses").in_bulk(set(keys.values()))
    for reminder, key in keys.items():
        if key in clients:
            reminder.at_hand[CLIENT] = clients[key]


def _has_stopped(client: Client, channel: str, kind: str) -> bool:
    """Of mails about homework only: each has a link that stops them."""
    is_stopped = client.homework_mails_off_at is not None
    return is_stopped and channel == Channel.EMAIL and get_kind(kind).homework


def _took_back(client: Client, channel: str) -> bool:
    """Of mails in general; what somebody asks for themselves goes out all the same."""
    return channel == Channel.EMAIL and client.mail_off_at is not None


def stop_link(reminder: Reminder) -> str:
    client = reminder.at_hand.get(CLIENT) or _clients(reminder).get()
    return settings.BASE_URL + reverse("clients:stop", args=[stop_token(client)])


def refused(reminder: Reminder, address: str) -> None:
    """Nothing goes to that address any more until it is changed or verified again."""
    now, client = timezone.now(), _clients(reminder).get()
    if client.user_id is not None:
        PushDevice.objects.filter(client__user=client.user_id, endpoint=address).delete()
    rows = client.addresses.filter(value__iexact=address, refused_at=None)
    if reminder.handed_over_at is not None:
        # News of a message that went out before they showed that it works is no news.
        rows = rows.exclude(verified_at__gt=reminder.handed_over_at)
    rows.update(refused_at=now)
    Client.objects.these(client).filter(email__iexact=address, email_refused_at=None).update(
        email_refused_at=now
    )


def first_name(client: Client) -> str:
    """What a message in plain words calls them: never a surname, rather nothing at all."""
    before, comma, after = client.name.partition(",")
    is_turned = bool(comma) and len(before.split()) == 1
    words = (after if is_turned else before).split()
    names = [word for word in words if word.rstrip(".").casefold() not in _TITLES]
    if len(names) == 1 < len(words) and not is_turned:
        return ""
    return next(iter(names), "")


_Where = tuple[str, tuple[Device, ...]]


def _by_email(client: Client) -> _Where | Skip:
    other = _address(client, Channel.EMAIL)
    if other.refused_at if other else client.email_refused_at:
        return Skip(_("their address takes no mails"))
    return (other.value if other else client.email), ()


def _by_sms(client: Client) -> _Where | Skip:
    number = _address(client, Channel.SMS)
    if number is None:
        return Skip(_("they have verified no number"))
    if number.refused_at:
        return Skip(_("their number takes no messages"))
    return number.value, ()


def _by_push(client: Client) -> _Where | Skip:
    devices = devices_of(client)
    return ("", devices) if devices else Skip(_("none of their devices takes notifications"))


def devices_of(client: Client) -> tuple[Device, ...]:
    """The person's, whichever of their records they turned them on with."""
    if client.user_id is None:
        return ()
    rows = PushDevice.objects.filter(client__user=client.user_id).in_use().order_by("created_at")
    return tuple(Device(*row) for row in rows.values_list("endpoint", "p256dh", "auth"))


def _address(client: Client, channel: Channel) -> Address | None:
    """The verified one, if they have given another than their own."""
    rows = (row for row in client.addresses.all() if row.channel == channel)
    return next((row for row in rows if row.verified_at is not None), None)


def _clients(reminder: Reminder) -> ClientQuerySet:
    """The one whom the row is for."""
    found: ClientQuerySet = reminder.person_in(Client.objects.all())
    return found


def _key(reminder: Reminder) -> UUID:
    return UUID(reminder.person.removeprefix(f"{CLIENT}:"))


_REACHES = {Channel.EMAIL: _by_email, Channel.SMS: _by_sms, Channel.PUSH: _by_push}
