"""The disk is gone: an old backup comes back elsewhere, without whoever was erased since."""

from __future__ import annotations

import re
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit

import psycopg

from drills.practice import Failed, Practice, demand
from tools.children import Children
from tools.servers import free_port

SECONDS = 60
# Long after anything has to be kept.
_ERASE = """
from datetime import timedelta
from django.utils import timezone
from clients.models import Client
from clients.services import client_restrict
from counsel.records.cleaning import clean_up
client = Client._base_manager.filter(user__isnull=False).order_by("created_at").first()
client_restrict(client=client, by="client")
clean_up(timezone.now() + timedelta(days=40_000))
print(client.pk)
"""
_WRITE = """
from clients.models import Client
from counsel.audit.services import record_access
for client in Client._base_manager.all():
    record_access(verb="read", subject=client, client_id=client.pk)
"""
_LEFT = """
from clients.models import Client
print(Client._base_manager.filter(pk="{pk}").count(), Client._base_manager.count())
"""


def drill(practice: Practice) -> Iterator[str]:
    practice.manage("load_library")
    practice.manage("seed_demo")
    folder = practice.folder / "backup"
    with _timed() as took:
        practice.manage("backup", str(folder))
    yield f"a backup is made ({took()})"
    with _timed() as took:
        practice.manage("verify_backup", str(folder))
    yield f"and proved by restoring it ({took()})"
    erased = practice.manage("shell", "--verbosity", "0", "-c", _ERASE).strip()
    practice.manage("shell", "--verbosity", "0", "-c", _WRITE)
    _there, count = _left(practice, erased)
    demand(_there == 0, "Who was to be erased is there.")
    yield "somebody is erased, and others go on writing"
    other = _another_machine(practice)
    with _timed() as took:
        said = other.manage("restore", str(folder))
        demand("1 erased since are erased again" in said, "Nobody was erased again.")
        there, restored = _left(other, erased)
        demand((there, restored) == (0, count), "The wrong people came back.")
        yield f"the old backup is restored: all open, the chain holds, nobody is back ({took()})"
        other.manage("prepare")
        _signs_in(other)
    yield f"and a client signs in there, {took()} after it began"


def _left(practice: Practice, pk: str) -> tuple[int, int]:
    said = practice.manage("shell", "--verbosity", "0", "-c", _LEFT.format(pk=pk))
    there, count = said.split()
    return int(there), int(count)


def _another_machine(practice: Practice) -> Practice:
    """With the keys and the list of the erased, which are kept apart, and an empty database."""
    folder = practice.folder / "new"
    folder.mkdir()
    env = {**practice.env, "COUNSEL_VAR": str(folder)}
    env["COUNSEL_TOMBSTONES"] = str(practice.folder / "tombstones.jsonl")
    url = urlsplit(practice.env["DATABASE_URL"])
    if url.scheme == "sqlite":
        return Practice(folder, {**env, "DATABASE_URL": f"sqlite:///{folder}/counsel.sqlite3"})
    name = f"{url.path[1:]}_new"
    with psycopg.connect(practice.env["DATABASE_URL"], autocommit=True) as administrator:
        administrator.execute(f'CREATE DATABASE "{name}"')
    return Practice(folder, {**env, "DATABASE_URL": url._replace(path=f"/{name}").geturl()})


def _signs_in(practice: Practice) -> None:
    """As a browser does, at a server of its own."""
    port = free_port()
    logins = practice.manage("seed_demo", "--show-logins")
    address = f"http://127.0.0.1:{port}"
    env = {**practice.env, "COUNSEL_BASE_URL": address}
    serve: list[str | Path] = [
        Path(sys.executable).with_name("gunicorn"),
        "counsel.wsgi",
        f"--bind=127.0.0.1:{port}",
    ]
    with Children() as family:
        family.start("web", serve, env, practice.folder / "web.log")
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = _answers(browser, f"{address}/accounts/login/", family)
        form = {
            "csrfmiddlewaretoken": _found(r'name="csrfmiddlewaretoken" value="(\w+)"', page),
            "login": _found(r"Client +(\S+)", _of_the_living(practice, logins)),
            "password": _found(r"Password for all: (.+)", logins),
        }
        with browser.open(f"{address}/accounts/login/", urlencode(form).encode()) as answer:
            demand(urlsplit(answer.url).path == "/my/", f"The sign-in led to {answer.url}.")


def _of_the_living(practice: Practice, logins: str) -> str:
    """The logins of clients who are there."""
    ask = "from clients.models import Client; "
    ask += "print(*Client._base_manager.values_list('user__email', flat=True))"
    there = practice.manage("shell", "--verbosity", "0", "-c", ask).split()
    return "\n".join(line for line in logins.splitlines() if any(one in line for one in there))


def _answers(browser: urllib.request.OpenerDirector, url: str, family: Children) -> str:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        family.check()
        with suppress(URLError, ConnectionError), browser.open(url) as answer:
            return str(answer.read().decode())
        time.sleep(0.1)
    raise Failed(f"{url} does not answer within {SECONDS} s.")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise Failed(f"There is no {pattern} where it should be.")
    return match.group(1)


@contextmanager
def _timed() -> Iterator[Callable[[], str]]:
    began = time.monotonic()
    yield lambda: f"{time.monotonic() - began:.1f} s"
