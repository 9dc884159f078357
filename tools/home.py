"""The private folder of the embedded Counsel: its data, its secrets, its logs, its lock."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
from collections.abc import Callable
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
    if not file.exists():
        _write(file, _HEAD + _lines(_SECRETS))
        return
    there = file.read_text().rstrip("\n") + "\n"
    # The folder may be older than some of them. The first two are never made anew.
    missing = {name: make for name, make in _ADDED.items() if f"\n{name}=" not in there}
    if missing:
        _write(file, there + _lines(missing))


def _lines(secrets_of: dict[str, Callable[[], str]]) -> str:
    return "".join(f"{name}={make()}\n" for name, make in secrets_of.items())


def _content_keys() -> str:
    return f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _vapid_key() -> str:
    """The number of a private key of the curve P-256: not nothing, and below its order."""
    number = 1 + secrets.randbelow(_ORDER - 1)
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


_HEAD = (
    "# Made once for this folder. Whoever has the content key can read what is encrypted;\n"
    "# without it nobody can. Back it up apart from the database.\n"
)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ADDED: dict[str, Callable[[], str]] = {
    "COUNSEL_VAPID_KEY": _vapid_key,
    "COUNSEL_VAPID_CONTACT": lambda: "mailto:practice@localhost",
}
_SECRETS: dict[str, Callable[[], str]] = {
    "COUNSEL_SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "COUNSEL_CONTENT_KEYS": _content_keys,
    **_ADDED,
}


def _write(file: Path, text: str) -> None:
    """Complete or not there at all: half a key would be worse than none."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.rename(file)
