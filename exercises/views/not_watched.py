"""Before somebody's first words in a journal it is said once that nobody watches."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from clients.models import Client
from clients.services import consent_give
from counsel.common.http import AuthedRequest
from exercises.selectors.not_watched import not_watched_to_read


def still_to_read(request: AuthedRequest, client: Client, name: str) -> HttpResponse | None:
    """The page to read first; None once they say, or have said, that they understand.

    What was posted under `name` comes along.
    """
    document = not_watched_to_read(client)
    if document is None:
        return None
    if "understood" in request.POST:
        consent_give(client=client, document=document)
        return None
    context = {"document": document, "name": name, "value": request.POST.get(name, "")}
    return render(request, "exercises/not_watched.html", context)
