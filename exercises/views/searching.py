"""Searching one's own words. They come by POST, so that no address or log holds them."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from clients.portal import portal_client
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from exercises.finding import wanted_words
from exercises.kept_forms import SearchForm
from exercises.selectors.search import search
from exercises.selectors.timeline import place_of


@require_get_or_post
@signed_in
def searching(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    form = SearchForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "exercises/search.html", {"form": form}, status=status)
    further = place_of(client, _id(request.POST.get("further", "")))
    words = form.cleaned_data["words"]
    context = {
        "form": form,
        "further": further,
        "result": search(client, wanted_words(words), further),
    }
    return render(request, "exercises/search.html", context)


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
