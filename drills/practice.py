"""One drill's own Counsel: a folder, an environment, and its commands as somebody runs them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tools.children import ROOT
from tools.say import Problem, last_line
from tools.servers import PostgreSQL


class Failed(Problem):
    """What a drill found not to be as it must."""


@dataclass
class Practice:
    folder: Path
    # A drill may change it: what is started afterwards has the new values.
    env: dict[str, str]
    # The private PostgreSQL it lies on, if it does.
    server: PostgreSQL | None = None

    def manage(self, *arguments: str) -> str:
        """What `manage.py` with these arguments says. Raises Failed when it ends in an error."""
        return self._said(self.command(*arguments))

    def run(self, module: str, *arguments: str) -> str:
        """The same of `python -m module`."""
        return self._said(self.module(module, *arguments))

    def tried(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same of `manage.py` for what may well be refused."""
        return self._done(self.command(*arguments))

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "manage.py", *arguments]

    def module(self, name: str, *arguments: str) -> list[str]:
        return [sys.executable, "-m", name, *arguments]

    def number(self, question: str) -> int:
        """The answer to a question in SQL whose answer is one number."""
        url = self.env["DATABASE_URL"]
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60)) as file:
                found = file.execute(question).fetchone()
        else:
            with psycopg.connect(url) as server:
                found = server.execute(question).fetchone()
        return int(found[0])

    def _said(self, command: list[str]) -> str:
        done = self._done(command)
        if done.returncode:
            said = last_line(done.stdout + done.stderr)
            raise Failed(f"{' '.join(command[1:4])} ended with {done.returncode}: {said}")
        return done.stdout.strip()

    def _done(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )


def demand(holds: object, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)
