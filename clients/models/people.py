from __future__ import annotations

import hashlib
from datetime import datetime
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor, validate_zone
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser, counsellor_of, is_manager
from counsel.common.fields import EncryptedCharField, EncryptedTextField
from counsel.common.models import BaseModel
from counsel.common.zones import get_zone
from counsel.reminders.models import Channel, Wording


class Sharing(models.TextChoices):
    PRIVATE = "private", _("Only me")
    SHARED = "shared", _("Me and my counsellor")


class RestrictedBy(models.TextChoices):
    """Who asked that the record be erased."""

    CLIENT = "client", _("the client")
    PRACTICE = "practice", _("the practice, for them")


class ClientQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "counsellor"
    user_path: ClassVar[str] = "user"
    restricted_path: ClassVar[str] = "restricted_at"

    def kept_of(self, user: AnyUser) -> Self:
        """A counsellor's own clients, with those whose record is only kept; all for a manager."""
        if is_manager(user):
            return self.across_caseloads("a manager may set a legal hold")
        counsellor = counsellor_of(user)
        return self.none() if counsellor is None else self.filter(counsellor=counsellor)


# Whose reminders ended by themselves, as far as the counsellor may know: see `stopped_as_told`.
STOPPED_AS_TOLD = Q(
    homework_stopped_at__isnull=False, shows_private_days=True, reminder_hour__isnull=False
)


class Client(BaseModel):
    """A person in one counsellor's caseload. `user` is empty until they accept the invitation."""

    class Status(models.TextChoices):
        PROSPECTIVE = "prospective", _("prospective")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")

    counsellor = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="clients")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="clients",
    )
    name = models.CharField(_("preferred name"), max_length=120)
    pronouns = EncryptedCharField(_("pronouns"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"))
    phone = EncryptedCharField(_("phone"), max_length=40, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    language = models.CharField(_("language"), max_length=12, default="en-gb")
    emergency_contact = EncryptedTextField(_("emergency contact"), blank=True, default="")
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.PROSPECTIVE
    )
    default_sharing = models.CharField(
        _("who sees what I write, unless I say otherwise"),
        max_length=8,
        choices=Sharing,
        default=Sharing.PRIVATE,
    )
    # The client's own local hour, 0-23; empty means no homework reminders.
    reminder_hour = models.PositiveSmallIntegerField(
        _("hour of the practice reminder"),
        null=True,
        blank=True,
        default=18,
        validators=[MaxValueValidator(23)],
    )

    # Of private practice the counsellor sees the day and nothing else; or not even that.
    shows_private_days = models.BooleanField(
        _("my counsellor may see on which days I practised, also where the words stay mine"),
        default=True,
    )

    # What a message may say on each channel, as the client decides (45 CFR 164.522(b)).
    email_wording = models.CharField(
        _("e-mails"), max_length=8, choices=Wording, default=Wording.NEUTRAL
    )
    sms_wording = models.CharField(
        _("text messages"), max_length=8, choices=Wording, default=Wording.NONE
    )
    push_wording = models.CharField(
        _("notifications"), max_length=8, choices=Wording, default=Wording.NONE
    )
    # Minutes before the start; empty: as the practice does.
    reminder_offsets = models.JSONField(
        _("reminders before each consultation"), null=True, blank=True
    )
    # The first day on which practice may be reminded of again, by the client's own clock.
    homework_paused_until = models.DateField(
        _("no practice reminders before"), null=True, blank=True
    )
    # Reminders of practice ended by themselves, because nothing followed them.
    homework_stopped_at = models.DateTimeField(
        _("practice reminders stopped"), null=True, blank=True
    )
    # Since when a purpose is off, because they took back that they agree to it; the proof is in
    # their consents (`clients.services.consenting`).
    mail_off_at = models.DateTimeField(null=True, blank=True, editable=False)
    plain_mail_off_at = models.DateTimeField(null=True, blank=True, editable=False)
    sharing_off_at = models.DateTimeField(null=True, blank=True, editable=False)
    # They stopped the mails about it, from one of them; on other channels it goes on.
    homework_mails_off_at = models.DateTimeField(
        _("no mails about practice since"), null=True, blank=True
    )
    # Their own address (`email`) takes no mails, as a mail server told us.
    email_refused_at = models.DateTimeField(_("takes no mails since"), null=True, blank=True)

    # Since when the record is only kept because it must be, and erased when its time has come.
    restricted_at = models.DateTimeField(_("to be erased since"), null=True, blank=True)
    restricted_by = models.CharField(
        _("asked for by"), max_length=8, choices=RestrictedBy, blank=True, default="", db_default=""
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        indexes = [
            models.Index(
                fields=["restricted_at"],
                condition=Q(restricted_at__isnull=False),
                name="clients_client_restricted",
            )
        ]
        constraints = [
            # Per counsellor only: a wider rule would tell one counsellor whom another treats.
            models.UniqueConstraint(
                Lower("email"),
                "counsellor",
                name="clients_client_email_once_per_counsellor",
                violation_error_message=_("You already have a client with this e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(reminder_hour__isnull=True) | Q(reminder_hour__lte=23),
                name="clients_client_reminder_hour_is_an_hour",
            ),
            models.CheckConstraint(
                condition=Q(restricted_at__isnull=True, restricted_by="")
                | (Q(restricted_at__isnull=False) & ~Q(restricted_by="")),
                name="clients_client_restricted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        # Lands in admin logs and messages: it must say nothing about the person.
        return f"Client {str(self.pk)[:8]}"

    @property
    def zone(self) -> ZoneInfo:
        return get_zone(self.time_zone)

    @property
    def stopped_as_told(self) -> datetime | None:
        """When reminders of practice ended by themselves, as far as the counsellor may know.

        Of a client who keeps the days of private practice it is never told: that they go on
        would say that there is some, and that they ended that there is none.
        """
        is_told = self.shows_private_days and self.reminder_hour is not None
        return self.homework_stopped_at if is_told else None

    def wording_on(self, channel: str) -> Wording:
        """How much messages on that channel may say."""
        wording = Wording(getattr(self, f"{channel}_wording"))
        if channel == Channel.EMAIL and wording == Wording.PLAIN and self.plain_mail_off_at:
            return Wording.NEUTRAL
        return wording


class Invitation(BaseModel):
    """An offer to open the portal, sent to the client's own address as a signed link."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="invitations")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"Invitation {str(self.pk)[:8]}"


class ConsentDocument(BaseModel):
    """One version of a text a client agrees to. A published text never changes."""

    slug = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    language = models.CharField(max_length=12, default="en-gb")

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version", "language"], name="clients_consentdocument_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.version}"

    @property
    def text_hash(self) -> str:
        """SHA-256 of the text, kept with each consent as proof of what was read."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Consent(BaseModel):
    """A client's agreement to one version of a text, and its withdrawal."""

    class Channel(models.TextChoices):
        PORTAL = "portal", _("on their own page")
        BOOKING = "booking", _("when they booked")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consents")
    document = models.ForeignKey(ConsentDocument, on_delete=models.PROTECT, related_name="+")
    text_hash = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    # Empty: from before it was kept.
    channel = models.CharField(
        _("how"), max_length=8, choices=Channel, blank=True, default="", db_default=""
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "document"],
                condition=Q(withdrawn_at__isnull=True),
                name="clients_consent_one_standing",
            )
        ]

    def __str__(self) -> str:
        return f"Consent {str(self.pk)[:8]}"
