"""Private PostgreSQL and Redis for one command, unless DATABASE_URL and REDIS_URL name some."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.children import ROOT, Children, stop_politely
from tools.say import Problem, Stopped, line

START_SECONDS = 60.0


def run(command: Sequence[str | Path], *, durable: bool = False) -> int:
    """Runs the command with both services in its environment; returns its exit status.

    A durable PostgreSQL writes each commit through to the disk, as a practice's own does.
    """
    stop_politely()
    env = {**os.environ, "COUNSEL_TEST_SERVICES": "1"}
    try:
        with tempfile.TemporaryDirectory(prefix="counsel-") as folder, Children() as family:
            # PostgreSQL runs as somebody else where we are root.
            Path(folder).chmod(0o711)
            if not env.get("DATABASE_URL"):
                env["DATABASE_URL"] = _start_postgresql(family, Path(folder), durable)
            if not env.get("REDIS_URL"):
                env["REDIS_URL"] = _start_redis(family, Path(folder))
            return subprocess.run(command, cwd=ROOT, env=env).returncode
    except Stopped:
        return 130


def _start_postgresql(family: Children, folder: Path, durable: bool) -> str:
    initdb, postgres = (_postgresql_program(name) for name in ("initdb", "postgres"))
    data, password, port = folder / "postgresql", secrets.token_urlsafe(24), _free_port()
    data.mkdir(mode=0o700)
    password_file = folder / "password"
    password_file.write_text(password)
    as_owner = _unprivileged(data, password_file)
    line(f"Starting a private PostgreSQL on port {port} …")
    made = subprocess.run(
        [
            *as_owner,
            *(initdb, "--pgdata", str(data), "--username", "counsel", "--no-sync"),
            *("--auth", "scram-sha-256", "--pwfile", str(password_file)),
            *("--encoding", "UTF8", "--locale", "C.UTF-8"),
        ],
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise Problem(f"PostgreSQL's initdb failed: {made.stderr.strip()}")
    family.start(
        "private PostgreSQL",
        [
            *as_owner,
            *(postgres, "-D", str(data), "-p", str(port), "-k", str(data)),
            *("-c", "listen_addresses=127.0.0.1"),
            # It is thrown away afterwards: nothing has to survive a power cut.
            *("-c", f"fsync={'on' if durable else 'off'}"),
        ],
        os.environ,
        folder / "postgresql.log",
    )
    _wait_for(family, "private PostgreSQL", port)
    return f"postgresql://counsel:{password}@127.0.0.1:{port}/postgres"


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


def _unprivileged(*paths: Path) -> list[str]:
    """A prefix that runs PostgreSQL as its owner, for it refuses to run as root."""
    if os.geteuid():
        return []
    names = {user.pw_name for user in pwd.getpwall()}
    owner = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    for path in paths:
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]


def _start_redis(family: Children, folder: Path) -> str:
    if not shutil.which("redis-server"):
        raise Problem(
            "These tests need Redis: set REDIS_URL, or install it "
            "(on Debian: apt install redis-server)"
        )
    port = _free_port()
    line(f"Starting a private Redis on port {port} …")
    family.start(
        "private Redis",
        [
            *("redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", folder),
            *("--save", "", "--appendonly", "no"),
        ],
        os.environ,
        folder / "redis.log",
    )
    _wait_for(family, "private Redis", port)
    return f"redis://127.0.0.1:{port}/0"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(family: Children, name: str, port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        family.check()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Problem(f"The {name} does not answer on port {port}.")
