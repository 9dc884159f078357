"""What a cell of the matrix is, and the roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ROLES = {
    "client": "the client",
    "counsellor": "their counsellor",
    "cover": "cover",
    "emergency": "in an emergency",
    "colleague": "another counsellor",
    "manager": "practice manager",
    "technician": "technical administrator",
}
VERBS = ("list", "read", "write", "export", "erase")

CLIENT, COUNSELLOR = frozenset({"client"}), frozenset({"counsellor"})
BOTH = CLIENT | COUNSELLOR
# Who reads without writing: lent for some days, or opened for an hour.
VISITING = frozenset({"cover", "emergency"})
MANAGER, TECHNICIAN = frozenset({"manager"}), frozenset({"technician"})
RUNNING = MANAGER | TECHNICIAN
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Way:
    """One address. `sent` is posted; without it the page is looked at."""

    at: str
    # In place of the words that mark the kind.
    shows: str = ""
    sent: Mapping[str, object] | None = None
    # The models of which a row is another afterwards.
    changes: tuple[str, ...] = ()
    # Once nothing waits that has to be done first.
    settled: bool = False


@dataclass(frozen=True)
class Cell:
    verb: str
    may: frozenset[str]
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of record. `mark` stands in one record of it, and nowhere else."""

    name: str
    mark: str
    cells: tuple[Cell, ...]


DESK, LENT = "admin/clients/client/{client.pk}/", "admin/cover/{client.pk}/"
# What a client takes along, or their counsellor takes out for them.
TAKEN_OUT = (
    Way("my/record/download/", sent={}),
    Way("my/record/pages/", sent={"shape": "text", "drafts": "on"}),
    Way("admin/clients/client/{client.pk}/record/download/", sent={}),
)


def listing(may: frozenset[str], *ways: Way | str) -> Cell:
    return Cell("list", may, _ways(ways))


def reading(may: frozenset[str], *ways: Way | str) -> Cell:
    return Cell("read", may, _ways(ways))


def exporting(may: frozenset[str], *ways: Way) -> Cell:
    return Cell("export", may, (*ways, *TAKEN_OUT))


def writing(may: frozenset[str], changes: str, *ways: tuple[str, Mapping[str, object]]) -> Cell:
    tables = tuple(changes.split())
    return Cell("write", may, tuple(Way(at, sent=sent, changes=tables) for at, sent in ways))


def _ways(given: tuple[Way | str, ...]) -> tuple[Way, ...]:
    return tuple(Way(it) if isinstance(it, str) else it for it in given)
