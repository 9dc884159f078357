from __future__ import annotations

from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from counsel.accounts.practice import Practice as Practice
from counsel.accounts.querysets import StaffQuerySet
from counsel.accounts.roles import AnyUser
from counsel.common.models import BaseModel
from counsel.common.zones import UnknownZone, get_zone


def validate_zone(name: str) -> None:
    try:
        get_zone(name)
    except UnknownZone as error:
        raise ValidationError(_("Choose a time zone from the list.")) from error


def validate_address(email: str) -> None:
    """Refuses letters before the @ that the mail cannot carry.

    Some of them turn into plain ones where addresses are compared: an account made for
    "an\N{KELVIN SIGN}" would have been that of "ank".
    """
    if not email.rpartition("@")[0].isascii():
        raise ValidationError(_("Please write it with plain letters before the @."))


class UserQuerySet(StaffQuerySet):
    own_path: ClassVar[str] = "pk"

    def visible_to(self, user: AnyUser) -> Self:
        # Who is a client here is nobody's business but their counsellor's.
        return super().visible_to(user).filter(is_staff=True)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> User:
        user: User = self.get(email__iexact=username)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Whoever sets a practice up runs both it and the system, until they share that out."""
        both = {"runs_practice": True, **fields}
        return self.create_user(email, password, is_staff=True, is_superuser=True, **both)


class User(AbstractBaseUser, PermissionsMixin, BaseModel):
    """Somebody who can sign in: a client, a counsellor, or who runs the practice or the system."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_zone]
    )
    language = models.CharField(_("language"), max_length=12, default="en-gb")
    is_staff = models.BooleanField(_("may enter the desk"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    # Beside `is_superuser`, who runs the system.
    runs_practice = models.BooleanField(_("runs the practice"), default=False, db_default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_once",
                violation_error_message=_("This e-mail address already signs in here."),
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def zone(self) -> ZoneInfo:
        return get_zone(self.time_zone)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class CounsellorQuerySet(StaffQuerySet):
    own_path: ClassVar[str] = "user"


class ChangeNews(models.TextChoices):
    """Of which changes that clients make a counsellor is told by a message."""

    ALL = "all", _("every change")
    LATE = "late", _("late changes only")
    NONE = "none", _("none")


class Counsellor(BaseModel):
    """A member of staff who sees clients, with a public page of their own."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="counsellor")
    slug = models.SlugField(_("address of the public page"), max_length=60, unique=True)
    display_name = models.CharField(_("name on the public page"), max_length=120)
    headline = models.CharField(_("one line about you"), max_length=160, blank=True)
    about = models.TextField(_("about you"), max_length=5000, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    accepts_new_clients = models.BooleanField(_("accepts new clients"), default=True)
    # Their own local hour, 0-23; empty means none.
    morning_hour = models.PositiveSmallIntegerField(
        _("hour of the list of the day"),
        null=True,
        blank=True,
        default=7,
        validators=[MaxValueValidator(23)],
    )
    change_news = models.CharField(
        _("messages about changes"), max_length=4, choices=ChangeNews, default=ChangeNews.LATE
    )
    late_hours = models.PositiveSmallIntegerField(
        _("a change is late so many hours before the start"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(168)],
    )
    # Told of a flag that stays open too long; empty: whoever runs the practice.
    stand_in = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("stands in"),
    )

    objects = CounsellorQuerySet.as_manager()

    class Meta:
        verbose_name = _("counsellor")
        verbose_name_plural = _("counsellors")
        constraints = [
            models.CheckConstraint(
                condition=Q(morning_hour__isnull=True) | Q(morning_hour__lte=23),
                name="accounts_counsellor_morning_hour_is_an_hour",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def zone(self) -> ZoneInfo:
        return get_zone(self.time_zone)

    @property
    def has_left(self) -> bool:
        """Whether they are no member of staff any more: nothing new is booked with them."""
        return not (self.user.is_active and self.user.is_staff)

    def get_absolute_url(self) -> str:
        return reverse("booking:counsellor", args=[self.slug])
