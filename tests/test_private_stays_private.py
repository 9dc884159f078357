"""What a client keeps private is on no page of the desk, in no mail, log or address.

Walks every address of the table as the client's own counsellor, and as a manager, and then
sends out all that is due. The pages that tests.access_table gains are walked as well.
"""

from __future__ import annotations

import logging
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from counsel.audit.models import AccessEvent
from counsel.desk.brief import brief_of
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder
from exercises.models import Entry, Partner, SmallShare
from exercises.services.practising import entry_share
from exercises.services.replies import entry_mark_seen, reply_write
from tests.access_table import ROWS
from tests.caseloads import make_caseload
from tests.factories import (
    make_assignment,
    make_consent_document,
    make_entry,
    make_manager,
    make_version,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 18, 30, tzinfo=UTC)
# In everything private; and a strength and a feeling nobody else in the house has.
CANARY = "Kanarienvogel"
OPEN = "Plain"
FEELING = "tender"
STEPS = [
    {
        "key": "all",
        "title": "All",
        "fields": [
            {"key": "first", "kind": "scale", "label": "Now?", "role": "before"},
            {"key": "named", "kind": "feelings", "label": "This is"},
            {"key": "words", "kind": "long_text", "label": "Words", "role": "share"},
            {"key": "last", "kind": "scale", "label": "And now?", "role": "after"},
        ],
    }
]
WORDS = {"first": 9, "named": [FEELING, CANARY], "words": CANARY, "last": 1}


@pytest.fixture
def world(caplog):
    """A caseload in the open, and beside it all that its client keeps for themselves."""
    with time_machine.travel(NOW, tick=False):
        make_consent_document()
        caseload = make_caseload(OPEN)
        person, version = caseload.client, make_version(steps=STEPS, title="All kinds")
        todo = make_assignment(client=person, version=version, starts_on="2030-01-01")
        _keep_private(person, version, todo)
        caplog.set_level(logging.DEBUG)
        yield caseload


def _keep_private(person, version, todo):
    before = NOW - timedelta(hours=3)
    kept = {"happened_at": before, "answers": WORDS, "because": CANARY, "wants_smaller": True}
    make_entry(assignment=todo, **kept)
    make_entry(assignment=todo, outcome="could_not", reason="too_much", **kept)
    # Shared for a while, read and answered, and taken back.
    taken_back = make_entry(client=person, version=version, **kept)
    _answer_and_take_back(taken_back)
    make_entry(assignment=todo, state="draft", **kept)
    tie = Partner.objects.get(client=person)
    tie.name, tie.signs_as, tie.email = CANARY, CANARY, f"{CANARY}@example.org"
    tie.save()
    SmallShare.objects.create(partner=tie, text=CANARY)


def _answer_and_take_back(entry):
    entry_share(entry=entry, sharing="shared")
    entry_mark_seen(entry=entry)
    reply_write(entry=entry, author=entry.client.counsellor, text=CANARY)
    entry_share(entry=entry, sharing="private")


def _addresses(caseload):
    known = {field.name: getattr(caseload, field.name) for field in fields(caseload)}
    return [row.at.format(**known) for row in ROWS]


def _pages(client, caseload, user):
    client.force_login(user)
    for address in _addresses(caseload):
        response = client.get(f"/{address}")
        body = response.getvalue() if response.streaming else response.content
        yield address, body.decode("utf-8", "replace") + repr(dict(response.headers))


@pytest.mark.parametrize("who", ["counsellor", pytest.param("manager", marks=pytest.mark.services)])
def test_it_is_on_no_page_of_the_desk_and_in_nothing_a_look_leaves_behind(
    client, world, caplog, who
):
    user = world.counsellor.user if who == "counsellor" else make_manager()
    for address, page in _pages(client, world, user):
        assert CANARY not in page, address
    assert CANARY not in caplog.text
    assert not any(CANARY in repr(vars(record)) for record in caplog.records)
    assert CANARY not in repr(list(AccessEvent.objects.values()))


def test_the_client_finds_it(client, world):
    """Else the walk above would prove nothing."""
    client.force_login(world.client.user)
    for entry in Entry.objects.submitted().filter(version__title="All kinds"):
        assert CANARY in client.get(f"/my/entries/{entry.pk}/", follow=True).content.decode()


def test_it_is_in_no_figure(world):
    brief = brief_of(world.client, NOW)
    assert brief.strengths is None
    assert FEELING not in [row.label for row in brief.feelings]
    assert not [row for row in brief.shared if row.answers == WORDS]
    assert not brief.could_not


def test_it_is_in_no_mail_and_no_row_of_the_ledger(world, mailoutbox):
    for days in range(8):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            run_due(NOW + timedelta(days=days))
    assert len(mailoutbox) > 2
    assert CANARY not in "".join(mail.message().as_string() for mail in mailoutbox)
    assert CANARY not in repr(list(Reminder.objects.values()))


def test_no_list_counts_it(client, world):
    """Searches and filters find what is shared, whatever they are asked for."""
    client.force_login(world.counsellor.user)
    shown = client.get("/admin/exercises/entry/").context["cl"].queryset
    assert set(shown) == set(world.client.entries.filter(sharing="shared"))
    for query in (f"?q={CANARY}", "?sharing=private", f"?answers__contains={CANARY}"):
        page = client.get(f"/admin/exercises/entry/{query}")
        rows = page.context["cl"].queryset if page.status_code == 200 else shown
        assert set(rows) == set(shown)
