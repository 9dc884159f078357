"""Private PostgreSQL and Redis for one command, unless DATABASE_URL and REDIS_URL name some."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.children import ROOT, Children, stop_politely
from tools.say import Stopped, line
from tools.servers import PostgreSQL, Redis


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
                postgresql = PostgreSQL(family, Path(folder), durable=durable)
                line(f"Starting a {postgresql.NAME} on port {postgresql.port} …")
                postgresql.start()
                env["DATABASE_URL"] = postgresql.url()
            if not env.get("REDIS_URL"):
                redis = Redis(family, Path(folder))
                line(f"Starting a {redis.NAME} on port {redis.port} …")
                redis.start()
                env["REDIS_URL"] = redis.url
            return subprocess.run(command, cwd=ROOT, env=env).returncode
    except Stopped:
        return 130
