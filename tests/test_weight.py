"""The portal stays light. `make bench WHAT=web` weighs it in a browser; this needs none."""

from __future__ import annotations

import gzip
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from exercises.library import library_load
from exercises.models import ExerciseVersion
from exercises.services.practising import entry_begin
from tests.factories import make_assignment, make_portal_client

# Far below the 120 KiB of a first visit, headers not counted: one more font, or htmx on every
# page, is noticed here and has to be meant.
BOUND = 68 * 1024
PACKED = {".woff2", ".png", ".jpg"}
FROM_STYLES = re.compile(r"url\(\s*['\"]?([^'\")]+)")


class Asked(HTMLParser):
    """The static files a page asks for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.urls: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        address = given.get("href" if tag == "link" else "src") or ""
        if address.startswith(settings.STATIC_URL):
            self.urls.add(address)


def file_of(url: str) -> Path:
    found = finders.find(url.removeprefix(settings.STATIC_URL))
    assert found, f"{url} is asked for and is not there"
    return Path(found)


def with_what_styles_ask_for(urls: set[str]) -> set[str]:
    styles = [url for url in urls if url.endswith(".css")]
    return urls.union(
        urljoin(url, asked)
        for url in styles
        for asked in FROM_STYLES.findall(file_of(url).read_text(encoding="utf-8"))
    )


def weight_of(url: str) -> int:
    file = file_of(url)
    content = file.read_bytes()
    return len(content if file.suffix in PACKED else gzip.compress(content))


@pytest.fixture
def ravi(db, client):
    ravi = make_portal_client(name="Ravi")
    client.force_login(ravi.user)
    return ravi


@pytest.fixture
def begun(ravi):
    """Pause and Label: a breath, scales, all the feelings, words, and who may see them."""
    library_load()
    version = ExerciseVersion.objects.current().get(exercise__slug="pause-and-label")
    assignment = make_assignment(client=ravi, version=version, starts_on=date(2020, 1, 1))
    return entry_begin(client=ravi, version=version, assignment=assignment)


def test_the_home_and_every_step_of_an_exercise_stay_light(client, begun):
    steps = range(1, len(begun.steps()) + 1)
    steps_at = [reverse("exercises:step", args=[begun.pk, number]) for number in steps]
    for address in [reverse("clients:home"), reverse("exercises:progress"), *steps_at]:
        response = client.get(address)
        assert response.status_code == 200
        urls = with_what_styles_ask_for(Asked(response.content.decode()).urls)
        # Files are sent compressed, pages as they are.
        weights = {url: weight_of(url) for url in urls} | {address: len(response.content)}
        assert sum(weights.values()) <= BOUND, weights
        assert len(weights) > 10
