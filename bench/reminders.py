"""How fast reminders go out, against smtplib alone; and what a tick costs when none is due."""

from __future__ import annotations

import multiprocessing
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.figures import Figure, seconds
from bench.seed import copies
from counsel.accounts.models import Counsellor
from counsel.reminders.carriers.email import compose
from counsel.reminders.dispatch import send_due
from counsel.reminders.models import Reminder, State
from counsel.reminders.planners import plan_due
from counsel.reminders.registry import (
    Message,
    Reach,
    ReminderKind,
    Role,
    register_kind,
    register_role,
)
from counsel.reminders.writing import Written, write
from sessions.kinds import REMINDER, subject_of
from sessions.reminding import start_mark
from tests.factories import make_client, make_consultation, make_counsellor, make_service

DUE = 1_000
REPEATS = 5
WORKERS = 2
# An ordinary mail server, on this machine; one that takes no time; and that as far away as one in
# the same country, in milliseconds.
SERVERS = {
    "": ["bench.mail_server"],
    ".instant": ["bench.sink"],
    ".5_ms_away": ["bench.sink", "5"],
}
LEDGER = 1_000_000
TARGET = 0.8

fork = multiprocessing.get_context("fork")


def figures() -> Iterator[Figure]:
    counsellor, now = make_counsellor(), timezone.now()
    register_kind(ReminderKind("bare", "bare", lambda row, now: None, _bare))
    register_role("visitor", Role(lambda row: Reach("anna@example.org", "en-gb", counsellor.zone)))
    appointments = list(_appointments(counsellor, now))
    for where, server in SERVERS.items():
        for name, due in (("", appointments), (".bare", _nothing_to_ask())):
            Reminder._base_manager.all().delete()
            for which in due:
                _plan(counsellor, now, which)
            yield Figure(f"reminders.rate{name}{where}", _rates(server), ">=", TARGET)
    Reminder._base_manager.all().delete()
    yield from _idle(counsellor, now)


# --- The rate -----------------------------------------------------------------------------


def _appointments(counsellor: Counsellor, now: datetime) -> Iterator[dict[str, Any]]:
    """Reminders of consultations, one a client, where it is about noon."""
    zone = f"Etc/GMT{now.hour - 12:+d}"
    service = make_service(counsellor=counsellor)
    for number in range(DUE):
        person = make_client(counsellor=counsellor, time_zone=zone)
        starts_at = now + timedelta(days=1, hours=number)
        held = make_consultation(client=person, service=service, starts_at=starts_at)
        yield {
            "kind": REMINDER,
            "subject": subject_of(held),
            "occurrence": start_mark(held),
            "person": f"client:{person.pk}",
            "offset_minutes": -24 * 60,
        }


def _nothing_to_ask() -> list[dict[str, Any]]:
    return [
        {"kind": "bare", "subject": f"visit:{number}", "person": "visitor:1"}
        for number in range(DUE)
    ]


def _plan(counsellor: Counsellor, now: datetime, which: dict[str, Any]) -> None:
    late = now + timedelta(hours=12)
    Reminder.objects.create(counsellor=counsellor, due_at=now, try_at=now, not_after=late, **which)


def _bare(reminder: Reminder, reach: Reach) -> Message:
    return Message("Your appointment", "Hello\n")


def _rates(server: Sequence[str]) -> list[float]:
    """Messages a second of ours, through those of smtplib alone, both sides in turn."""
    with _serving(server) as port:
        settings.EMAIL_BACKEND = "counsel.reminders.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        mail = _mail()
        found = []
        for _repeat in range(REPEATS + 1):
            bare = _together(lambda: _send_raw(mail, port))
            ours = _together(send_due)
            if (sent := Reminder._base_manager.filter(state=State.SENT).count()) != DUE:
                raise AssertionError(f"{sent} were sent, not {DUE}.")
            Reminder._base_manager.update(
                state=State.QUEUED, handed_over_at=None, finished_at=None, attempts=0
            )
            found.append(bare / ours)
    # The first of each warms up.
    return found[1:]


def _mail() -> bytes:
    row = Reminder._base_manager.all()[0]
    written = write(row, timezone.now())
    if not isinstance(written, Written):
        raise AssertionError(f"Not wanted: {written}")
    mail: Any = compose(row, written.reach, written.message).message()
    return bytes(mail.as_bytes(linesep="\r\n"))


def _send_raw(mail: bytes, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="bench.invalid") as line:
        for _number in range(DUE // WORKERS):
            line.sendmail("appointments@localhost", ["anna@example.org"], mail)


def _together(work: Callable[[], object]) -> float:
    """How many seconds it takes so many processes to do it, told to at the same moment."""
    connections.close_all()
    ready = fork.Barrier(WORKERS + 1)

    def run() -> None:
        connection.ensure_connection()
        ready.wait()
        work()

    children = [fork.Process(target=run) for _ in range(WORKERS)]
    for child in children:
        child.start()
    ready.wait()
    took = seconds(lambda: _joined(children))
    if any(child.exitcode for child in children):
        raise AssertionError("One of them did not come to its end.")
    return took


def _joined(children: Sequence[BaseProcess]) -> None:
    for child in children:
        child.join()


@contextmanager
def _serving(server: Sequence[str]) -> Iterator[int]:
    command = [sys.executable, "-m", *server]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("The server was started without a pipe.")
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


# --- A tick with nothing due --------------------------------------------------------------


def _idle(counsellor: Counsellor, now: datetime) -> Iterator[Figure]:
    """Among a million that are over or not due yet."""
    own = {"id": "gen_random_uuid()", "subject": "'visit:' || n"}
    times = dict.fromkeys(("due_at", "try_at"), "now() - n * interval '1 minute'")
    row = Reminder(
        counsellor=counsellor,
        kind="bare",
        person="visitor:1",
        state=State.SENT,
        finished_at=now,
        not_after=now + timedelta(days=9),
    )
    copies(row, 1, LEDGER * 9 // 10, **own, **times)
    row.state, row.finished_at, row.not_after = State.QUEUED, None, now + timedelta(days=999)
    times = dict.fromkeys(("due_at", "try_at"), "now() + n * interval '10 seconds'")
    copies(row, LEDGER * 9 // 10 + 1, LEDGER, **own, **times)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reminders_reminder")
    send_due()
    plan_due()
    asked = _asked(send_due)
    yield Figure("reminders.idle_tick.queries", [len(asked)], "<=", 3)
    yield Figure("reminders.idle_tick.sequential_scans", [_whole_reads(asked)], "<=", 0)
    planning = _asked(plan_due)
    yield Figure("reminders.planning.sequential_scans", [_whole_reads(planning)], "<=", 0)


def _asked(work: Callable[[], object]) -> list[str]:
    """Its questions to the database, without the sign of life it leaves."""
    with CaptureQueriesContext(connection) as captured:
        work()
    left_out = ('UPDATE "reminders_heartbeat"', "SET ", "BEGIN", "COMMIT")
    return [query["sql"] for query in captured if not query["sql"].startswith(left_out)]


def _whole_reads(asked: Sequence[str]) -> int:
    """How many of them read the ledger from one end. Each is shown."""
    found = 0
    for sql in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "".join(line for (line,) in cursor.fetchall())
        if "Seq Scan on reminders_reminder" in plan:
            found += 1
            print(f"  reads the whole ledger: {sql}")
    return found
