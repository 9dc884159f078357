from __future__ import annotations

import mailbox
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from counsel.reminders.bounces import bounce_note
from counsel.reminders.dsn import LONGEST, read_bounce

# Mail servers keep what they pipe to us and try again (EX_TEMPFAIL of sysexits.h).
TRY_AGAIN = 75


class Command(BaseCommand):
    help = (
        "Notes which of our mails came back. Reads one report from standard input (for a pipe or "
        "a .forward), or those in a Maildir or an mbox file. Reports in a Maildir that were read "
        "move from `new` to `cur`."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="a Maildir folder or an mbox file")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path | None = options["path"]
        if path is not None and not path.exists():
            raise CommandError(f"{path} is not there.")
        read = noted = 0
        try:
            for raw in _reports(path):
                bounce = read_bounce(raw)
                read += 1
                noted += bounce is not None and bounce_note(bounce, timezone.now())
        except (InterfaceError, OperationalError) as error:
            raise CommandError("The database cannot be reached.", returncode=TRY_AGAIN) from error
        self.stdout.write(f"{read} read, {noted} about mails of ours")


def _reports(path: Path | None) -> Iterator[bytes]:
    if path is None:
        yield sys.stdin.buffer.read(LONGEST)
    elif path.is_dir():
        yield from _of_maildir(path)
    else:
        box = mailbox.mbox(path, create=False)
        for key in box.keys():  # noqa: SIM118 - iterating a mailbox gives whole mails
            yield box.get_file(key).read(LONGEST)
        box.close()


def _of_maildir(path: Path) -> Iterator[bytes]:
    """Each is moved once it is noted: one that is cut short is read again."""
    for part in ("new", "cur"):
        if not (path / part).is_dir():
            raise CommandError(f"{path} is no Maildir.")
    for file in sorted((path / "new").iterdir()):
        with file.open("rb") as opened:
            yield opened.read(LONGEST)
        file.rename(path / "cur" / f"{file.name}:2,S")
