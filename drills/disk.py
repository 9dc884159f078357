"""The disk is full, and then cannot be written to: what is refused is said, and nothing is half."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from drills.practice import Failed, Practice, demand
from drills.web import Answer, Person, ask, part, serve, sign_in, talk
from faults.waiting import until
from tools.children import Children

_CALM = "safe and unchanged"
# What SQLite needs to look at a file that nobody else has open, and hardly more.
_ENOUGH_TO_READ = 40 * 1024
_WORDS = "They go on about the house. "
_TALKING = "SELECT count(*) FROM consultations_talkingpoint"
_EVENTS = "SELECT count(*) FROM audit_accessevent"


def drill(practice: Practice) -> Iterator[str]:
    if practice.server is not None or os.geteuid() != 0 or not shutil.which("mount"):
        yield "left out: it wants SQLite, and root to make a small disk"
        return
    practice.manage("load_library")
    practice.manage("seed_demo")
    with _small_disk(practice) as disk:
        with Children() as family:
            address = serve(practice, family)
            [client], [counsellor] = sign_in(practice, address, 1)
            demand(talk(client, "Before") == 302, "Nothing could be written before.")
            demand(_record(counsellor).status == 200, "No record could be read before.")
            for free in (0, _ENOUGH_TO_READ):
                before = _counts(practice)
                with _full(disk, free):
                    said = _refuses(address, client, counsellor, "nearly full")
                    yield f"{free} bytes free: {said}"
                demand(_counts(practice) == before, "Half was written.")
                yield _goes_on(address, client, counsellor)
            before = _counts(practice)
            _mount("-o", "remount,ro", disk)
            yield f"read-only: {_refuses(address, client, counsellor, 'cannot be written to')}"
            _mount("-o", "remount,rw", disk)
            demand(_counts(practice) == before, "Half was written.")
            yield _goes_on(address, client, counsellor)
            family.check()
        practice.manage("verify_audit")
        demand(_sound(practice), "The file is broken.")
    yield "the file is sound, and the access log whole"


def _counts(practice: Practice) -> tuple[int, int]:
    return practice.number(_TALKING), practice.number(_EVENTS)


def _refuses(address: str, client: Person, counsellor: Person, wrong: str) -> str:
    form = {"record": client.client, "seen": "", "text": _WORDS * 50, "understood": "1"}
    for what, answer in (
        ("Words were", client.post("/my/appointments/talk/", form)),
        ("A record that could not be recorded was", _record(counsellor)),
    ):
        demand(
            answer.status == 503 and _CALM in answer.page,
            f"{what} not refused calmly, but {answer.status}.",
        )
    demand(ask(f"{address}/health/live").status == 200, "It said that it does not live.")
    until("it says that it is not ready", lambda: _unready(address))
    until(f"it says that the disk is {wrong}", lambda: part(address, "disk") == wrong)
    demand(ask(f"{address}/help/").status == 200, "The help page did not open.")
    return f"words and records are refused calmly; not ready: disk {wrong}"


def _goes_on(address: str, client: Person, counsellor: Person) -> str:
    demand(talk(client, "Afterwards") == 302, "Nothing can be written afterwards.")
    demand(_record(counsellor).status == 200, "No record can be read afterwards.")
    until("it is well again", lambda: not part(address, "disk") and not part(address, "database"))
    return "afterwards all goes on by itself"


def _unready(address: str) -> bool:
    return ask(f"{address}/health/ready").status == 503


def _record(counsellor: Person) -> Answer:
    return counsellor.get(f"/admin/clients/client/{counsellor.client}/change/")


@contextmanager
def _small_disk(practice: Practice) -> Iterator[Path]:
    """The database on a disk of its own, with little room, but more than counts as nearly full."""
    disk = practice.folder / "disk"
    disk.mkdir()
    _mount("-t", "tmpfs", "-o", "size=320m", "none", disk)
    try:
        file = Path(practice.env["DATABASE_URL"].removeprefix("sqlite:///"))
        with closing(sqlite3.connect(file)) as before:
            before.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(file, disk / file.name)
        practice.env["DATABASE_URL"] = f"sqlite:///{disk / file.name}"
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=False)


@contextmanager
def _full(disk: Path, free: int) -> Iterator[None]:
    """All but so many bytes are taken."""
    filler = disk / "filler"
    room = os.statvfs(disk)
    with filler.open("wb") as out:
        os.posix_fallocate(out.fileno(), 0, room.f_bavail * room.f_frsize - free)
    yield
    filler.unlink()


def _sound(practice: Practice) -> bool:
    with closing(sqlite3.connect(practice.env["DATABASE_URL"].removeprefix("sqlite:///"))) as file:
        return bool(file.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def _mount(*arguments: str | Path) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"No small disk could be made: {done.stderr.strip()}")
