"""The private folder of the embedded Counsel: its data, its secrets, its logs, its lock."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
from pathlib import Path
from typing import TextIO

from tools.children import ROOT
from tools.say import Problem

# Of another project, or of a production Counsel: the embedded one must never follow them.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH")


class Home:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "log"
        self._lock: TextIO | None = None

    @classmethod
    def open(cls) -> Home:
        """The folder `COUNSEL_VAR` names, else var/."""
        return cls.at(Path(os.environ.get("COUNSEL_VAR") or ROOT / "var").absolute())

    @classmethod
    def at(cls, folder: Path) -> Home:
        """That folder, ready to be written to."""
        home = cls(folder)
        try:
            for part in ("", "log", "broker", "broker/control", "mail", "tmp"):
                (home.folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            home.folder.chmod(0o700)
            _make_secrets(home.folder / "env")
        except OSError as error:
            raise Problem(f"{home.folder} cannot be written to: {error.strerror}") from error
        return home

    def lock(self, address: str) -> None:
        """Holds the folder until this process ends; refuses when another one does."""
        # Not closed, and not inherited by children: the lock ends with this process.
        self._lock = (self.folder / "run.lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            where = self._lock.read().strip()
            raise Problem(f"Counsel already runs from {self.folder}: {where}") from None
        self._lock.truncate(0)
        self._lock.write(address)
        self._lock.flush()

    def environ(self, address: str) -> dict[str, str]:
        """The environment for every child: the folder's own, and nothing that leads elsewhere."""
        env = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        lines = (self.folder / "env").read_text().splitlines()
        own = dict(text.split("=", 1) for text in lines if not text.startswith("#"))
        return {
            **env,
            **own,
            "COUNSEL_BASE_URL": address,
            "COUNSEL_VAR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "counsel.settings",
            "PYTHONUNBUFFERED": "1",
            # The broker in files moves each message through the temporary folder.
            "TMPDIR": str(self.folder / "tmp"),
        }


def _make_secrets(file: Path) -> None:
    """Writes the secrets once. Losing them later makes every encrypted text unreadable."""
    if file.exists():
        return
    content_key = base64.b64encode(secrets.token_bytes(32)).decode()
    text = (
        "# Made once for this folder. Whoever has the content key can read what is encrypted;\n"
        "# without it nobody can. Back it up apart from the database.\n"
        f"COUNSEL_SECRET_KEY={secrets.token_urlsafe(64)}\n"
        f"COUNSEL_CONTENT_KEYS=k1:{content_key}\n"
    )
    # Complete or not there at all: half a key would be worse than none.
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.rename(file)
