"""What a client keeps private makes no difference at the desk.

Two histories of the same caseload, with and without all that is private: every page of the desk,
and every answer to what a counsellor may do, is the same to the letter, that day and the next.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from counsel.reminders.dispatch import run_due
from exercises.models import Partner
from exercises.services.correcting import entry_correct
from exercises.services.declining import entry_could_not
from exercises.services.partners import partner_accept, partner_invite
from exercises.services.practising import entry_begin, entry_submit
from exercises.services.programmes import programme_give
from exercises.services.small_shares import small_share_send
from tests.access_table import ROWS
from tests.caseloads import make_caseload
from tests.exercises.measuring import answers, begun, make_measure
from tests.factories import (
    make_assignment,
    make_consent_document,
    make_programme,
    make_version,
)

# Needs nothing but time, of which `make test` has two minutes.
pytestmark = [pytest.mark.django_db, pytest.mark.services]
NOW = datetime(2030, 1, 7, 18, 30, tzinfo=UTC)
FIRST = date(2030, 1, 1)
# New on each page, whatever is on it; and ids of rows that both histories make for themselves.
NEW_EACH_TIME = re.compile(
    r'(csrfmiddlewaretoken|_entry|seen)" value="[^"]+"|/reminders/reminder/[0-9a-f-]{36}/'
)


class World:
    """Somebody with a bit of everything, all of it known to the counsellor."""

    def __init__(self, *, shows_days: bool) -> None:
        make_consent_document()
        self.caseload = make_caseload("Plain")
        self.client, self.counsellor = self.caseload.client, self.caseload.counsellor
        Partner.objects.update(ended_at=NOW, ended_by="client")
        self.client.shows_private_days = shows_days
        self.client.save()
        self.version = make_version(owner=self.counsellor, easier="Only one.")
        make_version(exercise=self.version.exercise, number=2)
        self.journal = make_version(kind="journal")
        self.daily = self._assigned(self.version)
        self.once = self._assigned(make_version(), rhythm="once")
        self.measure = self._assigned(make_measure("who-5"), rhythm="once")
        after = {"release": "after_one_before", "days": 1}
        programme = make_programme({}, after, owner=self.counsellor)
        self.enrolment = programme_give(
            programme=programme, client=self.client, starts_on=NOW.date()
        )
        self.opening = self.enrolment.assignments.order_by("created_at").first()
        self.shared = self._done(self.daily, "shared")

    def keep_days(self) -> None:
        """What tells a day, where the client lets it be known."""
        self._done(self.once, "private")
        self._done(self.opening, "private")
        draft = begun(self.measure, answers(3, 3, 3, key="who-5"))
        entry_submit(entry=draft, sharing="private", helpful=1)

    def keep(self) -> None:
        """What tells nothing in any case."""
        entry_begin(client=self.client, version=self.version, assignment=self.daily)
        entry_correct(entry=self.shared)
        page = entry_begin(client=self.client, version=self.journal)
        entry_submit(entry=page, sharing="private")
        reason = {"reason": "too_much", "wants_smaller": True}
        entry_could_not(assignment=self.daily, because="Tired.", sharing="private", **reason)
        tie = partner_invite(client=self.client, name="Ben", email="ben@example.org")
        partner_accept(partner=tie, time_zone="UTC", language="en-gb")
        small_share_send(partner=tie, text="I liked our walk.")

    def visits(self):
        known = {field.name: getattr(self.caseload, field.name) for field in fields(self.caseload)}
        for row in ROWS:
            if row.route.startswith("admin/"):
                yield "get", "/" + row.at.format(**known)
        for assignment in (self.daily, self.once, self.measure, self.opening):
            one = f"/admin/exercises/assignment/{assignment.pk}/"
            yield from (("get", one + page) for page in ("change/", "edit/", "history/"))
            yield from (("post", one + act) for act in ("pause/", "withdraw/", "do/smaller/"))
        yield "get", reverse("admin:clients_client_measure", args=[self.client.pk, "who-5"])
        yield "get", f"/admin/clients/client/{self.client.pk}/progress/?span=all"
        yield "get", f"/admin/clients/client/{self.client.pk}/entries/{self.shared.pk}/"
        yield "get", f"/admin/exercises/enrolment/{self.enrolment.pk}/change/"
        yield "post", f"/admin/exercises/enrolment/{self.enrolment.pk}/end/"
        exercise = f"/admin/exercises/exercise/{self.version.exercise_id}/"
        yield from (("get", exercise + "change/"), ("post", exercise + "do/move/"))

    def _assigned(self, version, **fields):
        return make_assignment(client=self.client, version=version, starts_on=FIRST, **fields)

    def _done(self, assignment, sharing):
        begun = entry_begin(client=self.client, version=assignment.version, assignment=assignment)
        return entry_submit(entry=begun, sharing=sharing)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def seen(browser, world):
    """What each visit shows, none of them leaving a trace for the next."""
    browser.force_login(world.counsellor.user)
    pages = {}
    for method, address in world.visits():
        with undone():
            answer = getattr(browser, method)(address, follow=method == "post")
            body = answer.getvalue() if answer.streaming else answer.content
            pages[method, address] = NEW_EACH_TIME.sub("", body.decode("utf-8", "replace"))
    return pages


@pytest.mark.parametrize(("shows_days", "days_later"), [(False, 0), (False, 1), (True, 0)])
def test_the_desk_is_the_same_with_it_and_without(client, shows_days, days_later):
    with time_machine.travel(NOW, tick=False) as clock:
        world = World(shows_days=shows_days)
        run_due(NOW)
        pages = []
        for is_kept in (False, True):
            with undone():
                clock.move_to(NOW + timedelta(hours=1), tick=False)
                if is_kept:
                    world.keep()
                    if not shows_days:
                        world.keep_days()
                later = NOW + timedelta(days=days_later, hours=2)
                clock.move_to(later, tick=False)
                run_due(later)
                pages.append(seen(client, world))
    without, with_it = pages
    assert [visit for visit in without if without[visit] != with_it[visit]] == []
