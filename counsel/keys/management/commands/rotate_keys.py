from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counsel.common.encryption import newest_key_id
from counsel.keys.keyring import WrongKeysError
from counsel.keys.places import places
from counsel.keys.rotation import Rotated, rotate
from counsel.keys.sweeping import BATCH


class Command(BaseCommand):
    help = (
        "Seal everything with the newest content key, while Counsel goes on. Stopped half-way, "
        "even by a power cut, it goes on where it was when it is run again."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what there is to do")
        parser.add_argument("--hurry", action="store_true", help="do not rest between two batches")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"The newest content key is {newest_key_id()}.")
        if options["dry_run"]:
            for place in places():
                self.stdout.write(f"{place.name}: {place.left()} rows to seal anew")
            return
        try:
            rotated = rotate(self.stdout.write, batch=options["batch"], hurry=options["hurry"])
        except WrongKeysError as error:
            raise CommandError(str(error)) from error
        for one in rotated:
            self.stdout.write(f"{one.name}: {one.rows} rows sealed anew{_left(one)}")
        if any(one.left for one in rotated):
            raise CommandError("Not all is sealed with the newest key: keep the older ones.")
        self.stdout.write("All is sealed with the newest key: the older ones can go.")


def _left(one: Rotated) -> str:
    if not one.left:
        return ""
    held = one.left - one.broken
    return f", {one.broken} rows do not open" + (f", {held} are held by somebody" if held else "")
