"""`make run`: a demo practice on this machine alone: web, worker and beat, SQLite, no broker."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import time
from pathlib import Path

from tools import children, environment
from tools.home import Home
from tools.say import Problem, Stopped, last_line, line

HOST = "127.0.0.1"
START_SECONDS = 60.0
LOGINS = "logins.txt"


def run() -> int:
    children.stop_politely()
    try:
        port = _port()
        address = f"http://{HOST}:{port}"
        home = Home.open()
        home.lock(address)
        _refuse_taken(port)
        python = environment.ensure("run")
        # From here on only data is written: database, mails, logs, for nobody else to read.
        os.umask(0o077)
        env = home.environ(address)
        prepare(python, env, home)
        with children.Children() as family:
            start(family, python, env, home, port)
            wait_until_it_answers(family, port)
            line(f"\nCounsel is open at {address}   (Ctrl-C ends it)\n")
            line((home.folder / LOGINS).read_text())
            while True:
                family.check()
                time.sleep(0.2)
    except Stopped:
        line("Counsel has ended.")
        return 0


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem(
                    f"Port {port} is in use by another program. Choose a free one: "
                    f"make run PORT={port + 1 if port < 65535 else 8000}"
                ) from None
            raise Problem(f"Port {port} cannot be used: {error.strerror}") from None


def prepare(python: Path, env: dict[str, str], home: Home) -> None:
    """Brings the database, the static files and the demo practice up to date."""
    command = [str(python), "manage.py", "prepare", "--demo", str(home.folder / LOGINS)]
    log = home.logs / "prepare.log"
    with log.open("w") as errors, children.started(command, env, stderr=errors) as child:
        child.wait()
    if child.returncode:
        raise Problem(f"Counsel could not be prepared: {last_line(log.read_text())} (all: {log})")


def start(
    family: children.Children, python: Path, env: dict[str, str], home: Home, port: int
) -> None:
    line("Starting …")
    family.start(
        "web server",
        [
            *(python, "-m", "gunicorn", "counsel.wsgi", "--bind", f"{HOST}:{port}"),
            *("--worker-class", "gthread", "--threads", "8", "--graceful-timeout", "5"),
            *("--no-control-socket", "--worker-tmp-dir", home.folder / "tmp"),
        ],
        env,
        home.logs / "web.log",
    )
    # One task at a time in the worker's own process: SQLite has one writer, and there is no
    # pool child whose death could lose a task.
    family.start(
        "worker",
        [
            *(python, "-m", "celery", "-A", "counsel", "worker", "--beat", "--pool", "solo"),
            *("--loglevel", "INFO", "--without-mingle"),
        ],
        env,
        home.logs / "worker.log",
    )


def wait_until_it_answers(family: children.Children, port: int) -> None:
    until = time.monotonic() + START_SECONDS
    status = 0
    while time.monotonic() < until:
        family.check()
        status = _ask(port)
        if 0 < status < 500:
            return
        time.sleep(0.1)
    said = f"only answers with error {status}" if status else "does not answer"
    raise Problem(f"The web server {said}. What it said last is in {family.logs['web server']}")


def _ask(port: int) -> int:
    """The status of the front page; 0 while nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
