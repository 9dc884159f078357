"""A partner signed in at every address there is, and the counsellor at every page of theirs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent
from counsel.records.selectors import record_of
from exercises.models import Partner, SmallShare
from tests.access_table import ROWS
from tests.caseloads import make_caseload
from tests.factories import make_consent_document, make_counsellor, make_portal_client

# They walk every address, which takes seconds: `make test-services` has them.
pytestmark = [pytest.mark.django_db, pytest.mark.services]
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)
CANARY = "Canary-7Q"
# Links out of other people's mails, which are keys in themselves.
KEYS = {row.route for row in ROWS if "<str:token>" in row.route or "<str:secret>" in row.route}
# What ends the visit: signing out, and leaving.
EXITS = {"accounts/logout/", "with/<uuid:partner_id>/leave/"}


@pytest.fixture
def own(db):
    with time_machine.travel(NOW, tick=False):
        make_consent_document()
        yield make_caseload(CANARY)


def address_of(row, caseload):
    return "/" + row.at.format(**vars(caseload))


def test_a_partner_enters_no_portal_and_no_desk(client, own):
    """What they are sent, and the name it is signed with, is all they ever read."""
    client.force_login(own.tie.user)
    for row in ROWS:
        if row.route in KEYS | EXITS:
            continue
        for method in (client.get, client.post):
            answer = method(address_of(row, own))
            inside = row.route.startswith(("my/", "admin/"))
            assert not inside or answer.status_code in {403, 404, 405}, row.route
            if row.route.startswith("with/"):
                continue
            body = answer.content.decode("utf-8", "replace") + str(dict(answer.headers))
            # Their own address, on the pages of their own sign-in.
            assert CANARY.lower() not in body.lower().replace(own.tie.email, ""), row.route


def test_of_the_client_they_read_the_signature_and_the_share_alone(client, own):
    Partner.objects.update(signs_as="R.")
    row = SmallShare.objects.get()
    row.text = "Our walk."
    row.save()
    client.force_login(own.tie.user)
    for page in ("with/", f"with/share/{row.pk}/", f"with/invitation/{own.partner_invitation}/"):
        answer = client.get(f"/{page}")
        assert answer.status_code == 200
        assert CANARY.lower() not in answer.content.decode("utf-8", "replace").lower()


def test_a_partner_who_is_a_client_or_counsellor_here_mixes_nothing(client, own):
    """Their own portal and desk hold what is theirs, and nothing of whom they are close to."""
    portal = make_portal_client(counsellor=own.counsellor)
    for user in (portal.user, make_counsellor().user):
        Partner.objects.update(user=user)
        client.force_login(user)
        for row in ROWS:
            if not row.route.startswith(("my/", "admin/")):
                continue
            body = client.get(address_of(row, own)).content.decode("utf-8", "replace")
            assert CANARY.lower() not in body.lower(), (row.route, user)


def test_the_counsellor_learns_nothing_of_it(client, own):
    """Not that somebody is there, who they are, or a word of what is sent."""
    traces = ("Kiebitz", "Goldregen", "kiebitz@", "partner", str(own.tie.pk), "small share")
    Partner.objects.update(name="Kiebitz", signs_as="Kiebitz", email="kiebitz@example.org")
    share = SmallShare.objects.get()
    share.text = "Goldregen"
    share.save()
    for model in (Partner, SmallShare):
        assert not model.objects.visible_to(own.counsellor.user).exists()
    client.force_login(own.counsellor.user)
    for row in ROWS:
        if not row.route.startswith("admin/"):
            continue
        body = client.get(address_of(row, own)).content.decode("utf-8", "replace").lower()
        shown = {trace for trace in traces if trace.lower() in body}
        if any(part in row.route for part in ("exercises/", "assign", "letters/")):
            # Where exercises are chosen, there are some for partners; so are some messages.
            shown -= {"partner", "small share"}
        assert shown == set(), row.route


def test_nothing_of_it_is_in_the_access_log_or_any_other_log(client, own, caplog):
    caplog.set_level(logging.DEBUG)
    before = AccessEvent.objects.count()
    client.force_login(own.client.user)
    client.post(reverse("exercises:small_share"), {"text": "Goldregen"})
    client.post(reverse("exercises:partner_end"))
    data = {"name": "Kiebitz", "email": "kiebitz@example.org", "agree": "on"}
    client.post(reverse("exercises:partner"), data)
    assert Partner.objects.filter(name="Kiebitz").exists()
    assert AccessEvent.objects.count() == before
    for word in ("Goldregen", "Kiebitz", "kiebitz@"):
        assert word not in caplog.text
        assert not any(word in repr(vars(record)) for record in caplog.records)


def test_the_client_takes_out_what_they_sent_and_nothing_of_the_partner(own):
    record = record_of(own.client)
    (partner,) = record["partners"]
    assert "name" not in partner and own.tie.email not in str(record)
    assert partner["accepted_at"] == NOW.isoformat()
    (share,) = record["small_shares"]
    assert (share["text"], share["was_read"]) == (CANARY, False)


def test_no_row_says_who_it_is(own):
    for row in (own.tie, own.small_share):
        assert CANARY.lower() not in f"{row} {row!r}".lower()
