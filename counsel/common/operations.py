"""A migration operation for what only the database itself can refuse."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
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
