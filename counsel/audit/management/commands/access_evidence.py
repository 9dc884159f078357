"""What happened, for the notice to the authority: who read, changed or took what, and when."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from counsel.accounts.models import User
from counsel.audit.evidence import COLUMNS, Asked, Evidence, Line, told
from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import record_access
from counsel.common import cells


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("as 2026-12-01 or 2026-12-01T08:30, in UTC") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError as error:
        raise ArgumentTypeError("an IP address") from error


class Command(BaseCommand):
    help = (
        "List what the access log says of a window of time: records read, listed, exported and "
        "changed, sign-ins and refusals, with the proof that none was altered or taken out. "
        "Writes the list to a new file (.jsonl or .csv) and a summary beside it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="since", type=_instant, required=True)
        parser.add_argument("--until", type=_instant, required=True, help="not included")
        parser.add_argument("--user", metavar="E-MAIL")
        parser.add_argument("--ip", type=_address)
        parser.add_argument("--client", type=uuid.UUID, metavar="ID")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        to: Path = options["to"]
        if to.suffix not in (".jsonl", ".csv"):
            raise CommandError("--to takes a name that ends with .jsonl or .csv.")
        if options["until"] <= options["since"]:
            raise CommandError("--until must lie after --from.")
        asked = Asked(
            options["since"],
            options["until"],
            user=_user(options["user"]),
            ip=options["ip"],
            client=options["client"],
        )
        beside = to.with_suffix(".summary.txt")
        evidence = Evidence(asked)
        with _new(to) as listing, _new(beside) as summary:
            write = (_as_csv if to.suffix == ".csv" else _as_json)(listing)
            # Kept from one instant, as a reader of a busy log sees it.
            with transaction.atomic():
                for line in evidence.lines():
                    write(line)
            listing.flush()
            words = told(evidence, to.name, _digest(to))
            summary.write(words)
        _leave_a_trace(evidence)
        self.stdout.write(words, ending="")
        if not evidence.proof.holds:
            raise CommandError("The access log is not as it was written: see the summary.")


def _user(email: str | None) -> uuid.UUID | None:
    if email is None:
        return None
    found = User.objects.filter(email__iexact=email).values_list("pk", flat=True).first()
    if found is None:
        raise CommandError("Nobody signs in with that address.")
    return uuid.UUID(str(found))


def _new(path: Path) -> IO[str]:
    """For the eyes of its owner, and never over a file that is there."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error
    return os.fdopen(number, "w", encoding="utf-8", newline="")


def _as_json(file: IO[str]) -> Callable[[Line], None]:
    return lambda line: print(json.dumps(line.cells), file=file)


def _as_csv(file: IO[str]) -> Callable[[Line], None]:
    file.write(cells.MARK + cells.line(COLUMNS))

    def write(line: Line) -> None:
        file.write(cells.line("" if it is None else str(it) for it in line.cells.values()))

    return write


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _leave_a_trace(evidence: Evidence) -> None:
    """That the log was read is itself in the log."""
    number = evidence.proof.end.partition(":")[0]
    if number:
        last = AccessEvent.objects.get(sequence=int(number))
        record_access(verb=Verb.EXPORT, subject=last, client_id=None, reason="evidence")
