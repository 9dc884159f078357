"""One fault's own Counsel: an empty ledger, a mail server, and whoever sends."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
from django.db import connection
from django.db.models import QuerySet

from clients.models import Client
from clients.reach import CLIENT
from counsel.accounts.models import Counsellor, User
from counsel.reminders.models import Reminder
from faults.apps import GUEST, KIND, address
from faults.crew import PREFORK, SOLO, Crew
from faults.message_server import MessageServer
from faults.orders import Note
from faults.pace import Pace
from faults.stores import OnPostgreSQL, Store, use
from faults.verdict import Row
from faults.waiting import PATIENCE, until

# Long enough that no reminder is dropped as too late, whatever a fault takes.
USEFUL = timedelta(hours=6)


class Practice:
    def __init__(
        self, store: Store, folder: Path, count: int, pace: Pace, *, quick: bool = False
    ) -> None:
        self.store, self.count = store, count
        self.quick = quick
        # One that needs times of its own keeps them.
        self.pace = pace.hurried() if quick and pace == Pace() else pace
        self.mails = MessageServer("faults.sink", folder / "mails")
        self.texts = MessageServer("faults.bridge", folder / "texts")
        # What falls due later is not looked at.
        self.until_due: datetime | None = None
        self.broker, self.queue = folder / "broker", f"ticks-of-{folder.name}"
        env = store.fresh(folder)
        use(env)
        self.crew = Crew(
            {
                **env,
                **self.pace.environ(),
                "COUNSEL_VAR": str(folder),
                "COUNSEL_MAIL_URL": f"smtp://127.0.0.1:{self.mails.port}",
                "COUNSEL_SMS_URL": f"http://127.0.0.1:{self.texts.port}/",
                "COUNSEL_SMS_TOKEN": "secret",
                "FAULTS_QUEUE": self.queue,
            },
            folder,
        )

    def __enter__(self) -> Practice:
        self.mails.start()
        self.texts.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.crew.end()
        self.mails.stop()
        self.texts.stop()
        connection.close()

    @property
    def servers(self) -> OnPostgreSQL:
        """For faults that are for PostgreSQL and Redis alone."""
        if not isinstance(self.store, OnPostgreSQL):
            raise TypeError("SQLite has no servers")
        return self.store

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.servers.redis.url)

    def times(self, number: int) -> int:
        """So often the same thing goes wrong; once where there is little time."""
        return 1 if self.quick else number

    # --- The ledger --------------------------------------------------------------------------

    def plan(
        self,
        numbers: range | None = None,
        *,
        over: float = 0,
        due_in: float = 0,
        useful: timedelta = USEFUL,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        """As many reminders as were asked for, due one after the other in `over` seconds, from
        `due_in` seconds on, and of use for so long."""
        first, counsellor = datetime.now(UTC) + timedelta(seconds=due_in), _counsellor()
        rows = []
        for number in numbers or range(self.count):
            due_at = first + timedelta(seconds=over * number / self.count)
            values = {"kind": KIND, "person": f"{GUEST}:{number}", **(fields or {})}
            rows.append(
                Reminder(
                    counsellor=counsellor,
                    subject=f"visit:{number}",
                    due_at=due_at,
                    not_after=due_at + useful,
                    try_at=due_at,
                    **values,
                )
            )
        Reminder.objects.bulk_create(rows)

    def judged(self) -> QuerySet[Reminder]:
        rows = Reminder._base_manager.all()
        return rows if self.until_due is None else rows.filter(due_at__lte=self.until_due)

    def rows(self) -> list[Row]:
        clients = dict(Client._base_manager.values_list("pk", "email"))
        emails = {f"{CLIENT}:{key}": email for key, email in clients.items()}
        return [
            Row(
                message_id=message_id(row),
                address=emails.get(row.person) or address(row),
                state=row.state,
                reason=row.reason,
                due_at=row.due_at.timestamp(),
                resent=row.resent_at is not None,
                finished=row.finished_at is not None,
            )
            for row in self.judged().order_by("due_at", "pk")
        ]

    def arrived(self) -> list[Note]:
        """What was taken of all that is looked at."""
        known = {message_id(row) for row in Reminder._base_manager.all()}
        ours = {message_id(row) for row in self.judged()}
        taken = [*self.mails.notes("taken"), *self.texts.notes("taken")]
        return [note for note in taken if note.message_id not in known - ours]

    def open_rows(self) -> int:
        return self.judged().filter(finished_at=None).count()

    # --- Those who send ----------------------------------------------------------------------

    def staff(self, *, timer: bool = True, **env: str) -> list[subprocess.Popen[bytes]]:
        """The usual ones: a worker with two children and one by itself, each with a beat of its
        own; and a timer beside them where there is no Redis."""
        both = [self.crew.worker(*kind, beat=True, **env) for kind in (PREFORK, SOLO)]
        with_timer = timer and not isinstance(self.store, OnPostgreSQL)
        return [*both, self.crew.timer(**env)] if with_timer else both

    @property
    def senders(self) -> int:
        """How many processes of the usual staff can have a message in hand."""
        return 3 if isinstance(self.store, OnPostgreSQL) else 4

    # --- Waiting -----------------------------------------------------------------------------

    def until_taken(self, share: float) -> None:
        wanted = max(1, round(self.count * share))
        until(f"{wanted} mails taken", lambda: len(self.mails.notes("taken")) >= wanted)

    def until_settled(self, seconds: float = PATIENCE) -> None:
        """Everything in the ledger has come to an end."""
        until("all settled", lambda: not self.open_rows(), seconds)

    def watch(self, ticks: int = 3) -> None:
        """Some more ticks go by."""
        time.sleep(self.pace.tick * ticks)


def message_id(row: Reminder) -> str:
    return f"<{row.pk.hex}@mail.invalid>"


def _counsellor() -> Counsellor:
    user, _made = User.objects.get_or_create(email="counsellor@example.org")
    named = {"slug": "counsellor", "display_name": "Counsellor", "time_zone": "Europe/London"}
    counsellor, _made = Counsellor.objects.get_or_create(user=user, defaults=named)
    return counsellor
