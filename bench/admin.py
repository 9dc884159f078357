"""The lists of the desk in a practice of a thousand caseloads, against the same list where there
is one: how long a page takes, what is counted for it, and what is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench.figures import Figure, seconds
from bench.seed import copies
from clients.models import Client
from counsel.accounts.models import Counsellor, User
from counsel.reminders.models import Reminder, State
from exercises.models import Assignment, Entry, ExerciseVersion, Standing
from sessions.models import Consultation, Service
from tests.factories import make_counsellor, make_manager, make_service, make_version

CASELOAD = 1_000
PRACTICE = 1_000 * CASELOAD
REPEATS = 7
LISTS = {
    "caseload": ("clients_client", ["", "p=8", "status__exact=active", "status__exact=all"]),
    "consultations": (
        "consultations_consultation",
        ["", "when=waiting", "when=to-note", "when=past", "when=past&p=6", "when=off"],
    ),
    "entries": ("exercises_entry", ["", "p=20", "read=no", "read=yes", "outcome__exact=done"]),
    "reminders": (
        "reminders_reminder",
        ["", "p=20", "state=trouble", "state=sent", "channel=email", "due=month"],
    ),
}
LEDGER = ("", "p=5", "state=sent", "channel=email", "due=week", "due=month")
# None, or a few: what fails, waits or is not sent, and channels hardly anybody uses.
RARE = (
    *("state=trouble", "state=failed", "state=late", "state=queued", "state=skipped"),
    *("channel=sms", "channel=push", "due=ahead"),
)
NEEDS = ("flag", "unread", "no_next", "missed", "quiet", "smaller")
COLUMNS = range(1, 9)
BIG_TABLES = (Client, Consultation, Entry, Reminder, Standing, Assignment)
FULL_COUNT = re.compile(r"^SELECT COUNT\(\*\) AS \"__count\" FROM \"")

Call: TypeAlias = Callable[[], object]


def figures() -> Iterator[Figure]:
    with practices() as (browser, manager, at):
        calls = dict(looks(browser)) | dict(of_the_practice(manager, LEDGER))
        calls["first_look"] = first_look(browser)
        calls["reminders_health"] = _look(manager, reverse("admin:reminders_health"), "")
        for name, call in calls.items():
            yield Figure(f"admin.lists.{name}", compared(call, at), "<=", 2)
        at("large")
        # A small practice has no page full of these: only how they are found is looked at.
        rare = dict(of_the_practice(manager, RARE))
        with CaptureQueriesContext(connection) as captured:
            for call in (calls | rare).values():
                call()
        asked = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
        whole = [sql for sql in asked if FULL_COUNT.match(sql)]
        yield Figure("admin.lists.full_counts", [len(whole)], "<=", 0)
        scans = [scan for sql in asked for scan in sequential_scans(sql)]
        for scan in sorted(set(scans)):
            print(f"  reads all of {scan}")
        yield Figure("admin.lists.sequential_scans", [len(scans)], "<=", 0)


def compared(call: Call, at: Callable[[str], None]) -> list[float]:
    """Its time in the large practice over that in the small one, taken in turn."""
    for side in ("small", "large") * 2:
        at(side)
        call()
    found = []
    for _ in range(REPEATS):
        at("large")
        large = seconds(call)
        at("small")
        found.append(large / seconds(call))
    return found


def looks(browser: Browser) -> Iterator[tuple[str, Call]]:
    """Every list as it opens, far down, filtered, sorted by each column, and searched."""
    for name, (page, queries) in LISTS.items():
        address = reverse(f"admin:{page}_changelist")
        more = [f"need={need}" for need in NEEDS] if name == "caseload" else []
        columns = COLUMNS if name == "caseload" else ()
        more += [f"o={sign}{column}" for column in columns for sign in ("", "-")]
        for query in [*queries, *more]:
            yield f"{name}.{_spelt(query)}" if query else name, _look(browser, address, query)
    find = reverse("admin:clients_client_find")
    yield "caseload.search", lambda: _seen(browser.post(find, {"q": "son 77"}))
    messages = reverse("admin:reminders_reminder_find")
    yield "reminders.search", lambda: _seen(browser.post(messages, {"q": "son 77"}))


def of_the_practice(manager: Browser, queries: Sequence[str]) -> Iterator[tuple[str, Call]]:
    """The ledger as a manager reads it: of all counsellors, keys and no names."""
    address = reverse("admin:reminders_reminder_changelist")
    for query in queries:
        name = f"of_the_practice.{_spelt(query)}" if query else "of_the_practice"
        yield f"reminders_{name}", _look(manager, address, query)


def _look(browser: Browser, address: str, query: str) -> Call:
    return lambda: _seen(browser.get(f"{address}?{query}" if query else address))


def _seen(response: Any) -> None:
    if response.status_code != 200:
        raise RuntimeError(f"{response.status_code} for {response.request['PATH_INFO']}")


def _spelt(query: str) -> str:
    return "_".join(f"{key.split('__')[0]}_{value[0]}" for key, value in parse_qs(query).items())


def first_look(browser: Browser) -> Call:
    """The list, after everybody in it did something."""
    address = reverse("admin:clients_client_changelist")
    [owner] = Counsellor.objects.filter(display_name="Counsellor 0").values_list("pk", flat=True)

    def call() -> None:
        Standing.objects.filter(client__counsellor=owner).update(reckoned_for=0)
        _seen(browser.get(address))

    return call


def sequential_scans(sql: str) -> list[str]:
    """The big tables that are read from one end, unless for the first few rows only."""
    tables = {model._meta.db_table for model in BIG_TABLES}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        plan = [""] + [line for (line,) in cursor.fetchall()]
    found = []
    for above, line in pairwise(plan):
        scan = re.search(r"Seq Scan on (\w+)", line)
        if scan and scan[1] in tables and "Limit" not in above:
            found.append(scan[1])
    return found


# --- The two practices


@contextmanager
def practices() -> Iterator[tuple[Browser, Browser, Callable[[str], None]]]:
    """One caseload in a database of its own, and the same among a thousand in another; both stay
    connected, so that turning from one to the other costs nothing.
    """
    small = str(connection.settings_dict["NAME"])
    seed(0, 0)
    browser = signed_in(User.objects.get(email="counsellor0@practice.example"))
    manager = signed_in(make_manager())
    large = f"{small}_large"
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{large}"')
        cursor.execute(f'CREATE DATABASE "{large}" TEMPLATE "{small}"')
    raw: dict[str, Any] = {}

    def at(side: str) -> None:
        connection.connection = raw[side]

    try:
        for side, name in (("small", small), ("large", large)):
            connection.settings_dict["NAME"] = name
            connection.connection = None
            if side == "large":
                seed(1, PRACTICE // CASELOAD - 1)
            scatter()
            raw[side] = connection.connection
        yield browser, manager, at
    finally:
        connection.close()
        for one in raw.values():
            one.close()
        connection.connection = None
        connection.settings_dict["NAME"] = small
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{large}"')


def signed_in(user: User) -> Browser:
    browser = Browser(SERVER_NAME=urlsplit(settings.BASE_URL).hostname)
    browser.force_login(user)
    return browser


def seed(first: int, last: int) -> None:
    """Whole caseloads, a thousand clients each. Every key follows from a number."""
    now = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if first == 0:
        version, template = make_version(), make_counsellor(slug="template")
        make_service(counsellor=template, slug="template")
    else:
        version = ExerciseVersion.objects.get()
    counsellors(first, last)
    clients(first * CASELOAD, (last + 1) * CASELOAD - 1, version, now)


def scatter() -> None:
    """Puts the rows in the order of their keys, which is none: in a practice that has grown over
    years a caseload does not lie together either.
    """
    with connection.cursor() as cursor:
        for model in BIG_TABLES:
            table = model._meta.db_table
            cursor.execute(f"CLUSTER {table} USING {table}_pkey")
        cursor.execute("VACUUM ANALYZE")


def counsellors(first: int, last: int) -> None:
    template = Counsellor.objects.get(slug="template")
    name = "'counsellor' || n"
    user = User(is_staff=True, time_zone="Europe/London")
    copies(user, first, last, id=_id("user"), email=f"{name} || '@practice.example'")
    own = {"id": _id("counsellor"), "user": _id("user"), "slug": name}
    row = Counsellor(time_zone="Europe/London", display_name="")
    copies(row, first, last, **own, display_name="'Counsellor ' || n")
    service = Service.objects.get(counsellor=template)
    owner = {"id": _id("service"), "counsellor": _id("counsellor")}
    copies(service, first, last, **owner, slug="'service' || n")


def clients(first: int, last: int, version: ExerciseVersion, now: datetime) -> None:
    """Of each a standing, a consultation, an assignment, an entry and a reminder."""
    owner, one = f"md5('counsellor' || n / {CASELOAD})::uuid", {"client": _id("client")}
    person = Client(time_zone="Europe/London", status=Client.Status.ACTIVE)
    copies(
        person,
        first,
        last,
        id=_id("client"),
        counsellor=owner,
        name=f"{_one_of(('Anna', 'Ravi', 'Joe', 'Mina'), 'n * 7')} || 'son ' || mod(n * 31, 1000)",
        email="'client' || n || '@example.org'",
        status=_one_of(("active", "active", "active", "paused", "ended"), "n"),
    )
    copies(Standing(changes=1), first, last, **one)
    copies(_consultation(now), first, last, **one, **_times(now), counsellor=owner)
    given = Assignment(version=version, starts_on=now.date() - timedelta(days=20))
    copies(given, first, last, **one, id=_id("assignment"))
    day = "mod(n * 13, 40)::int"
    entry = Entry(version=version, state="submitted", sharing="shared", logged_at=now)
    when = {
        "happened_at": f"'{now:%F %T%z}'::timestamptz - {day} * interval '1 day'",
        "local_date": f"'{now:%F}'::date - {day}",
        "seen": "mod(n, 3) > 0",
    }
    copies(entry, first, last, **one, **when, id=_id("entry"), assignment=_id("assignment"))
    copies(
        _reminder(now),
        first,
        last,
        id=_id("reminder"),
        counsellor=owner,
        subject="'consultation:' || md5('consultation' || n)::uuid",
        person="'client:' || md5('client' || n)::uuid",
        due_at=f"'{now:%F %T%z}'::timestamptz - mod(n * 17, 2000) * interval '1 hour'",
        state="case when mod(n, 100) = 0 then 'failed' else 'sent' end",
    )


def _one_of(words: Sequence[str], n: str) -> str:
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"(array[{quoted}])[(1 + mod({n}, {len(words)}))::int]"


def _id(what: str) -> str:
    return f"md5('{what}' || n)::uuid"


def _consultation(now: datetime) -> Consultation:
    row = Consultation(time_zone="Europe/London", place="video", cancel_notice=24)
    row.starts_at = row.ends_at = row.held_from = row.held_until = now
    return row


def _times(now: datetime) -> dict[str, str]:
    """Of each caseload a tenth is still to come, an hour apart; the rest lies behind."""
    ahead, place = "mod(n, 10) = 0", f"mod(n, {CASELOAD})"
    starts = (
        f"'{now:%F %T%z}'::timestamptz + (case when {ahead} then 1 + {place} / 10 "
        f"else -2 - {place} end) * interval '1 hour'"
    )
    ends = f"{starts} + interval '50 minutes'"
    status = (
        f"case when {ahead} then {_one_of(('confirmed', 'pending'), 'n / 10')} "
        f"else {_one_of(('completed', 'no_show', 'cancelled_late'), 'n')} end"
    )
    return {
        "id": _id("consultation"),
        "service": f"md5('service' || n / {CASELOAD})::uuid",
        "starts_at": starts,
        "held_from": starts,
        "ends_at": ends,
        "held_until": ends,
        "status": status,
        "idempotency_key": "null",
    }


def _reminder(now: datetime) -> Reminder:
    return Reminder(
        kind="consultation_reminder",
        state=State.SENT,
        due_at=now,
        try_at=now,
        not_after=now + timedelta(days=1),
        finished_at=now,
    )
