"""The only ways from an id or a token to somebody's record. Strangers get 404."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from clients.models import Client, Invitation
from clients.tokens import invitation_id, token_fits
from counsel.accounts.models import User
from counsel.accounts.roles import AnyUser


def client_of(user: AnyUser, client_id: uuid.UUID) -> Client:
    """A client in the caseload of this member of staff."""
    visible: QuerySet[Client] = Client.objects.visible_to(user).select_related("counsellor", "user")
    return get_object_or_404(visible, pk=client_id)


def own_client(user: User, client_id: uuid.UUID) -> Client:
    """One of the signed-in person's own records."""
    own: QuerySet[Client] = Client.objects.of_user(user)
    return get_object_or_404(own, pk=client_id)


def invitation_by_token(token: str) -> Invitation:
    """The invitation a link was signed for, used up or expired ones included."""
    try:
        key = invitation_id(token)
    except ValueError as error:
        raise Http404 from error
    found: QuerySet[Invitation] = Invitation.objects.select_related("client__user")
    invitation = get_object_or_404(found, pk=key)
    if not token_fits(token, invitation):
        raise Http404
    return invitation
