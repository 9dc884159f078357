"""A private PostgreSQL and a private Redis, which can be stopped and started again."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tools.children import Children
from tools.say import Problem

START_SECONDS = 60.0


class PostgreSQL:
    """A cluster in `folder`, with a port and a password of its own.

    A durable one writes each commit through to the disk, as a practice's own does; the others
    are thrown away afterwards, so nothing has to survive a power cut.
    """

    NAME = "private PostgreSQL"

    def __init__(self, family: Children, folder: Path, *, durable: bool = False) -> None:
        self.family, self.folder, self.durable = family, folder, durable
        self.data, self.port = folder / "postgresql", free_port()
        self._password = secrets.token_urlsafe(24)
        self.data.mkdir(mode=0o700)
        password_file = folder / "password"
        password_file.write_text(self._password)
        self._as_owner = _unprivileged(self.data, password_file)
        self._init(password_file)

    def _init(self, password_file: Path) -> None:
        made = subprocess.run(
            [
                *self._as_owner,
                *(_postgresql_program("initdb"), "--pgdata", str(self.data)),
                *("--username", "counsel", "--no-sync"),
                *("--auth", "scram-sha-256", "--pwfile", str(password_file)),
                *("--encoding", "UTF8", "--locale", "C.UTF-8"),
            ],
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise Problem(f"PostgreSQL's initdb failed: {made.stderr.strip()}")

    def start(self) -> None:
        self.family.start(
            self.NAME,
            [
                *self._as_owner,
                *(_postgresql_program("postgres"), "-D", str(self.data), "-p", str(self.port)),
                *("-k", str(self.data), "-c", "listen_addresses=127.0.0.1"),
                *("-c", f"fsync={'on' if self.durable else 'off'}"),
            ],
            os.environ,
            self.folder / "postgresql.log",
        )
        _wait_for(self.family, self.NAME, self.port)

    def stop(self, *, immediately: bool = False) -> None:
        """Immediately: as `pg_ctl stop -m immediate` does, and as a crash would."""
        # What PostgreSQL calls an immediate and a fast shutdown.
        self.family.stop(self.NAME, signal.SIGQUIT if immediately else signal.SIGINT)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://counsel:{self._password}@127.0.0.1:{self.port}/{database}"


class Redis:
    """Keeps nothing on the disk: after a restart it is empty."""

    NAME = "private Redis"

    def __init__(self, family: Children, folder: Path) -> None:
        if not shutil.which("redis-server"):
            raise Problem(
                "These tests need Redis: set REDIS_URL, or install it "
                "(on Debian: apt install redis-server)"
            )
        self.family, self.folder, self.port = family, folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.family.start(
            self.NAME,
            [
                *("redis-server", "--bind", "127.0.0.1", "--port", str(self.port)),
                *("--dir", self.folder, "--save", "", "--appendonly", "no"),
            ],
            os.environ,
            self.folder / "redis.log",
        )
        _wait_for(self.family, self.NAME, self.port)

    def stop(self) -> None:
        self.family.stop(self.NAME, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _postgresql_program(name: str) -> str:
    if found := shutil.which(name):
        return found
    # Debian keeps the server's programs off the path.
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    if newest is None:
        raise Problem(
            "These tests need PostgreSQL: set DATABASE_URL, or install it "
            "(on Debian: apt install postgresql)"
        )
    return str(newest)


def _unprivileged(*paths: Path) -> Sequence[str]:
    """A prefix that runs PostgreSQL as its owner, for it refuses to run as root."""
    if os.geteuid():
        return []
    names = {user.pw_name for user in pwd.getpwall()}
    owner = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    for path in paths:
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]


def _wait_for(family: Children, name: str, port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        family.check()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Problem(f"The {name} does not answer on port {port}.")
