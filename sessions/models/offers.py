from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.models import BaseModel
from sessions.models.base import LONGEST_MINUTES, OwnQuerySet


class Place(models.TextChoices):
    ROOM = "room", _("in person")
    PHONE = "phone", _("by phone")
    VIDEO = "video", _("by video")


class Audience(models.TextChoices):
    """Who may book a service without staff."""

    ANYONE = "anyone", _("anybody")
    FIRST = "first", _("people who have not met you yet")
    EXISTING = "existing", _("your clients")
    INVITED = "invited", _("clients you name")


class Service(BaseModel):
    """A bookable kind of consultation. Lengths, buffers and steps are in minutes."""

    counsellor = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=60)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    length = models.PositiveSmallIntegerField(
        _("length (minutes)"),
        default=50,
        validators=[MinValueValidator(5), MaxValueValidator(LONGEST_MINUTES)],
    )
    buffer_before = models.PositiveSmallIntegerField(_("buffer before (minutes)"), default=0)
    buffer_after = models.PositiveSmallIntegerField(_("buffer after (minutes)"), default=10)
    step = models.PositiveSmallIntegerField(
        _("a slot starts every (minutes)"),
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(LONGEST_MINUTES)],
    )
    minimum_notice = models.PositiveSmallIntegerField(_("minimum notice (hours)"), default=24)
    horizon = models.PositiveSmallIntegerField(_("bookable ahead (days)"), default=56)
    daily_maximum = models.PositiveSmallIntegerField(
        _("most consultations a day"), null=True, blank=True
    )
    weekly_maximum = models.PositiveSmallIntegerField(
        _("most consultations a week"), null=True, blank=True
    )
    audience = models.CharField(
        _("who may book it"), max_length=8, choices=Audience, default=Audience.ANYONE
    )
    instant = models.BooleanField(
        _("booked at once"),
        default=True,
        help_text=_("Otherwise each request waits until you confirm it."),
    )
    place = models.CharField(_("place"), max_length=8, choices=Place, default=Place.ROOM)
    place_details = models.CharField(
        _("address, number or link"),
        max_length=300,
        blank=True,
        help_text=_("Shown to people who have booked."),
    )
    cancel_notice = models.PositiveSmallIntegerField(
        _("free cancellation until (hours before)"), default=24
    )
    reschedule_notice = models.PositiveSmallIntegerField(
        _("may be moved until (hours before)"), default=24
    )
    fee = models.DecimalField(_("fee"), max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_public = models.BooleanField(_("on the public page"), default=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["counsellor", "slug"], name="consultations_service_address_once"
            ),
            models.CheckConstraint(
                condition=Q(length__gte=5, length__lte=LONGEST_MINUTES, step__gte=5),
                name="consultations_service_length_and_step",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClientService(BaseModel):
    """What was agreed with one client about one service; its being there invites them to it."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="agreements")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="agreements")
    instant = models.BooleanField(
        _("booked at once"),
        null=True,
        blank=True,
        help_text=_("Unknown: as the service says."),
    )

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement about a service")
        verbose_name_plural = _("agreements about services")
        constraints = [
            models.UniqueConstraint(
                fields=["service", "client"],
                name="consultations_clientservice_once",
                violation_error_message=_("You have an agreement with this client about it."),
            )
        ]

    def __str__(self) -> str:
        return f"Agreement {str(self.pk)[:8]}"


class QuestionQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "service__counsellor"
    restricted_path: ClassVar[str] = ""


class IntakeQuestion(BaseModel):
    """What a service asks whoever books it. The answers are kept with the consultation."""

    class Kind(models.TextChoices):
        SHORT = "short", _("one line")
        LONG = "long", _("several lines")
        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("one of several")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(_("place"), default=0)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.SHORT)
    label = models.CharField(_("question"), max_length=200)
    help_text = models.CharField(_("explanation"), max_length=300, blank=True)
    choices = models.TextField(
        _("choices"), max_length=2000, blank=True, help_text=_("One a line, for one of several.")
    )
    required = models.BooleanField(_("must be answered"), default=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "created_at"]

    def __str__(self) -> str:
        return self.label
