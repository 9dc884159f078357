"""The table at the end: one line for each fault and store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from faults.verdict import Verdict

HEADS = (
    *("fault", "store", "due", "sent", "skipped", "failed", "uncertain", "resent"),
    *("lost", "doubled", "seconds", ""),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one fault went on one store, in so many seconds."""

    fault: str
    store: str
    seconds: float
    verdict: Verdict


def table(outcomes: Iterable[Outcome], *, heads: bool = True) -> str:
    lines = [*([HEADS] if heads else []), *(_cells(outcome) for outcome in outcomes)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "".join(_line(line, widths) for line in lines)


def _cells(outcome: Outcome) -> tuple[str, ...]:
    found = outcome.verdict
    numbers = (
        *(found.due, found.sent, found.skipped, found.failed, found.uncertain, found.resent),
        *(found.lost, found.doubled, round(outcome.seconds)),
    )
    said = "holds" if found.holds else "; ".join(["FAILS", *found.wrong])
    return (outcome.fault, outcome.store, *map(str, numbers), said)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.ljust(width) if column in {0, 1, len(cells) - 1} else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return " | ".join(padded).rstrip() + "\n"
