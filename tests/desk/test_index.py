"""The desk's first page as a whole: its numbers, its wall, its price."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from counsel.reminders.models import Reminder
from exercises.models import RiskFlag
from tests.costs import LISTED
from tests.factories import (
    make_assignment,
    make_client,
    make_consultation,
    make_counsellor,
    make_cover,
    make_entry,
    make_handover,
    make_manager,
    make_note,
    make_portal_client,
    make_review,
    make_service,
    make_version,
)
from tests.sessions.reading import text
from tests.thorough import THOROUGH

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
NUMBER = re.compile(r'<a[^>]*data-counts="([\w-]+)"[^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
ALL = {
    *("flags", "requests", "unread", "to_note", "to_sign", "unwritten", "messages"),
    *("no_next", "missed", "quiet", "smaller", "offered", "lent"),
    *("day", "active", "unread-of"),
}
COULD_NOT = {"outcome": "could_not", "wants_smaller": True}
# Both lists stand on one page.
FROM_COLLEAGUES = {"offered": "offers", "lent": "covers"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def numbers(client):
    """What each number of the page counts, the number, and the address it leads to."""
    for key, url, inner in NUMBER.findall(client.get("/admin/").content.decode()):
        found = re.search(r"<strong>(\d+)</strong>", inner) or re.search(r"(\d+)", inner)
        yield key, int(found[1]), url.replace("&amp;", "&")


def length(client, key, url):
    """How many rows there are in the list at that address."""
    context = client.get(url).context
    if "cl" in context:
        return context["cl"].result_count
    if key in FROM_COLLEAGUES:
        return len(context[FROM_COLLEAGUES[key]])
    (day,) = context["days"]
    return sum(item.kind == "consultation" for item in day.items)


class Caseload:
    """A practice in which everything happens at random, in this caseload and beside it."""

    def __init__(self, chance):
        self.chance = chance
        self.counsellor = make_counsellor()
        self.service, self.version = make_service(counsellor=self.counsellor), make_version()
        self.when = iter(range(10_000))

    def fill(self, people):
        for number in range(people):
            # Of one in four nothing is heard.
            is_silent = number % 4 == 0
            status = self.chance.choice(["active", "active", "active", "paused", "ended"])
            person = make_client(
                counsellor=self.counsellor, status="active" if is_silent else status
            )
            self.assignment = make_assignment(
                client=person, version=self.version, starts_on=date(2029, 12, 1)
            )
            for make in () if is_silent else (self.consultation, self.entry, self.message):
                for _time in range(self.chance.randint(2, 5)):
                    make(person)

    def consultation(self, person):
        days = self.chance.choice([self.chance.randint(-40, -1), self.chance.randint(0, 9)])
        starts_at = NOW + days * DAY + next(self.when) * timedelta(minutes=1)
        coming = ["pending", "pending", "confirmed", "confirmed", "declined"]
        past = ["pending", "confirmed", "completed", "completed", "no_show"]
        status = self.chance.choice(past if days < 0 else coming)
        meeting = make_consultation(
            client=person,
            service=self.service,
            starts_at=starts_at,
            status=status,
            overlap_reason="two at once",
        )
        if status == "completed" and self.chance.random() < 0.5:
            signed_at = self.chance.choice([None, None, NOW])
            make_note(consultation=meeting, signed_at=signed_at)

    def entry(self, person):
        state = self.chance.choice(["submitted", "submitted", "draft"])
        # A client has one draft of a version at most.
        ways = [{"version": self.version}, {"assignment": self.assignment}]
        what = {} if state == "draft" else self.chance.choice([*ways, {**ways[1], **COULD_NOT}])
        days = self.chance.choice([self.chance.randint(0, 3), self.chance.randint(4, 50)])
        entry = make_entry(
            client=person,
            **what,
            sharing=self.chance.choice(["shared", "shared", "private"]),
            state=state,
            happened_at=NOW - days * DAY,
        )
        if self.chance.random() < 0.4:
            make_review(entry, seen_at=NOW)
        if self.chance.random() < 0.3:
            closed = self.chance.choice([{}, {"closed_at": NOW, "closed_by": self.counsellor}])
            RiskFlag.objects.create(client=person, entry=entry, **closed)

    def message(self, person):
        due_at = NOW - self.chance.randint(0, 30) * DAY
        state = self.chance.choice(["failed", "uncertain", "sent"])
        Reminder.objects.create(
            counsellor=self.counsellor,
            kind="consultation_reminder",
            subject=f"consultation:{person.pk}",
            occurrence=str(next(self.when)),
            person=f"client:{person.pk}",
            due_at=due_at,
            not_after=due_at + DAY,
            try_at=due_at,
            state=state,
            finished_at=due_at,
        )


def test_each_number_is_that_of_the_rows_of_the_list_it_leads_to(client):
    seen = set()
    for seed in range(3) if THOROUGH else (2,):
        chance = random.Random(seed)
        caseload, beside = Caseload(chance), Caseload(chance)
        caseload.fill(9)
        beside.fill(3)
        for person in beside.counsellor.clients.all():
            make_handover(client=person, to=caseload.counsellor)
            make_cover(client=person, to=caseload.counsellor, ends_at=NOW + DAY)
        make_cover(to=caseload.counsellor, ends_at=NOW - DAY)
        client.force_login(caseload.counsellor.user)
        for key, number, url in numbers(client):
            assert (key, number) == (key, length(client, key, url)), url
            seen.add(key)
    assert seen >= ALL


@pytest.mark.parametrize("people", [1, 14])
def test_it_asks_the_database_few_questions(client, people, django_assert_max_num_queries):
    caseload = Caseload(random.Random(people))
    caseload.fill(people)
    client.force_login(caseload.counsellor.user)
    # The first look reckons anew where each client stands.
    client.get("/admin/")
    with django_assert_max_num_queries(25 + LISTED):
        client.get("/admin/")


def test_it_shows_up_to_three_names_and_how_many_more(client):
    ada = make_counsellor()
    for number in range(5):
        person = make_client(counsellor=ada, name=f"Person-{number}X")
        make_entry(client=person, sharing="shared", happened_at=NOW - (9 - number) * DAY)
    client.force_login(ada.user)
    shown = text(client.get("/admin/"))
    shown = shown[shown.index("What needs you") : shown.index("The week ahead")]
    assert "5 entries to read Person-0X , Person-1X , Person-2X and 2 more" in shown


def test_it_shows_nothing_of_another_caseload(client):
    theirs = make_portal_client(name="Canary-7Q")
    make_consultation(client=theirs, starts_at=NOW + DAY / 24)
    make_consultation(client=theirs, starts_at=NOW + 2 * DAY, status="pending")
    entry = make_entry(client=theirs, sharing="shared")
    RiskFlag.objects.create(client=theirs, entry=entry)
    for reader in (make_counsellor().user, make_manager()):
        client.force_login(reader)
        response = client.get("/admin/")
        assert "Canary-7Q" not in response.content.decode()
        assert "to read" not in text(response)


def test_what_is_private_or_read_is_not_counted_for_reading(client):
    anna = make_client()
    make_entry(client=anna)
    make_entry(client=anna, sharing="shared", state="draft")
    make_review(make_entry(client=anna, sharing="shared"), seen_at=NOW)
    client.force_login(anna.counsellor.user)
    assert "to read" not in text(client.get("/admin/"))


def test_whom_one_meets_next_stands_first_in_the_caseload(client):
    ada = make_counsellor()
    for name, days in [("Later", 9), ("Sooner", 1), ("Never", None)]:
        person = make_client(counsellor=ada, name=name)
        if days:
            make_consultation(client=person, starts_at=NOW + days * DAY)
    make_client(counsellor=ada, name="Ended", status="ended")
    client.force_login(ada.user)
    glance = client.get("/admin/").context["glance"]
    rows = [(row.client.name, row.next_at) for row in glance.rows]
    assert rows == [("Sooner", "Tue 8 Jan, 11:20"), ("Later", "Wed 16 Jan, 11:20"), ("Never", "")]


def test_a_manager_sees_how_the_practice_is_and_nobody_of_it(client):
    client.force_login(make_manager())
    assert "No flag is open" in text(client.get("/admin/"))
    caseload = Caseload(random.Random(0))
    caseload.fill(12)
    response = client.get("/admin/")
    assert "open In the practice; the oldest since Mon 7 Jan, 11:20." in text(response)
    ((key, number, url),) = numbers(client)
    assert (key, number) == ("messages", length(client, key, url))
    assert "days" not in response.context
