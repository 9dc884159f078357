from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Case, QuerySet, When

from clients.models import Client, Consent, ConsentDocument, Cover, Invitation, PushDevice
from counsel.accounts.models import User


def current_consent(slug: str, language: str) -> ConsentDocument:
    """The newest version of a text, in the language asked for where it exists.

    Raises ConsentDocument.DoesNotExist before `manage.py load_library` has run.
    """
    texts = ConsentDocument.objects.filter(slug=slug).order_by("-version")
    translated = texts.filter(language=language).first()
    original = translated or texts.filter(language=settings.LANGUAGE_CODE).first()
    if original is None:
        raise ConsentDocument.DoesNotExist(f"no consent text {slug!r} has been loaded")
    return original


def records_of(user: User) -> QuerySet[Client]:
    """The person's records, one for each counsellor: current ones first, then the newest."""
    records: QuerySet[Client] = Client.objects.of_user(user).select_related("counsellor", "user")
    ended = Case(When(status=Client.Status.ENDED, then=1), default=0)
    return records.order_by(ended.asc(), "-created_at")


def invitation_is_open(invitation: Invitation, now: datetime) -> bool:
    """Whether it may still be accepted: not used, not expired, the client not here already."""
    unused = invitation.accepted_at is None and invitation.client.user_id is None
    return unused and now < invitation.expires_at


def devices_of_user(user: User) -> QuerySet[PushDevice]:
    """On which the person gets notifications, the newest first."""
    devices: QuerySet[PushDevice] = PushDevice.objects.of_user(user)
    return devices.order_by("-created_at")


def consents_of(client: Client) -> QuerySet[Consent]:
    return client.consents.select_related("document").order_by("-given_at")


def open_covers(client: Client, now: datetime) -> QuerySet[Cover]:
    """By which somebody reads this record besides its counsellor, or will; soonest first."""
    covers: QuerySet[Cover] = Cover.objects.filter(client=client).still_open(now)
    return covers.select_related("to").order_by("starts_at")
