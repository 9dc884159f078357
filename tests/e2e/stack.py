"""The whole of Counsel, started the way `make run` does, in a folder of its own."""

from __future__ import annotations

import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from tests.e2e.inside import Inside
from tools import practice
from tools.children import Children
from tools.home import Home

MAIL_SECONDS = 25
# Of everybody in the demo practice, and of the clients a test makes.
PASSWORD = "quiet-daylight-room"


class Counsel:
    def __init__(self, home: Home, address: str) -> None:
        self.folder = home.folder
        self.address = address
        self.env = home.environ(address) | {"DJANGO_SETTINGS_MODULE": "tests.e2e.settings"}
        self._inside = Inside(self.env)

    def end(self) -> None:
        self._inside.end()

    def does(self, code: str) -> str:
        """Runs Python inside Counsel, beside the running servers; returns what it printed."""
        return self._inside.does(code)

    def new_client(
        self, name: str, *exercises: str, counsellor: str = "maya-iyer", sharing: str = "private"
    ) -> str:
        """Makes a client who can sign in, with these exercises assigned daily from today on.

        `sharing` is what they have chosen for a start. Returns the e-mail address.
        """
        return self.does(f"""
from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.services import user_create
from counsel.common.zones import local_date
from django.utils import timezone
from exercises.models import ExerciseVersion, Rhythm
from exercises.services.assigning import assignment_create
person = {{"name": {name!r}, "email": {name.lower()!r} + "@example.org"}}
zone = "Europe/London"
client = Client.objects.create(
    counsellor=Counsellor.objects.get(slug={counsellor!r}),
    user=user_create(password={PASSWORD!r}, time_zone=zone, **person),
    time_zone=zone, status="active", default_sharing={sharing!r}, **person,
)
for slug in {exercises!r}:
    version = ExerciseVersion.objects.current().get(exercise__slug=slug)
    assignment_create(
        client=client, version=version, rationale="For the moment the wall goes up.",
        rhythm=Rhythm.DAILY, starts_on=local_date(timezone.now(), client.zone),
    )
print(client.email)
""")

    def mails_to(self, address: str) -> list[EmailMessage]:
        """Oldest first."""
        files = sorted((self.folder / "mail").glob("*.eml"))
        mails = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [mail for mail in mails if mail["To"] == address]

    def mail_to(self, address: str, subject: str, *, after: int = 0) -> EmailMessage:
        """The newest mail whose subject begins like that; waits until the worker has sent it.

        `after`: how many such mails there were before.
        """
        until = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < until:
            found = [m for m in self.mails_to(address) if str(m["Subject"]).startswith(subject)]
            if len(found) > after:
                return found[-1]
            time.sleep(0.2)
        got = [str(mail["Subject"]) for mail in self.mails_to(address)]
        raise AssertionError(f"no mail {subject!r} to {address} in {MAIL_SECONDS} s, but {got}")

    def lets_grace_pass(self) -> None:
        """As if three minutes had gone by since the changes just made: their mails are due."""
        self.does("""
from django.utils import timezone
from counsel.reminders.models import Reminder
from sessions.planning import GRACE
now = timezone.now()
waiting = Reminder.objects.filter(state="queued", due_at__gt=now, due_at__lte=now + GRACE)
waiting.update(due_at=now, try_at=now)
""")

    def gives_staff_a_second_lock(self, email: str) -> None:
        """As the staff of the demo have one. Without it they are asked to add one of their own."""
        self.does(f"""
from allauth.mfa.models import Authenticator
from counsel.accounts.demo_code import demo_lock
from counsel.accounts.models import User
user = User.objects.filter(email={email!r}, is_staff=True).first()
if user and not Authenticator.objects.filter(user=user).exists():
    demo_lock(user)
""")

    def forgets_used_codes(self) -> None:
        self.does("from django.core.cache import cache; cache.clear()")

    def log(self, name: str) -> str:
        return (self.folder / "log" / f"{name}.log").read_text()

    def ticks(self) -> int:
        """How often the worker has looked for what is due since it began."""
        return len(
            re.findall(r"Task counsel\.reminders\.tasks\.tick\[\S+ succeeded", self.log("worker"))
        )


def words_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: EmailMessage, path: str) -> str:
    """The link of that kind ("/appointments/") in a mail, whole."""
    found = re.search(rf"https?://\S+?{re.escape(path)}\S+", words_of(mail))
    assert found, words_of(mail)
    return found[0]


@contextmanager
def running(folder: Path) -> Iterator[Counsel]:
    port = _free_port()
    home = Home.at(folder)
    counsel = Counsel(home, f"http://{practice.HOST}:{port}")
    python = Path(sys.executable)
    practice.prepare(python, counsel.env, home)
    family = Children()
    try:
        practice.start(family, python, counsel.env, home, port)
        practice.wait_until_it_answers(family, port)
        yield counsel
        family.check()
    finally:
        family.end()
        counsel.end()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((practice.HOST, 0))
        return int(probe.getsockname()[1])
