"""The only ways from an id or a token to somebody's record. Strangers get 404."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from clients.models import (
    CaseloadView,
    Client,
    ConsentRequest,
    Cover,
    EmergencyAccess,
    Handover,
    Invitation,
    LegalHold,
    PushDevice,
)
from clients.stop_tokens import stopped_id
from clients.tokens import invitation_id, token_fits
from counsel.accounts.models import User
from counsel.accounts.roles import AnyUser


def client_of(user: AnyUser, client_id: uuid.UUID) -> Client:
    """A client in the caseload of this member of staff."""
    visible: QuerySet[Client] = Client.objects.visible_to(user).select_related("counsellor", "user")
    return get_object_or_404(visible, pk=client_id)


def kept_client_of(user: AnyUser, client_id: uuid.UUID) -> Client:
    """A client of this counsellor's, be the record only kept; for a manager anybody's."""
    rows: QuerySet[Client] = Client.objects.kept_of(user).select_related("counsellor", "user")
    return get_object_or_404(rows, pk=client_id)


def legal_hold_of(user: AnyUser, client_id: uuid.UUID, hold_id: uuid.UUID) -> LegalHold:
    """A hold of such a client's record."""
    rows = LegalHold.objects.filter(client=kept_client_of(user, client_id))
    hold: LegalHold = get_object_or_404(rows.select_related("client__counsellor"), pk=hold_id)
    return hold


def client_by_stop_token(token: str) -> Client:
    """Whose mails about homework the link stops. It lets nobody read anything."""
    try:
        key = stopped_id(token)
    except ValueError:
        raise Http404 from None
    rows: QuerySet[Client] = Client.objects.across_caseloads("a signed link, proved above")
    return get_object_or_404(rows, pk=key)


def client_open_to(user: AnyUser, client_id: uuid.UUID, now: datetime) -> Client:
    """A colleague's client whose record this reader may read at that instant.

    Because it was lent to them, or because they opened it in an emergency.
    """
    lent = Cover.objects.lent_to(user, now).filter(client=client_id).values("client")
    opened = EmergencyAccess.objects.open_to(user, now).filter(client=client_id).values("client")
    rows: QuerySet[Client] = Client.objects.filter(pk__in=lent)
    rows |= Client.objects.filter(pk__in=opened)
    return get_object_or_404(rows.select_related("counsellor", "user"))


def emergency_access_of(user: AnyUser, access_id: uuid.UUID) -> EmergencyAccess:
    """One that this reader is asked to look at."""
    rows = EmergencyAccess.objects.to_look_at(user).select_related("by", "client")
    access: EmergencyAccess = get_object_or_404(rows, pk=access_id)
    return access


def cover_of(user: AnyUser, client_id: uuid.UUID, cover_id: uuid.UUID) -> Cover:
    """A cover of a client in this counsellor's caseload."""
    rows = Cover.objects.visible_to(user).filter(client=client_id).select_related("client")
    cover: Cover = get_object_or_404(rows, pk=cover_id)
    return cover


def own_cover(user: User, cover_id: uuid.UUID) -> Cover:
    """One by which somebody reads, or may read, a record of the signed-in person."""
    cover: Cover = get_object_or_404(Cover.objects.of_user(user), pk=cover_id)
    return cover


def consent_request_of(
    user: AnyUser, client_id: uuid.UUID, request_id: uuid.UUID
) -> ConsentRequest:
    """What a client in this counsellor's caseload is, or was, asked to agree to."""
    rows = ConsentRequest.objects.visible_to(user).filter(client=client_id)
    found: ConsentRequest = get_object_or_404(rows.select_related("client"), pk=request_id)
    return found


def own_consent_request(user: User, request_id: uuid.UUID) -> ConsentRequest:
    """What the signed-in person is, or was, asked to agree to."""
    rows = ConsentRequest.objects.of_user(user).select_related("client", "document")
    found: ConsentRequest = get_object_or_404(rows, pk=request_id)
    return found


def handover_of(user: AnyUser, client_id: uuid.UUID, handover_id: uuid.UUID) -> Handover:
    """An offer this counsellor made of a client of theirs."""
    rows = Handover.objects.visible_to(user).filter(client=client_id).select_related("client")
    handover: Handover = get_object_or_404(rows, pk=handover_id)
    return handover


def handover_offered_to(user: AnyUser, handover_id: uuid.UUID) -> Handover:
    """An offer that waits for this counsellor's answer."""
    rows = Handover.objects.offered_to(user).select_related("client", "offered_by__user", "to")
    handover: Handover = get_object_or_404(rows, pk=handover_id)
    return handover


def caseload_view_of(user: AnyUser, view_id: uuid.UUID) -> CaseloadView:
    """A look that this counsellor keeps."""
    view: CaseloadView = get_object_or_404(CaseloadView.objects.visible_to(user), pk=view_id)
    return view


def own_client(user: User, client_id: uuid.UUID) -> Client:
    """One of the signed-in person's own records."""
    own: QuerySet[Client] = Client.objects.of_user(user)
    return get_object_or_404(own, pk=client_id)


def own_kept_client(user: User, client_id: uuid.UUID) -> Client:
    """One of the signed-in person's own records, be it only kept."""
    own = Client.objects.filter(user=user).select_related("counsellor", "user")
    found: Client = get_object_or_404(own, pk=client_id)
    return found


def own_device(user: User, device_id: uuid.UUID) -> PushDevice:
    """One of the browsers on which the signed-in person gets notifications."""
    own: QuerySet[PushDevice] = PushDevice.objects.of_user(user).select_related("client__user")
    return get_object_or_404(own, pk=device_id)


def invitation_by_token(token: str) -> Invitation:
    """The invitation a link was signed for, used up or expired ones included."""
    try:
        key = invitation_id(token)
    except ValueError as error:
        raise Http404 from error
    found: QuerySet[Invitation] = Invitation.objects.across_caseloads("a signed link, proved below")
    invitation = get_object_or_404(found.select_related("client__user"), pk=key)
    if not token_fits(token, invitation):
        raise Http404
    return invitation
