"""Migration operations: for what only the database itself can refuse, and for a busy table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class VendorSQL(Operation):
    """Runs the statements written for the database in use.

    SQLite loses a table's triggers when a later migration rebuilds the table: such a
    migration must end with the same operation again. `tests/test_guards.py` holds that.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(
        self,
        *,
        postgresql: Sequence[str],
        sqlite: Sequence[str],
        reverse_postgresql: Sequence[str] = (),
        reverse_sqlite: Sequence[str] = (),
    ) -> None:
        self.postgresql = postgresql
        self.sqlite = sqlite
        self.reverse_postgresql = reverse_postgresql
        self.reverse_sqlite = reverse_sqlite

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        vendor = schema_editor.connection.vendor
        self._run(schema_editor, self.postgresql if vendor == "postgresql" else self.sqlite)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        vendor = schema_editor.connection.vendor
        self._run(
            schema_editor,
            self.reverse_postgresql if vendor == "postgresql" else self.reverse_sqlite,
        )

    def describe(self) -> str:
        return "Database guards"

    def _run(self, schema_editor: BaseDatabaseSchemaEditor, statements: Sequence[str]) -> None:
        for statement in statements:
            schema_editor.execute(statement, params=None)


class AddIndexGently(AddIndexConcurrently):
    """An index on a table that people write to meanwhile: on PostgreSQL nobody waits for it.

    Its migration says `atomic = False` and does nothing else. One that breaks off leaves an
    invalid index of that name: drop it, and migrate again.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        kind = self._kind(schema_editor)
        kind.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        kind = self._kind(schema_editor)
        kind.database_backwards(self, app_label, schema_editor, from_state, to_state)

    def _kind(self, schema_editor: BaseDatabaseSchemaEditor) -> type[AddIndex]:
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        return AddIndexConcurrently if is_postgresql else AddIndex
