"""Making the demo practice: once, on this machine alone, and so that it could have happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from clients.models import Client
from counsel.accounts.models import User
from exercises import answers as rules
from exercises.models import Assignment, Entry, SmallShare
from tests.factories import make_counsellor

pytestmark = pytest.mark.django_db

# A Wednesday evening in Kolkata, while somebody is being seen.
NOW = datetime(2030, 1, 16, 13, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _library():
    call_command("load_library", stdout=StringIO())


def seed(*options):
    said = StringIO()
    call_command("seed_demo", *options, stdout=said)
    return said.getvalue().splitlines()


@pytest.mark.parametrize(
    ("days", "hour"),
    [
        (0, 13),
        pytest.param(2, 0, marks=pytest.mark.services),
        pytest.param(5, 9, marks=pytest.mark.services),
    ],
)
def test_on_any_day_all_of_it_could_have_happened(days, hour):
    now = NOW.replace(hour=hour) + timedelta(days=days)
    with time_machine.travel(now, tick=False):
        seed()
    for entry in Entry.objects.select_related("version", "client", "assignment"):
        assert entry.happened_at <= entry.logged_at <= now
        assert entry.local_date >= entry.assignment.starts_on
        steps = entry.steps()
        assert entry.answers.keys() <= {f.key for step in steps for f in step.fields}
        if entry.outcome == "done":
            assert not rules.missing(steps, entry.answers)
            for step in steps:
                own = {f.key: entry.answers[f.key] for f in step.fields if f.key in entry.answers}
                assert not rules.clean_step(step, own).errors
        else:
            assert not entry.answers
    assert not SmallShare.objects.filter(seen_at__gt=now).exists()
    for assignment in Assignment.objects.all():
        assignment.full_clean()


@pytest.mark.services
def test_it_is_the_same_for_everybody():
    def told():
        with transaction.atomic():
            seed()
            rows = Entry.objects.order_by("client__email", "happened_at", "logged_at")
            found = [
                (e.client.email, e.version.exercise.slug, e.happened_at, e.sharing, e.answers)
                for e in rows.select_related("client", "version__exercise")
            ]
            transaction.set_rollback(True)
        return found

    with time_machine.travel(NOW, tick=False):
        first = told()
        assert len(first) > 200
        assert told() == first


def test_it_is_made_once_and_only_here():
    said = seed()
    assert said == [f"Demo: {number} of 8 clients" for number in range(1, 9)]
    there = User.objects.count()
    assert seed() == ["Demo: somebody is here already, nothing added"]
    assert User.objects.count() == there
    logins = "\n".join(seed("--show-logins"))
    assert all(user.email in logins for user in User.objects.all())


def test_it_is_refused_where_others_could_come_in():
    refused = pytest.raises(CommandError, match="only for an address on this machine")
    with override_settings(BASE_URL="https://practice.example"), refused:
        seed()
    assert not User.objects.exists()


def test_it_is_not_mixed_with_a_practice():
    make_counsellor()
    seed()
    assert not Client.objects.exists()
