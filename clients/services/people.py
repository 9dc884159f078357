"""What changes a client, a consent or an invitation."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, ConsentDocument, Invitation
from clients.replanning import replan
from counsel.accounts.models import Counsellor, User
from counsel.accounts.services import user_create
from counsel.common.errors import ConflictError, DomainError
from counsel.common.inserting import insert_if_new
from counsel.reminders.services import reminder_plan, reminders_withdraw

CONSENTS = Path(__file__).parents[1] / "consents"
INVITATION_LASTS = timedelta(days=14)
# Asking twice within this time sends one mail.
INVITATION_PAUSE = timedelta(hours=1)


def client_for_booking(
    *, counsellor: Counsellor, name: str, email: str, time_zone: str, language: str = "en-gb"
) -> Client:
    """The counsellor's client with this address, made when there is none.

    Nothing is changed on one that exists: it was not asked for. Nor may the caller let anybody
    but the owner of the address see which of the two it was.
    """
    client = Client(
        counsellor=counsellor, name=name, email=email, time_zone=time_zone, language=language
    )
    client.clean_fields(exclude=["id", "counsellor"])
    if insert_if_new(client):
        return client
    existing: Client = Client.objects.get(counsellor=counsellor, email__iexact=email)
    return existing


@dataclass(frozen=True, kw_only=True)
class ClientSettings:
    """What a client decides in the portal. `reminder_hour` is local, 0-23; None sends none."""

    name: str
    pronouns: str
    phone: str
    time_zone: str
    language: str
    reminder_hour: int | None
    default_sharing: str
    shows_private_days: bool
    emergency_contact: str


@transaction.atomic
def client_settings_change(*, client: Client, settings: ClientSettings) -> Client:
    for field, value in vars(settings).items():
        setattr(client, field, value)
    client.full_clean(exclude=["id", "counsellor", "user", "email", "status"])
    client.save(update_fields=list(vars(settings)))
    if client.user is not None:
        _keep_one_clock(client.user, client)
    _replan_all(client)
    return client


def _replan_all(client: Client) -> None:
    """For this record, and those of the same person with other counsellors: one clock is theirs."""
    records = [client]
    if client.user is not None:
        records += Client.objects.filter(user=client.user).exclude(pk=client.pk)
    for record in records:
        replan(record, timezone.now())


def _keep_one_clock(user: User, client: Client) -> None:
    """A person has one clock and reads one language, however many counsellors they see."""
    same = {"time_zone": client.time_zone, "language": client.language}
    User.objects.filter(pk=user.pk).update(**same)
    Client.objects.filter(user=user).update(**same)
    user.time_zone, user.language = client.time_zone, client.language


def consent_document_publish(
    *, slug: str, version: int, language: str, title: str, text: str
) -> ConsentDocument:
    """Add a version of a text; the same version again changes nothing.

    Raises DomainError when that version was published with other words: people agreed to them.
    """
    document, created = ConsentDocument.objects.get_or_create(
        slug=slug, version=version, language=language, defaults={"title": title, "text": text}
    )
    if not created and (document.title, document.text) != (title, text):
        raise DomainError(_("A published text never changes: give the new words a new version."))
    return document


def consent_documents_load(folder: Path = CONSENTS) -> int:
    """Publish the texts that come with Counsel, and say how many were new."""
    before = ConsentDocument.objects.count()
    for path in sorted(folder.glob("*.toml")):
        text = tomllib.loads(path.read_text(encoding="utf-8"))
        consent_document_publish(**{**text, "text": text["text"].strip()})
    return ConsentDocument.objects.count() - before


def invitation_send(*, client: Client, due_at: datetime | None = None) -> Invitation:
    """Invite a client to the portal, at once or at `due_at`; earlier links stop working.

    Raises DomainError when the client is there already.
    """
    if client.user_id is not None:
        raise DomainError(_("This client already uses the portal."))
    # Nothing in there refuses: a savepoint would undo nothing.
    with transaction.atomic(savepoint=False):
        return _invited(client, due_at, timezone.now())


def _invited(client: Client, due_at: datetime | None, now: datetime) -> Invitation:
    open_ones = client.invitations.filter(accepted_at__isnull=True, expires_at__gt=now)
    earlier: list[Invitation] = list(open_ones)
    for invitation in earlier:
        if invitation.created_at > now - INVITATION_PAUSE:
            return invitation
    for invitation in earlier:
        subject = f"invitation:{invitation.pk}"
        reminders_withdraw(subject=subject, reason=_("replaced by a newer one"))
    if earlier:
        open_ones.update(expires_at=now)
    invitation = Invitation.objects.create(client=client, expires_at=now + INVITATION_LASTS)
    reminder_plan(
        counsellor=client.counsellor,
        kind="invitation",
        subject=f"invitation:{invitation.pk}",
        person=f"client:{client.pk}",
        due_at=due_at or now,
        not_after=invitation.expires_at,
    )
    return invitation


@transaction.atomic
def invitation_take_back(*, client: Client, made_since: datetime) -> None:
    """Undo the inviting that was done since then, as far as no mail has gone out."""
    for invitation in client.invitations.filter(
        accepted_at__isnull=True, created_at__gte=made_since
    ):
        if reminders_withdraw(
            subject=f"invitation:{invitation.pk}", reason=_("the change was undone")
        ):
            invitation.expires_at = timezone.now()
            invitation.save(update_fields=["expires_at"])


@transaction.atomic
def invitation_accept(
    *, invitation: Invitation, time_zone: str, signed_in: User | None = None
) -> User:
    """Open the portal to the invited person, once, and return the user they are.

    Somebody who signs in here already (as another counsellor's client, say) must be signed in
    as that user. Raises ConflictError when the invitation was used or has expired, DomainError
    when they have to sign in first.
    """
    now = timezone.now()
    accepted = (
        Invitation.objects.these(invitation)
        .filter(accepted_at__isnull=True, expires_at__gt=now)
        .update(accepted_at=now)
    )
    if not accepted:
        raise ConflictError(_("This invitation has been used, or its time is over."))
    client = invitation.client
    if client.restricted_at is not None:
        raise ConflictError(_("This invitation has been used, or its time is over."))
    if must_sign_in_first(client, signed_in):
        raise DomainError(_("Please sign in first."))
    user = signed_in or _new_user(client, time_zone)
    if not Client.objects.these(client).filter(user__isnull=True).update(user=user):
        raise ConflictError(_("This invitation has been used, or its time is over."))
    client.user, client.time_zone, client.language = user, time_zone, user.language
    _keep_one_clock(user, client)
    _replan_all(client)
    reminders_withdraw(subject=f"invitation:{invitation.pk}", reason=_("accepted"))
    return user


def must_sign_in_first(client: Client, signed_in: User | None) -> bool:
    """Whether to stop before accepting: the address signs in here and this is not that user,
    or somebody else is signed in at this device."""
    existing: User | None = User.objects.filter(email__iexact=client.email).first()
    return existing != signed_in


def _new_user(client: Client, time_zone: str) -> User:
    """A user without a password: codes by e-mail are enough until they want more."""
    return user_create(
        email=client.email, name=client.name, time_zone=time_zone, language=client.language
    )
