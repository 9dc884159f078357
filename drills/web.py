"""Counsel's web server in a drill, and people who are signed in and go on asking."""

from __future__ import annotations

import re
import secrets
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

from drills.practice import Practice, demand
from faults.waiting import until
from tools.children import Children
from tools.servers import free_port

TOKEN = secrets.token_hex(16)
# As after signing in at the door: a sitting each for some clients and for their counsellors.
_SIGN_IN = """
from allauth.account.internal.userkit import user_id_to_str
from django.test import Client as Browser
from clients.models import Client
for client in Client._base_manager.filter(user__isnull=False).order_by("email")[:{count}]:
    for user in (client.user, client.counsellor.user):
        browser = Browser()
        browser.force_login(user)
        sitting = browser.session
        sitting["account_authentication_methods"] = [{{"method": "mfa", "type": "totp", "at": 0}}]
        sitting["account_authentication_methods_user"] = user_id_to_str(user)
        sitting.save()
        print(client.pk, sitting.session_key)
"""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Where an answer leads is another request: nobody goes there."""


_opener = urllib.request.build_opener(_Stay)


@dataclass(frozen=True, slots=True)
class Answer:
    began: float
    ended: float
    # 0: none came.
    status: int
    page: str


@dataclass
class Person:
    """Somebody who is signed in, at their own browser."""

    address: str
    client: str
    sitting: str
    answers: list[Answer] = field(default_factory=list)

    def get(self, path: str) -> Answer:
        return self._asked(path, None)

    def post(self, path: str, form: dict[str, str]) -> Answer:
        return self._asked(path, urlencode(form).encode())

    def _asked(self, path: str, data: bytes | None) -> Answer:
        token = "t" * 32
        headers = {"Cookie": f"sessionid={self.sitting}; csrftoken={token}", "X-CSRFToken": token}
        answer = ask(self.address + path, data, headers)
        self.answers.append(answer)
        return answer


def ask(url: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    began = time.monotonic()
    try:
        status, page = _read(urllib.request.Request(url, data, headers or {}))  # noqa: S310
    except (OSError, HTTPException):
        status, page = 0, ""
    return Answer(began, time.monotonic(), status, page)


def _read(request: urllib.request.Request) -> tuple[int, str]:
    answer: HTTPResponse | HTTPError
    try:
        answer = _opener.open(request, timeout=60)
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status or 0, answer.read().decode()


def serve(practice: Practice, family: Children) -> str:
    """Two workers with threads, as a practice has them. Returns the address."""
    port = free_port()
    practice.env |= {"COUNSEL_BASE_URL": f"http://127.0.0.1:{port}", "COUNSEL_HEALTH_TOKEN": TOKEN}
    practice.manage("collectstatic", "--noinput")
    command: list[str | Path] = [
        *(Path(sys.executable).with_name("gunicorn"), "counsel.wsgi", f"--bind=127.0.0.1:{port}"),
        *("--worker-class=gthread", "--workers=2", "--threads=4", "--no-control-socket"),
    ]
    family.start("web", command, practice.env, practice.folder / "web.log")
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        family.check()
        return ask(f"{address}/health/live").status == 200

    until("the web server answers", answers)
    return address


def sign_in(practice: Practice, address: str, count: int) -> tuple[list[Person], list[Person]]:
    """So many clients, and the counsellor of each."""
    said = practice.manage("shell", "--verbosity", "0", "-c", _SIGN_IN.format(count=count))
    lines = [line.split() for line in said.splitlines()]
    people = [Person(address, client, sitting) for client, sitting in lines]
    demand(len(people) == 2 * count, f"Not everybody could sign in: {said}")
    return people[::2], people[1::2]


def part(address: str, name: str) -> str:
    """What is wrong with one part of Counsel; empty where it is well."""
    answer = ask(f"{address}/health/ready", headers={"Authorization": f"Bearer {TOKEN}"})
    found = re.search(rf'"{name}": "([^"]*)"', answer.page)
    return found[1] if found else f"no answer ({answer.status})"


def talk(person: Person, words: str) -> int:
    """Writes what they want to talk about, over what stood there; the status of the last answer."""
    page = person.get("/my/appointments/talk/")
    seen = re.search(r'name="seen" value="([^"]*)"', page.page)
    if page.status != 200 or seen is None:
        return page.status if page.status != 200 else 0
    form = {"record": person.client, "seen": seen[1], "text": words, "understood": "1"}
    return person.post("/my/appointments/talk/", form).status


class Crowd:
    """Each does one thing over and over, at the same time as all others."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def has(self, do: Callable[[], object]) -> None:
        def again() -> None:
            while not self._over.is_set():
                do()
                time.sleep(0.02)

        self._threads.append(threading.Thread(target=again, daemon=True))
        self._threads[-1].start()

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
