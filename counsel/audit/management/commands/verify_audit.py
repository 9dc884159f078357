"""Whether the access log is whole, and as it was written."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from counsel.audit.chain import chain_check, hash_at


class Command(BaseCommand):
    help = (
        "Read the whole access log and say whether each event is as it was written and none is "
        "missing. Keep the last line somewhere else: given back with --seen it shows later that "
        "the newest events of then are still there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seen", metavar="NUMBER:HASH", help="what an earlier run said last")

    def handle(self, *args: Any, **options: Any) -> None:
        checked = chain_check()
        if checked.first_wrong is not None:
            raise CommandError(
                f"Event {checked.first_wrong} is not as it was written, or one before it is "
                f"missing. The {checked.count} before it are whole."
            )
        if options["seen"]:
            _still_there(options["seen"])
        self.stdout.write(f"{checked.count} events, each as it was written.")
        self.stdout.write(f"{checked.count}:{checked.last_hash}")


def _still_there(seen: str) -> None:
    number, _colon, link = seen.partition(":")
    if not (number.isascii() and number.isdigit() and link):
        raise CommandError("--seen takes the last line of an earlier run, as it stands there.")
    if hash_at(int(number)) != link:
        raise CommandError(f"Event {number} is not the one that was there when it was seen.")
