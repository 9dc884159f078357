"""Brings an installation up to date in one process, and does only what is not done yet."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Migrate, collect static files and load the exercise library where that is needed."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--demo",
            type=Path,
            metavar="FILE",
            help="also seed a demo practice, once, and write its logins to FILE",
        )

    def handle(self, *args: Any, demo: Path | None, **options: Any) -> None:
        if _has_open_migrations():
            self.stdout.write("Bringing the database up to date …")
            call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        _collect_static(self.stdout)
        call_command("load_library", stdout=self.stdout)
        call_command("rescore", stdout=self.stdout)
        if demo:
            call_command("seed_demo", stdout=self.stdout)
            with demo.open("w") as logins:
                call_command("seed_demo", show_logins=True, stdout=logins)


def _has_open_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _collect_static(progress: OutputWrapper) -> None:
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    sources = _static_sources()
    if stamp.exists() and stamp.read_text() == sources:
        return
    progress.write("Collecting static files …")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(sources)


def _static_sources() -> str:
    """A hash over name, size and time of every static file there is to collect."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
