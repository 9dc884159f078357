"""Somebody close to a client: invited, there, gone. Either side ends it without the other.

The tie's row is held while anything about it changes, so that of an end and a sending at the
same moment one comes first. Whatever happens here is no business of the counsellor's.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.accounts.models import User
from counsel.accounts.services import user_create
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.services import reminder_plan, reminders_withdraw
from exercises.models import Partner
from exercises.selectors.partners import invitation_is_open, is_for_another, is_under_way
from sessions.limits import mailbox
from sessions.planning import GRACE

PARTNER_INVITATION = "partner_invitation"
INVITATION_LASTS = timedelta(days=14)
MOST_A_DAY = 3
MOST_FOR_ONE_ADDRESS = 3
ONE_ADDRESS_WITHIN = timedelta(days=30)


@transaction.atomic
def partner_invite(*, client: Client, name: str, email: str, signs_as: str = "") -> Partner:
    """Invite one person, by a mail that names nobody; the same again changes nothing.

    Raises ConflictError while another is invited or there, DomainError for an address that is
    not written to: it said no, was written to often lately, or is no partner's.
    """
    now = timezone.now()
    # Two windows invite one after the other.
    Client.objects.these(client).select_for_update(no_key=True).get()
    refuse_resting(client)
    _close_what_ran_out(client, now)
    there: Partner | None = client.partners.open().first()
    if there is not None and there.accepted_at is None and there.email.lower() == email.lower():
        return there
    if there is not None:
        raise ConflictError(_("Somebody is invited already. End that first."))
    _refuse_address(client, email)
    _refuse_often(client, email, now)
    partner = Partner(
        client=client,
        name=name,
        email=email,
        signs_as=signs_as,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    partner.full_clean(exclude=["client"])
    partner.save(force_insert=True)
    reminder_plan(
        counsellor=client.counsellor,
        kind=PARTNER_INVITATION,
        subject=subject_of(partner),
        person=subject_of(partner),
        due_at=now + GRACE,
        not_after=partner.expires_at,
    )
    return partner


@transaction.atomic
def partner_accept(
    *, partner: Partner, time_zone: str, language: str, signed_in: User | None = None
) -> User:
    """The invited person's yes, once; returns the user they are.

    Raises ConflictError when the invitation was used, withdrawn or has expired, DomainError when
    they sign in here already and have to do so first.
    """
    now = timezone.now()
    tie = held(partner)
    if not invitation_is_open(tie, now):
        raise ConflictError(_("This invitation has been used, or its time is over."))
    if is_for_another(tie, signed_in):
        raise DomainError(_("Please sign in first."))
    user = signed_in or _new_user(tie, time_zone, language)
    tie.user, tie.accepted_at = user, now
    tie.save(update_fields=["user", "accepted_at"])
    # Of what the same client ended before, a new yes leaves nothing to close.
    before = tie.client.partners.filter(user=user, ended_at__isnull=False, left_at__isnull=True)
    before.update(left_at=now)
    reminders_withdraw(subject=subject_of(tie), reason=_("accepted"))
    return user


def _new_user(tie: Partner, time_zone: str, language: str) -> User:
    """Without a name: what the client calls them is the client's word."""
    try:
        with transaction.atomic():
            return user_create(email=tie.email, time_zone=time_zone, language=language)
    except IntegrityError as error:
        # The same address said yes to somebody else at this very moment.
        raise DomainError(_("Please sign in first.")) from error


@transaction.atomic
def partner_decline(*, partner: Partner) -> None:
    """The invited person's no: this client cannot have the address written to again."""
    tie = held(partner)
    if tie.ended_at is None and tie.accepted_at is None:
        _end(tie, Partner.EndedBy.PARTNER)


@transaction.atomic
def partner_end(*, partner: Partner) -> None:
    """Withdraw the invitation, or end it at once, by the client. Nobody is told."""
    tie = held(partner)
    if tie.ended_at is None:
        _end(tie, Partner.EndedBy.CLIENT)


@transaction.atomic
def partner_leave(*, partner: Partner) -> None:
    """The partner's own end of it: their page is gone, also where the client ended it before."""
    tie = held(partner)
    if tie.accepted_at is None or tie.left_at is not None:
        return
    tie.left_at = timezone.now()
    if tie.ended_at is None:
        _end(tie, Partner.EndedBy.PARTNER)
    tie.save(update_fields=["left_at"])


def subject_of(partner: Partner) -> str:
    return f"partner:{partner.pk}"


def held(partner: Partner) -> Partner:
    """The row as it is now, held until commit."""
    tie: Partner = Partner.objects.these(partner).select_for_update().get()
    return tie


def refuse_resting(client: Client) -> None:
    if not is_under_way(client):
        raise DomainError(_("This rests at the moment. What is there, you can still end."))


def _end(tie: Partner, by: str) -> None:
    tie.ended_at, tie.ended_by = timezone.now(), by
    tie.save(update_fields=["ended_at", "ended_by"])
    reminders_withdraw(subject=subject_of(tie), reason=_("not wanted any more"))


def _close_what_ran_out(client: Client, now: datetime) -> None:
    for tie in client.partners.open().filter(accepted_at__isnull=True, expires_at__lte=now):
        partner_end(partner=tie)


def _refuse_address(client: Client, email: str) -> None:
    own = {client.email, client.user.email} if client.user else {client.email}
    if email.lower() in {address.lower() for address in own}:
        raise DomainError(_("This is your own address. Please write theirs."), field="email")
    if email.lower() == client.counsellor.user.email.lower():
        words = _("This is your counsellor's. What they may read, you decide entry by entry.")
        raise DomainError(words, field="email")


def _refuse_often(client: Client, email: str, now: datetime) -> None:
    """Nobody is written to against their will, or more than a few times."""
    earlier = list(client.partners.all())
    if sum(tie.created_at > now - timedelta(days=1) for tie in earlier) >= MOST_A_DAY:
        raise DomainError(_("That is enough for one day. Please try again tomorrow."))
    same = [tie for tie in earlier if mailbox(tie.email) == mailbox(email)]
    if any(tie.accepted_at is None and tie.ended_by == Partner.EndedBy.PARTNER for tie in same):
        words = _("From this address came a no. We don't write to it again.")
        raise DomainError(words, field="email")
    if sum(tie.created_at > now - ONE_ADDRESS_WITHIN for tie in same) >= MOST_FOR_ONE_ADDRESS:
        words = _("We have written to this address several times lately. Please let it rest.")
        raise DomainError(words, field="email")
