"""Where messages to a client go when it is not their own e-mail address."""

from __future__ import annotations

import hashlib
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.people import Client
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.models import BaseModel
from counsel.reminders.models import Channel


class Address(BaseModel):
    """An e-mail address for messages only, or a telephone number (E.164).

    Used once it is verified: by a code sent to it. One that is changed stays in use until the
    new one is verified.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="addresses")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    value = models.CharField(_("address or number"), max_length=254)
    # From this and the server's key follows the code (see `clients.codes`): it stands nowhere.
    code_salt = models.CharField(max_length=32, blank=True)
    code_sent_at = models.DateTimeField(null=True)
    # How often a wrong one was typed.
    tries = models.PositiveSmallIntegerField(default=0)
    # The one whose place it took, which is told so.
    former = models.CharField(max_length=254, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True)
    # It takes no messages, as whoever carries them told us.
    refused_at = models.DateTimeField(_("takes no messages since"), null=True)

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("address for messages")
        verbose_name_plural = _("addresses for messages")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "channel"],
                condition=Q(verified_at__isnull=False),
                name="clients_address_one_in_use",
            ),
            models.UniqueConstraint(
                fields=["client", "channel"],
                condition=Q(verified_at__isnull=True),
                name="clients_address_one_to_verify",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "sms"]), name="clients_address_has_a_channel"
            ),
        ]

    def __str__(self) -> str:
        return f"Address {str(self.pk)[:8]}"


class PushDeviceQuerySet(CaseloadQuerySet):
    def in_use(self) -> Self:
        """Those turned on under the key we have now: push services take no other for them."""
        key = settings.VAPID_KEY
        return self.filter(server_key=key.public) if key else self.none()


class PushDevice(BaseModel):
    """A browser a client lets us push to. Gone when its push service says so.

    A person has one set of devices, whichever of their counsellors a message is about: `client`
    is the record they had before them when they turned it on.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="devices")
    endpoint = models.URLField(max_length=1000)
    # The browser's public key and its secret for the encryption of what is pushed (RFC 8291).
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    # Our own public key at that time (RFC 8292).
    server_key = models.CharField(max_length=90, blank=True)
    # The client's own word for it: "Phone".
    label = models.CharField(_("name"), max_length=60, blank=True)

    objects = PushDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device for notifications")
        verbose_name_plural = _("devices for notifications")
        constraints = [
            # Whoever is in front of a browser gets what is pushed there: it has one person.
            models.UniqueConstraint(fields=["endpoint"], name="clients_pushdevice_one_person")
        ]

    def __str__(self) -> str:
        return f"Device {str(self.pk)[:8]}"

    @property
    def mark(self) -> str:
        """By which a browser knows itself in a list, without the list giving its address away."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()
