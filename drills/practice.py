"""One drill's own Counsel: a folder, an environment, and its commands as somebody runs them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.children import ROOT
from tools.say import Problem, last_line


class Failed(Problem):
    """What a drill found not to be as it must."""


@dataclass
class Practice:
    folder: Path
    # A drill may change it: what is started afterwards has the new values.
    env: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """What `manage.py` with these arguments says. Raises Failed when it ends in an error."""
        done = self.tried(*arguments)
        if done.returncode:
            said = last_line(done.stdout + done.stderr)
            raise Failed(f"manage.py {arguments[0]} ended with {done.returncode}: {said}")
        return done.stdout

    def tried(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The same for what may well be refused."""
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "manage.py", *arguments]


def demand(holds: object, otherwise: str) -> None:
    if not holds:
        raise Failed(otherwise)
