"""Before somebody's first words it is said once that nobody watches what is written here."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from clients.models import Client, ConsentDocument
from clients.selectors import current_consent
from clients.services import consent_give
from counsel.common.http import AuthedRequest

SLUG = "not-watched"


def not_watched_to_read(client: Client) -> ConsentDocument | None:
    """The text to read before the first words, until the client has said that they understand.

    A new version asks once more; in another language it is the same version. None also before
    the texts have been loaded: words never wait for that.
    """
    try:
        document = current_consent(SLUG, client.language)
    except ConsentDocument.DoesNotExist:
        return None
    understood = client.consents.filter(
        document__slug=SLUG, document__version=document.version, withdrawn_at=None
    )
    return None if understood.exists() else document


def still_to_read(request: AuthedRequest, client: Client, *names: str) -> HttpResponse | None:
    """The page to read first; None once they say, or have said, that they understand.

    What was posted under these names comes along.
    """
    document = not_watched_to_read(client)
    if document is None:
        return None
    if "understood" in request.POST:
        consent_give(client=client, document=document)
        return None
    sent = [(name, request.POST[name]) for name in names if name in request.POST]
    return render(request, "clients/not_watched.html", {"document": document, "sent": sent})
