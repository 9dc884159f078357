"""What stands between a client and somebody close to them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from clients.models import Client
from counsel.accounts.models import User
from exercises.models import Entry, ExerciseVersion, Partner, SmallShare
from exercises.steps import Role

# Nothing new goes to a partner while the client's own way rests or is over.
UNDER_WAY = (Client.Status.PROSPECTIVE, Client.Status.ACTIVE)
LISTENING = "active-listening"


def is_under_way(client: Client) -> bool:
    return client.status in UNDER_WAY and client.user is not None and client.user.is_active


def invitation_is_open(tie: Partner, now: datetime) -> bool:
    """Whether it may still be accepted."""
    unused = tie.accepted_at is None and tie.ended_at is None
    return unused and now < tie.expires_at and is_under_way(tie.client)


def is_for_another(tie: Partner, signed_in: User | None) -> bool:
    """Whether to stop before accepting: the address signs in here and this is not that user,
    or somebody else is signed in at this device."""
    existing: User | None = User.objects.filter(email__iexact=tie.email).first()
    return existing != signed_in


def open_tie(client: Client) -> Partner | None:
    """Who is invited or there; also one whose invitation has run out unanswered."""
    tie: Partner | None = client.partners.open().first()
    return tie


def partner_to_send_to(client: Client) -> Partner | None:
    """Who would read a small share of this client's now."""
    tie = open_tie(client)
    return tie if tie is not None and tie.accepted_at and is_under_way(client) else None


def last_ended(client: Client) -> Partner | None:
    tie: Partner | None = (
        client.partners.filter(ended_at__isnull=False).order_by("-ended_at").first()
    )
    return tie


def sent_shares(client: Client) -> QuerySet[SmallShare]:
    """All the client ever sent, newest first, for their own eyes."""
    return SmallShare.objects.filter(partner__client=client).select_related("partner")


def words_to_share(entry: Entry) -> str:
    """The words an exercise asked for with sharing in mind; empty where there are none."""
    asked = (field for step in entry.steps() for field in step.fields)
    key = next((field.key for field in asked if field.role is Role.SHARE), "")
    answer = entry.answers.get(key, "")
    return answer if isinstance(answer, str) else ""


def ties_of_partner(user: User) -> list[Partner]:
    return list(Partner.objects.of_partner(user).order_by("accepted_at"))


def received_shares(user: User) -> QuerySet[SmallShare]:
    """What a partner may read now, newest first; without the words."""
    shares: QuerySet[SmallShare] = SmallShare.objects.of_partner(user)
    return shares.select_related("partner").defer("text")


def listening() -> ExerciseVersion | None:
    """The built-in Active listening; None while the library has not been loaded."""
    return (
        ExerciseVersion.objects.current()
        .filter(exercise__owner=None, exercise__slug=LISTENING)
        .first()
    )
