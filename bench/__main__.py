"""`make bench`: every figure of docs/performance.md, or those of one subject (WHAT=slots)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import django

from bench.figures import Figure
from tools.say import Problem

OUT = Path(__file__).parent / "out"


def main(names: list[str]) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from bench import admin, booking, evidence, progress, reminders, slots, web

    subjects: dict[str, Callable[[], Iterator[Figure]]] = {
        "admin": admin.figures,
        "slots": slots.figures,
        "booking": booking.figures,
        "evidence": evidence.figures,
        "progress": progress.figures,
        "reminders": reminders.figures,
        "web": web.figures,
    }
    if unknown := set(names) - set(subjects):
        print(f"No such bench: {', '.join(unknown)}. There are: {', '.join(subjects)}")
        return 2
    measured = [
        figure
        for name, figures in subjects.items()
        if not names or name in names
        for figure in measure(name, figures)
    ]
    return 0 if all(figure.holds for figure in measured) else 1


def measure(name: str, figures: Callable[[], Iterator[Figure]]) -> list[Figure]:
    """Takes the figures on an empty database of their own; prints and keeps each line."""
    from django.db import connection

    own = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        measured = []
        for figure in figures():
            print(figure, flush=True)
            measured.append(figure)
    finally:
        connection.creation.destroy_test_db(own, verbosity=0)
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.txt").write_text("".join(f"{figure}\n" for figure in measured))
    return measured


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        sys.exit(f"Counsel: {problem}")
