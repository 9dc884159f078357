"""Makes `docs/roles.md` of `tests/matrix/`; with `--check` says whether it is as made."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from tests.matrix import KINDS, ROLES, VERBS, Kind
from tools.children import ROOT

PAGE = ROOT / "docs" / "roles.md"
NOTHING = "–"
HEAD = """\
# Who may do what
Made by `python -m tools.roles` from `tests/matrix/`; change it there. `make check` fails
where this page is another, and `tests/test_roles.py` tries every cell, as every role, on the real
pages: who may gets through, who may not does not.

- **The client** signs in to the portal, and sees their own record alone.
- **Their counsellor** has the client in their caseload.
- **Cover**: a colleague to whom the client's record is lent for some days, with the client's
  consent. They read, and change nothing.
- **In an emergency**: somebody of the practice who opened this one record, with a sealed reason,
  for an hour. They read, and change nothing; the counsellor is told, the client sees it, and
  somebody else writes down what they think of it. Any counsellor can do it, and so can who runs
  the practice or the system: it is their only way to what anybody wrote.
- **Another counsellor** has nothing to do with this client.
- **The practice manager** runs the practice: accounts, what holds for all, numbers. *Runs the
  practice*, under *Staff*.
- **The technical administrator** runs the system: accounts, the ledger of messages, the access
  log. *Runs the system*, under *Staff* (`is_superuser`). Keys, backups and the check of the access
  log are commands on the machine (`docs/operate.md`). Who has both the machine and the keys could
  read what is sealed; no page shows it.

*list*: to learn that there is one. *read*: what it says. *write*: to make or change one.
*export*: to take it out in a file. *erase*: to have it gone. A dash is none of these.

"""


def main(args: list[str]) -> int:
    made = HEAD + "\n".join(_table()) + "\n"
    if "--check" not in args:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
        print("docs/roles.md is not what tests/matrix says: python -m tools.roles")
        return 1
    return 0


def _table() -> Iterator[str]:
    yield f"| | {' | '.join(ROLES.values())} |"
    yield f"|---{'|---' * len(ROLES)}|"
    for kind in KINDS:
        cells = (", ".join(_verbs(kind, role)) or NOTHING for role in ROLES)
        yield f"| {kind.name} | {' | '.join(cells)} |"


def _verbs(kind: Kind, role: str) -> list[str]:
    may = {cell.verb for cell in kind.cells if role in cell.may}
    return [verb for verb in VERBS if verb in may]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
