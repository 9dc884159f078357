"""The browsers a client gets notifications on."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, PushDevice
from clients.replanning import replan
from counsel.common.errors import DomainError
from counsel.common.network import AddressRefused
from counsel.common.vapid import VapidKey
from counsel.reminders.carriers.base import Refusal
from counsel.reminders.carriers.pushing import Note, Pusher
from counsel.reminders.models import Wording
from counsel.reminders.registry import Device

MOST_DEVICES = 10
# Somebody waits for the answer.
TRY_SECONDS = 5.0


@transaction.atomic
def device_add(*, client: Client, device: Device, label: str) -> PushDevice:
    """Let a browser get notifications for this person, and from now on for nobody else.

    Whoever had turned them on in that browser before gets nothing there any more. Where the
    client wanted no notifications so far, neutral ones come from now on.
    Raises DomainError where they are not sent here, or for more devices than anybody has.
    """
    key = _require_key()
    # Held until commit, so that two at once do not make one too many.
    client = Client.objects.these(client).select_for_update(no_key=True, of=("self",)).get()
    others = PushDevice.objects.filter(client__user=client.user_id)
    if others.exclude(endpoint=device.endpoint).count() >= MOST_DEVICES:
        raise DomainError(_("These are as many devices as there can be. Remove one first."))
    row: PushDevice
    # One browser is one device, whose ever it was before.
    everybodys = PushDevice.objects.across_caseloads("a browser is taken over from whoever had it")
    row, _is_new = everybodys.update_or_create(
        endpoint=device.endpoint,
        defaults={
            "client": client,
            "p256dh": device.p256dh,
            "auth": device.auth,
            "server_key": key.public,
            "label": label.strip(),
            "created_at": timezone.now(),
        },
    )
    if client.push_wording == Wording.NONE:
        _wish(client, Wording.NEUTRAL)
    return row


@transaction.atomic
def device_remove(*, device: PushDevice) -> None:
    """Nothing is pushed there any more. With the last one the wish for notifications goes, too."""
    user = device.client.user
    if user is None:
        device.delete()
        return
    # Before the device, as whoever turns it on anew takes them.
    rows = Client.objects.of_user(user).select_for_update(no_key=True, of=("self",))
    clients = list(rows.order_by("pk"))
    device.delete()
    if PushDevice.objects.of_user(user).exists():
        return
    for client in clients:
        if client.push_wording != Wording.NONE:
            _wish(client, Wording.NONE)


def device_try(*, device: PushDevice) -> bool:
    """Push a few words to this device alone; False where it is gone, and now forgotten.

    Asks its push service: not to be called in a transaction. Raises DomainError where that
    cannot be reached, or takes nothing, or where notifications are not sent here any more.
    """
    _require_key()
    to = Device(device.endpoint, device.p256dh, device.auth)
    pusher = Pusher()
    try:
        pusher.push(pusher.seal(_words(), to), seconds=TRY_SECONDS)
    except (AddressRefused, Refusal) as error:
        if isinstance(error, Refusal) and error.address:
            device_remove(device=device)
            return False
        raise DomainError(
            _("It could not be sent just now. Try again later; if it stays so, tell us.")
        ) from error
    finally:
        pusher.close()
    return True


def _require_key() -> VapidKey:
    key: VapidKey | None = settings.VAPID_KEY
    if key is None:
        raise DomainError(_("Notifications are not sent here at the moment."))
    return key


def _words() -> Note:
    return Note(
        key="test",
        title=_("A message for you"),
        body=_("This is how it looks here."),
        link=settings.BASE_URL + reverse("clients:devices"),
        lasts=timedelta(minutes=5),
    )


def _wish(client: Client, wording: Wording) -> None:
    client.push_wording = wording
    client.save(update_fields=["push_wording"])
    replan(client, timezone.now())
