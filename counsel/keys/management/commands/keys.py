"""How much each content key has sealed, so that one knows when an old key can go."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counsel.keys.authenticators import UNKNOWN
from counsel.keys.keyring import WrongKeysError, keys_settle, known_key_ids, sealed_counts


class Command(BaseCommand):
    help = "Say how many values each content key has sealed, in each table. Reads every table."
    # It says itself, and at greater length, what the check of the keys would.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        key_ids = known_key_ids()
        counted = sealed_counts(key_ids)
        columns = [*key_ids, UNKNOWN]
        width = max(map(len, [*counted, "all"]))
        self.stdout.write(_line(" " * width, columns))
        for name, counts in counted.items():
            self.stdout.write(_line(name.ljust(width), [counts[key_id] for key_id in columns]))
        total = sum(counted.values(), Counter())
        self.stdout.write(_line("all".ljust(width), [total[key_id] for key_id in columns]))
        try:
            keys_settle()
        except WrongKeysError as error:
            raise CommandError(str(error)) from error
        if total[UNKNOWN]:
            raise CommandError(f"{total[UNKNOWN]} values were sealed with a key nobody knows.")


def _line(name: str, cells: list[Any]) -> str:
    return "  ".join([name, *(f"{cell!s:>10}" for cell in cells)])
