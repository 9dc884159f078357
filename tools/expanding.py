"""`python -m tools.expanding`: no migration takes away what the release before it still uses.

While a practice updates, the old code runs on the new tables. So a release only adds (expands); a
later one takes away what nothing uses any more (contracts), and says so in its migration:
`contracts = "the last release that read it was 1.2"`. With `--release` the migrations that are
there are written down as released: whatever comes after them is held to this. Before the first
release nobody runs two versions at once, and nothing is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.children import ROOT

OURS = ("clients", "counsel", "exercises", "sessions")
# A line for each app: its label, and the last of its migrations that was released.
RELEASED = ROOT / "tools" / "released_migrations.txt"
_TAKES_AWAY = {"RemoveField", "DeleteModel", "RenameField", "RenameModel", "AlterModelTable"}
_INDEXES = {"AddIndex", "AddIndexConcurrently"}


def main(arguments: Iterable[str]) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    migrations = ours()
    if "--release" in arguments:
        newest = dict(sorted(migrations))
        RELEASED.write_text("".join(f"{app} {name}\n" for app, name in newest.items()))
        return 0
    wrong = list(wrong_ones(migrations, released(RELEASED)))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def ours() -> Mapping[tuple[str, str], Any]:
    from django.db.migrations.loader import MigrationLoader

    found = MigrationLoader(None).disk_migrations
    return {key: it for key, it in found.items() if type(it).__module__.split(".")[0] in OURS}


def released(file: Path) -> dict[str, str]:
    lines = file.read_text().splitlines() if file.exists() else []
    return {line.split()[0]: line.split()[1] for line in lines}


def wrong_ones(
    migrations: Mapping[tuple[str, str], Any], after: Mapping[str, str]
) -> Iterator[str]:
    """What each breaks. An app, or a table, that came after the release is nobody's to break."""
    made = {
        (app, operation.name_lower)
        for (app, name), migration in migrations.items()
        for operation in migration.operations
        if type(operation).__name__ == "CreateModel" and not _is_released(app, name, after)
    }
    for (app, name), migration in sorted(migrations.items()):
        if app not in after or _is_released(app, name, after):
            continue
        may_contract = bool(getattr(migration, "contracts", ""))
        for operation in migration.operations:
            if (app, getattr(operation, "model_name_lower", "")) in made:
                continue
            why = breaks_older_code(operation)
            if why and not (may_contract and why.may_be_said):
                yield f"{app}.{name}: {operation.describe()}: {why.words}"


class Why:
    def __init__(self, words: str, *, may_be_said: bool = True) -> None:
        self.words, self.may_be_said = words, may_be_said


def breaks_older_code(operation: Any) -> Why | None:
    kind = type(operation).__name__
    if kind in _TAKES_AWAY:
        return Why("the release before this one may still use it; say `contracts = …` if none does")
    if kind in _INDEXES:
        return Why("closes the table meanwhile: use AddIndexGently", may_be_said=False)
    if kind not in {"AddField", "AlterField"} or _may_be_left_out(operation.field):
        return None
    if kind == "AddField":
        return Why("older code writes no value: give it null=True or db_default", may_be_said=False)
    return Why("older code may write none: say `contracts = …` if it always writes one")


def _may_be_left_out(field: Any) -> bool:
    from django.db.models import NOT_PROVIDED

    return field.null or field.many_to_many or field.db_default is not NOT_PROVIDED


def _is_released(app: str, name: str, after: Mapping[str, str]) -> bool:
    return app in after and name <= after[app]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
