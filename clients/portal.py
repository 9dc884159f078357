"""Whose portal a request is about."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from clients.models import Client
from clients.selectors import kept_records_of, records_of
from counsel.common.http import AuthedRequest

_CHOSEN = "portal_client"


def portal_client(request: AuthedRequest) -> Client:
    """The signed-in person's record: the one chosen in the settings, else the current one.

    Raises Http404 for people who are nobody's client.
    """
    records = list(records_of(request.user))
    if not records:
        raise Http404
    chosen = request.session.get(_CHOSEN)
    return next((record for record in records if str(record.pk) == chosen), records[0])


def record_client(request: AuthedRequest) -> Client:
    """The same; or, of somebody who asked to be forgotten, the record that is still kept."""
    try:
        return portal_client(request)
    except Http404:
        kept = kept_records_of(request.user).first()
        if kept is None:
            raise
        return kept


def choose_portal_client(request: HttpRequest, client: Client) -> None:
    request.session[_CHOSEN] = str(client.pk)
