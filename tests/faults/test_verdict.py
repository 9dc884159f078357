"""The judge of the faults must see what goes wrong, whatever the ledger says."""

from __future__ import annotations

import pytest

from faults.orders import Note
from faults.verdict import Row, Terms, judge

DUE = 1_000.0


def row(number=1, state="sent", **fields):
    values = {"reason": "", "due_at": DUE, "resent": False, "finished": True, **fields}
    return Row(f"<{number}@mail.invalid>", f"guest{number}@example.org", state, **values)


def mail(number=1, **fields):
    values = {"at": DUE + 1, "address": f"guest{number}@example.org", **fields}
    return Note("taken", message_id=f"<{number}@mail.invalid>", **values)


def test_all_is_well():
    rows = [
        row(1),
        row(2, "skipped", reason="too late"),
        row(3, "failed", reason="refused"),
        row(4, resent=True),
        row(5, "uncertain", reason="cut off", resent=True),
        row(6, "cancelled", reason="withdrawn"),
    ]
    verdict = judge(rows, [mail(1), mail(4), mail(4)], Terms(unclear=2, fails=1, skips=2))

    assert verdict.holds
    assert (verdict.due, verdict.sent, verdict.skipped, verdict.failed) == (6, 2, 2, 1)
    assert (verdict.uncertain, verdict.resent) == (1, 2)


@pytest.mark.parametrize(
    "lost",
    [
        row(),
        row(state="failed"),
        row(state="queued", reason="waits", finished=False),
        row(state="claimed", finished=False),
        row(state="uncertain", finished=False),
    ],
)
def test_what_neither_arrived_nor_says_why_is_lost(lost):
    verdict = judge([lost], [], Terms(unclear=1, fails=None))

    assert verdict.lost == 1 and not verdict.holds


def test_one_that_arrived_but_waits_to_be_sent_again_is_not_over():
    assert judge([row(state="claimed", finished=False)], [mail()], Terms()).lost == 1


@pytest.mark.parametrize(("resent", "copies"), [(False, 2), (True, 3)])
def test_more_copies_than_the_ledger_admits_are_doubles(resent, copies):
    verdict = judge([row(resent=resent)], [mail()] * copies, Terms(unclear=1))

    assert verdict.doubled == 1 and not verdict.holds


@pytest.mark.parametrize(
    ("rows", "mails", "terms", "wrong"),
    [
        ([row()], [mail(), mail(2)], Terms(), "1 mails of no row"),
        ([row()], [mail(address="b@example.org")], Terms(), "1 to another address"),
        ([row()], [mail(at=DUE - 1)], Terms(), "1 before its time"),
        (
            [row()],
            [mail()],
            Terms(withdrawn={"<1@mail.invalid>": DUE}),
            "1 not wanted any more",
        ),
        (
            [row(state="skipped", reason="cancelled")],
            [mail()],
            Terms(skips=1),
            "1 arrived, yet said to be not sent",
        ),
        ([row(resent=True)], [mail()], Terms(), "1 unclear, at most 0 expected"),
        ([row(state="failed", reason="refused")], [], Terms(), "1 failed, not 0"),
        ([row(state="skipped", reason="late")], [], Terms(), "1 skipped, not 0"),
    ],
)
def test_each_mismatch_is_named(rows, mails, terms, wrong):
    verdict = judge(rows, mails, terms)

    assert verdict.wrong == (wrong,) and not verdict.holds
