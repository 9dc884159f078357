"""What each role may do with each kind of record, and by which addresses: written down once.

`python -m tools.roles` makes `docs/roles.md` of it, and `tests/test_roles.py` tries every cell.
Looks at no model: a cell is an address of `tests/access_table.py`, what is sent there, and what
the answer shows or which table changes where somebody gets through.
"""

from __future__ import annotations

from tests.matrix.between import BETWEEN
from tests.matrix.cells import ROLES, VERBS, Kind
from tests.matrix.practice import PRACTICE
from tests.matrix.record import RECORD

KINDS: tuple[Kind, ...] = (*RECORD, *BETWEEN, *PRACTICE)

__all__ = ["KINDS", "ROLES", "VERBS", "Kind"]
