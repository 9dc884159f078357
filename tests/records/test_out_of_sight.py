"""A client asked to be forgotten: no page speaks of them any more, but the two that say so.

Walks every address of the table as their counsellor and as themselves. The pages that
tests.access_table gains are walked as well.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import F
from django.test import Client as Browser

from clients.models import Client
from clients.services import client_restrict
from counsel.records.forgetting import _let_go
from sessions.models import Consultation
from tests.access_table import ROWS
from tests.caseloads import make_caseload
from tests.factories import make_consent_document

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)
# In no other field of the caseload: its canary stands in what the counsellor owns as well.
NAME, WORDS = "Zaunkönigin", "Rotkehlchen"
TIMES = ("starts_at", "ends_at", "held_from", "held_until")


@pytest.fixture
def caseload():
    with time_machine.travel(NOW, tick=False):
        make_consent_document()
        caseload = make_caseload("Plain")
        Client.objects.filter(pk=caseload.client.pk).update(name=NAME, email="wren@example.org")
        caseload.shared.answers = {"words": WORDS}
        caseload.shared.save()
        ago = {field: F(field) - timedelta(days=14) for field in TIMES}
        held = Consultation.objects.filter(client=caseload.client)
        held.update(status="completed", **ago)
        yield caseload


def restrict(caseload):
    client = Client.objects.get(pk=caseload.client.pk)
    client_restrict(client=client, by="client")
    _let_go(client)


def answers(user, caseload, rows):
    browser = Browser(raise_request_exception=False)
    browser.force_login(user)
    for row in rows:
        url = "/" + row.at.format(**vars(caseload))
        page = browser.get(url)
        body = page.getvalue() if page.streaming else page.content
        yield row, url, page.status_code, body.decode("utf-8", "replace")


@pytest.mark.services
def test_no_page_of_the_desk_speaks_of_them(caseload):
    desk = [row for row in ROWS if row.route.startswith("admin/") and "erasing" not in row.route]
    secrets = (NAME, WORDS, "wren@example.org", str(caseload.client.pk))

    def speaking():
        for row, url, _status, body in answers(caseload.counsellor.user, caseload, desk):
            # Who opens an address has its ids: only what the page adds to them counts.
            if any(secret in body for secret in secrets if secret not in url):
                yield row.route

    assert len(set(speaking())) > 20
    restrict(caseload)
    assert set(speaking()) == set()


def test_of_the_portal_the_record_and_the_way_back_are_left(caseload):
    portal = [
        row
        for row in ROWS
        if row.route.startswith(("my/", "start/")) and row.answers[1] in ("200", "302")
    ]
    assert len(portal) > 20
    restrict(caseload)
    opened = {
        row.route
        for row, _url, status, _body in answers(caseload.client.user, caseload, portal)
        if status != 404
    }
    assert opened == {"my/record/", "my/record/forget/", "start/"}
