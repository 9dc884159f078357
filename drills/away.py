"""The database goes away: whoever needs help now still finds whom to call, on every server."""

from __future__ import annotations

import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from drills.practice import Failed, Practice, demand
from tools.children import Children
from tools.servers import free_port

SECONDS = 60
HELP = "/help/"
# The first asks the database for who works here.
FRONT, OTHERS = "/", ("/accounts/login/", "/nothing-here/")
_browser = urllib.request.build_opener()


def drill(practice: Practice) -> Iterator[str]:
    practice.manage("prepare")
    gone, back = _switch(practice)
    with Children() as family:
        address = _serve(practice, family)
        demand(_status(address, FRONT) == HTTPStatus.OK, "The first page is not there.")
        gone()
        yield "the database is gone, under a server that has spoken to it"
        _help_is_there(address)
        yield "Get help now opens; every other page leads to it"
        _help_is_there(_serve(practice, family))
        yield "also of a server that starts meanwhile"
        back()
        demand(_status(address, FRONT) == HTTPStatus.OK, "The first page does not come back.")
        yield "the database is back, and so is the first page"


def _help_is_there(address: str) -> None:
    demand(_status(address, FRONT) >= HTTPStatus.INTERNAL_SERVER_ERROR, "The first page is there.")
    for path in (FRONT, *OTHERS):
        demand(f'href="{HELP}"' in _page(address, path)[1], f"{path} leads to no help.")
        status, page = _page(address, HELP)
        demand(status == HTTPStatus.OK and 'href="tel:' in page, "There is nobody to call.")


def _switch(practice: Practice) -> tuple[Callable[[], None], Callable[[], None]]:
    """Takes the database away, and gives it back."""
    url = urlsplit(practice.env["DATABASE_URL"])
    if url.scheme == "sqlite":
        file = Path(practice.env["DATABASE_URL"].removeprefix("sqlite:///"))
        kept = file.with_suffix(".kept")
        return lambda: _moved(file, kept), lambda: _moved(kept, file)
    return lambda: _open(practice, False), lambda: _open(practice, True)


def _moved(file: Path, to: Path) -> None:
    """With what SQLite keeps beside it."""
    for beside in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{file}{beside}").replace(f"{to}{beside}")


def _open(practice: Practice, is_open: bool) -> None:
    url = urlsplit(practice.env["DATABASE_URL"])
    name = url.path[1:]
    switch = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(url._replace(path="/postgres").geturl(), autocommit=True) as administrator:
        administrator.execute(switch.format(sql.Identifier(name), sql.Literal(is_open)))
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )


def _serve(practice: Practice, family: Children) -> str:
    address = f"http://127.0.0.1:{free_port()}"
    serve: list[str | Path] = [
        *(Path(sys.executable).with_name("gunicorn"), "counsel.wsgi"),
        *(f"--bind={address.removeprefix('http://')}", "--worker-class=gthread", "--threads=1"),
    ]
    env = {**practice.env, "COUNSEL_BASE_URL": address}
    family.start("web", serve, env, practice.folder / f"web-{address[-5:]}.log")
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        family.check()
        with suppress(URLError, ConnectionError), _browser.open(f"{address}/away/"):
            return address
        time.sleep(0.1)
    raise Failed(f"{address} does not answer within {SECONDS} s.")


def _status(address: str, path: str) -> int:
    return _page(address, path)[0]


def _page(address: str, path: str) -> tuple[int, str]:
    try:
        with _browser.open(f"{address}{path}") as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
