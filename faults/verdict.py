"""What the ledger says held against what has arrived: nothing here asks the ledger to be right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from faults.orders import Note

# As two clocks of one machine may differ by rounding.
ROUNDING = 0.01


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger, when all is over. Times are seconds since 1970."""

    message_id: str
    address: str
    state: str
    reason: str
    due_at: float
    resent: bool
    finished: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What a fault may bring about: how many may be unclear, and what nobody wanted any more.

    `withdrawn` is from when on a message (by its Message-ID) must not arrive; `fails` and `skips`
    are how many must end so, where that is known; `wrong` is what the fault itself has seen.
    """

    unclear: int = 0
    withdrawn: Mapping[str, float] = field(default_factory=dict)
    fails: int | None = 0
    skips: int | None = 0
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    due: int
    sent: int
    skipped: int
    failed: int
    uncertain: int
    resent: int
    lost: int
    doubled: int
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


def judge(rows: Iterable[Row], arrived: Iterable[Note], terms: Terms) -> Verdict:
    rows, arrived = list(rows), list(arrived)
    copies: dict[str, list[Note]] = defaultdict(list)
    for note in arrived:
        copies[note.message_id].append(note)
    states = Counter(row.state for row in rows)
    skipped = states["skipped"] + states["cancelled"]
    lost = [row for row in rows if _is_lost(row, len(copies[row.message_id]))]
    doubled = [row for row in rows if len(copies[row.message_id]) > (2 if row.resent else 1)]
    unclear = sum(row.resent or row.state == "uncertain" for row in rows)
    wrong = [
        *terms.wrong,
        *_mismatches(rows, copies, terms),
        *_beyond("unclear", unclear, terms.unclear),
        *_other("failed", states["failed"], terms.fails),
        *_other("skipped", skipped, terms.skips),
    ]
    if len(rows) != skipped + states["sent"] + states["failed"] + states["uncertain"]:
        wrong.append("due is not sent + skipped + failed + uncertain")
    return Verdict(
        due=len(rows),
        sent=states["sent"],
        skipped=skipped,
        failed=states["failed"],
        uncertain=states["uncertain"],
        resent=sum(row.resent for row in rows),
        lost=len(lost),
        doubled=len(doubled),
        wrong=tuple(wrong),
    )


def _is_lost(row: Row, copies: int) -> bool:
    """Not arrived, and nobody says that it might not have."""
    told = row.state == "uncertain" or (row.state != "sent" and row.reason != "")
    return not row.finished or (not copies and not told)


def _mismatches(
    rows: Iterable[Row], copies: Mapping[str, list[Note]], terms: Terms
) -> Iterable[str]:
    known = {row.message_id: row for row in rows}
    strangers = [name for name in copies if copies[name] and name not in known]
    if strangers:
        yield f"{len(strangers)} mails of no row"
    problems: Counter[str] = Counter()
    for name, row in known.items():
        found = copies.get(name, [])
        problems["to another address"] += any(note.address != row.address for note in found)
        problems["before its time"] += any(note.at < row.due_at - ROUNDING for note in found)
        until = terms.withdrawn.get(name)
        problems["not wanted any more"] += until is not None and any(
            note.at > until for note in found
        )
        ended_unsent = row.state in {"failed", "skipped", "cancelled"}
        problems["arrived, yet said to be not sent"] += bool(found) and ended_unsent
    yield from (f"{number} {problem}" for problem, number in problems.items() if number)


def _beyond(what: str, number: int, most: int) -> list[str]:
    return [f"{number} {what}, at most {most} expected"] if number > most else []


def _other(what: str, number: int, expected: int | None) -> list[str]:
    return [] if expected is None or number == expected else [f"{number} {what}, not {expected}"]
