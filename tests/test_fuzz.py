"""No form and no filter breaks, whatever is sent to it: `make fuzz` sends ten thousand.

Fewer where there is no time, always the same ones. Each is taken back before the next.
"""

from __future__ import annotations

import os
import random
import traceback
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction

from counsel.common.wall import whole_practice
from tests.access_table import ROWS, VISITORS
from tests.canaries import PERSONAL, rows_of
from tests.caseloads import make_caseload
from tests.factories import make_consent_document, make_manager
from tests.forging import forms_in
from tests.fuzzing import VALUES, encoded, filled_badly
from tests.proving import proved
from tests.visiting import Visits

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)
COUNT = int(os.environ.get("COUNSEL_FUZZ", "150"))
SEED = int(os.environ.get("COUNSEL_FUZZ_SEED", "1"))
# Who finds the forms there are: the others are turned away.
SENDERS = ("anonymous", "client", "counsellor", "manager")
# The answer of the second says how the machine is, and not that the page broke.
HEALTH = "health/ready"
QUERIES = (
    "q",
    "p",
    "o",
    "page",
    "all",
    "e",
    "next",
    "client",
    "client__id__exact",
    "state",
    "span",
)


@pytest.fixture
def world():
    with time_machine.travel(NOW, tick=False):
        make_consent_document()
        own, other = make_caseload("Own"), make_caseload("Other")
        users = dict(zip(VISITORS, _users(own, other), strict=True))
        with whole_practice():
            rows = [
                str(row.pk)
                for model in PERSONAL
                for it in (own, other)
                for row in rows_of(model, it)
            ]
        yield SimpleNamespace(own=own, rows=rows, visits=Visits(users, sign_in=proved))


def _users(own, other):
    return (
        *(None, own.client.user, other.client.user),
        *(own.counsellor.user, other.counsellor.user, make_manager()),
    )


def pages_of(world, chance):
    """Every page and who sees it, in an order of chance."""
    pages = [
        (who, "/" + row.at.format(**vars(world.own)))
        for row in ROWS
        for who in SENDERS
        if row.answers[VISITORS.index(who)] == "200" and row.route != HEALTH
    ]
    chance.shuffle(pages)
    return pages


class Attempts:
    """What was sent and answered. `broken` says for each that broke what it was."""

    def __init__(self, visits):
        self.visits, self.answers, self.broken = visits, Counter(), []

    def send(self, method, who, url, body=None):
        try:
            with transaction.atomic():
                answer = self.visits(method, who, url, body)
                text = b"".join(answer.streaming_content) if answer.streaming else answer.content
                transaction.set_rollback(True)
        except Exception:
            self.answers["broke"] += 1
            self.broken.append(f"{method} {who} {url}\n{body!r:.2000}\n{traceback.format_exc()}")
            return None
        # Limits are no subject here, and would soon turn everybody away.
        cache.clear()
        self.answers[answer.status_code] += 1
        if answer.status_code >= 500:
            self.broken.append(f"{answer.status_code} {method} {who} {url}\n{body!r:.2000}")
        return text.decode("utf-8", "replace") if answer.status_code == 200 else None


def test_no_form_breaks_whatever_is_sent_to_it(world):
    chance = random.Random(SEED)
    looking, attempts = Attempts(world.visits), Attempts(world.visits)
    pages = pages_of(world, chance)
    # A few sendings to each page that is looked at; each page once, and over again.
    sent, each = 0, max(4, COUNT // len(pages))
    while sent < COUNT:
        who, url = pages[sent // each % len(pages)]
        forms = forms_in(looking.send("get", who, url) or "")
        for _number in range(min(each, COUNT - sent)):
            sent += 1
            if forms and chance.random() < 0.85:
                form = chance.choice(forms)
                at = urlsplit(urljoin(f"http://testserver{url}", form.action))
                body = filled_badly(form, chance, world.rows)
                target = at.path + (f"?{at.query}" if at.query else "")
                attempts.send("post", who, target, body)
            else:
                query = {chance.choice(QUERIES): [chance.choice(VALUES[:-1])[:2_000]]}
                attempts.send("get", who, f"{url}?{encoded(query).decode()}")
    print(dict(attempts.answers))  # noqa: T201
    found = [*looking.broken, *attempts.broken]
    assert not found, "\n\n".join(found[:20])
    assert sum(attempts.answers.values()) == COUNT
