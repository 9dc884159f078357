"""What numbers mean is said by people: no verdict on a page for clients, and no "no risk"."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from counsel.records.selectors import record_of
from exercises.models import RiskFlag
from exercises.scoring.catalogue import instruments
from tests.access_table import ROWS
from tests.caseloads import make_caseload
from tests.exercises.measuring import give, hand_in, make_measure
from tests.factories import make_consent_document

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
# What only somebody who knows the person may say.
VERDICTS = {
    *("diagnos", "disorder", "depress", "anxi", "ptsd", "bipolar", "symptom", "patholog"),
    *("severe", "severity", "mild", "moderate", "clinical", "cut-off", "risk", "suicid"),
}
NO_RISK = re.compile(
    r"(no|not at|low|lower|without|out of|free of|zero) (risk|danger)|risk[- ]free|risk: none"
    r"|(you|they|he|she|client|person) (is|are|seems?|looks?) safe\b|nothing to worry",
    re.IGNORECASE,
)
# Words we write ourselves, wherever a person may read them.
OURS = ("templates/**/*", "exercises/**/*.py", "exercises/**/*.toml", "counsel/desk/**/*.py")


@pytest.fixture
def world():
    """One client who has filled in every measure there is, at its worst and at its best."""
    with time_machine.travel(NOW, tick=False):
        make_consent_document()
        caseload = make_caseload("Canary")
        filled = []
        for key, facts in instruments().items():
            todo = give(caseload.client, make_measure(key, title=f"Form {key}"), shows_scores=True)
            filled += [
                hand_in(todo, {f"item{n}": f"v{points}" for n in range(1, facts.items + 1)})
                for points in (facts.values[-1], facts.values[0])
            ]
        yield SimpleNamespace(caseload=caseload, client=caseload.client, filled=filled)


def words(page):
    """What somebody reads there: no tags, no addresses, not what stands in the address bar."""
    body = re.sub(r"<(script|style)\b.*?</\1>|<svg.*?</svg>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def pages_of_client(client, world):
    for row in ROWS:
        if row.route.startswith("my/"):
            answer = client.get("/" + row.at.format(**vars(world.caseload)))
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/"):
                yield row.route, words(answer.content.decode())
    for entry in world.filled:
        for name in ("finish", "entry"):
            url = reverse(f"exercises:{name}", args=[entry.pk])
            yield url, words(client.get(url, follow=True).content.decode())


def test_no_page_of_a_client_says_what_the_numbers_mean(client, world):
    labels = {
        band["label"] if isinstance(band, dict) else band.label
        for facts in instruments().values()
        for scale in facts.scales
        for bands in scale.band_sets
        for band in bands.bands
    }
    assert len(labels) > 8
    banned = VERDICTS | {rf"{re.escape(label.lower())}\b" for label in labels}
    client.force_login(world.client.user)
    found = dict(pages_of_client(client, world))
    assert len(found) > 30
    found["the whole record"] = json.dumps(record_of(world.client), default=str)
    told = {
        (where, word)
        for where, page in found.items()
        for word in banned
        if re.search(rf"\b{word}", page.lower())
    }
    assert told == set()


def test_a_lowest_answer_to_a_question_about_safety_is_never_called_no_risk(client, world):
    """Of ten who were in danger six had answered so (safety.md, S-42b): nobody may read it off."""
    calm = [entry for entry in world.filled if not RiskFlag.objects.filter(entry=entry).exists()]
    assert {entry.version.scoring for entry in calm} >= {"phq-9", "core-10"}
    desk = f"/admin/clients/client/{world.client.pk}/"
    asked = [f"{desk}entries/{entry.pk}/" for entry in calm]
    asked += [
        reverse("admin:clients_client_measure", args=[world.client.pk, entry.version.scoring])
        for entry in calm
    ]
    client.force_login(world.client.counsellor.user)
    for url in (f"{desk}change/", *asked, "/admin/"):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert not NO_RISK.search(words(answer.content.decode())), url
    client.force_login(world.client.user)
    for where, page in pages_of_client(client, world):
        assert not NO_RISK.search(page), where


def test_nothing_we_write_calls_anybody_safe():
    told = [
        (path.name, found[0])
        for pattern in OURS
        for path in settings.BASE_DIR.glob(pattern)
        if path.is_file()
        for found in NO_RISK.finditer(path.read_text(encoding="utf-8"))
    ]
    assert told == []
