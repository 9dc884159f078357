from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Case, QuerySet, When

from clients.models import (
    Client,
    Consent,
    ConsentDocument,
    ConsentRequest,
    Cover,
    Invitation,
    PushDevice,
    SafetyPlan,
)
from counsel.accounts.models import User

# The text of each purpose, and the column that says since when it is off.
PURPOSES = {
    "mail": "mail_off_at",
    "plain-mail": "plain_mail_off_at",
    "sharing": "sharing_off_at",
}
_VERSION = ("document__slug", "document__version")


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


def kept_records_of(user: User) -> QuerySet[Client]:
    """The person's records that are only kept, the latest asked for first."""
    own: QuerySet[Client] = Client.objects.filter(user=user, restricted_at__isnull=False)
    return own.select_related("counsellor", "user").order_by("-restricted_at")


def invitation_is_open(invitation: Invitation, now: datetime) -> bool:
    """Whether it may still be accepted: not used, not expired, the client not here already."""
    unused = invitation.accepted_at is None and invitation.client.user_id is None
    wanted = invitation.client.restricted_at is None
    return unused and wanted and now < invitation.expires_at


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


def standing_consent(client: Client, document: ConsentDocument) -> Consent | None:
    """Their agreement to this version, in whichever language they read it."""
    same = {"document__slug": document.slug, "document__version": document.version}
    found: Consent | None = client.consents.filter(**same, withdrawn_at=None).first()
    return found


def texts_to_agree_to(client: Client) -> list[ConsentDocument]:
    """The newest version of each text, in the client's language where it exists, by title: those
    they have not agreed to and are not asked about. Four queries.
    """
    newest: dict[str, ConsentDocument] = {}
    # What comes later takes the place of what came before.
    for language in (settings.LANGUAGE_CODE, client.language):
        texts = ConsentDocument.objects.filter(language=language).order_by("version")
        newest |= {text.slug: text for text in texts}
    settled = {
        *client.consents.filter(withdrawn_at=None).values_list(*_VERSION),
        *client.consent_requests.unanswered().values_list(*_VERSION),
    }
    left = [text for text in newest.values() if (text.slug, text.version) not in settled]
    return sorted(left, key=lambda text: text.title)


def consent_requests_of(client: Client) -> QuerySet[ConsentRequest]:
    return client.consent_requests.select_related("document")


def covering(client: Client, now: datetime) -> list[User]:
    """Whom the client's record is lent to at this instant, and who work here."""
    covers = Cover.objects.filter(client=client, lent_by=client.counsellor_id).standing(now)
    rows = covers.select_related("to__user").defer("reason")
    return [row.to.user for row in rows if not row.to.has_left]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One text as it stands with a client: the newest version, and their latest answer to any."""

    document: ConsentDocument
    consent: Consent | None
    is_purpose: bool
    off_since: datetime | None

    @property
    def is_given(self) -> bool:
        return self.consent is not None and self.consent.withdrawn_at is None

    @property
    def is_on(self) -> bool:
        """Of a purpose: not taken back, whether it was agreed to on its own or on booking."""
        return self.off_since is None


def agreements_of(client: Client) -> list[Agreement]:
    """Each purpose, and what else they ever agreed to, by title. Three queries."""
    consents: dict[str, Consent] = {}
    for consent in consents_of(client).reverse():
        consents[consent.document.slug] = consent
    slugs = {*PURPOSES, *consents}
    newest: dict[str, ConsentDocument] = {}
    for language in (settings.LANGUAGE_CODE, client.language):
        texts = ConsentDocument.objects.filter(slug__in=slugs, language=language)
        newest |= {text.slug: text for text in texts.order_by("version")}
    found = [
        Agreement(
            document=text,
            consent=consents.get(slug),
            is_purpose=slug in PURPOSES,
            off_since=getattr(client, PURPOSES[slug]) if slug in PURPOSES else None,
        )
        for slug, text in newest.items()
    ]
    return sorted(found, key=lambda it: (not it.is_purpose, it.document.title))


def shared_plan_of(client: Client) -> SafetyPlan | None:
    """What the client lets somebody read of their plan for hard moments, at this moment."""
    found: SafetyPlan | None = SafetyPlan.objects.filter(client=client).shared().first()
    return found
