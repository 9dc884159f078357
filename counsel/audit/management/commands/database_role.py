"""Lets a PostgreSQL role run Counsel, held by every wall: `manage.py database_role counsel_app`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError, connection, transaction

from counsel.audit.application_role import grants_to


class Command(BaseCommand):
    help = (
        "Gives a role that exists what it needs to run Counsel and no more. Run it as the owner "
        "of the tables, after the first migrate; then let DATABASE_URL name that role."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, **options: Any) -> None:
        role = options["role"]
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles; SQLite has one user, the file's owner.")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [role]
            )
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"There is no role {role}: CREATE ROLE {role} LOGIN PASSWORD …")
            if found[0]:
                raise CommandError(f"{role} is a superuser or may bypass row security.")
            try:
                for statement in grants_to(role):
                    cursor.execute(statement)
            except ProgrammingError as error:
                raise CommandError(f"Not the owner of the tables: {error}") from error
        self.stdout.write(
            f"{role} can run Counsel. Let DATABASE_URL name it, and migrate as before."
        )
