"""The database crashes, is gone, refuses, or takes its time."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import OperationalError, connection

from faults.fault import Fault
from faults.pace import Pace
from faults.practice import Practice
from faults.stores import POSTGRESQL, SQLITE
from faults.verdict import Terms
from faults.waiting import until

CRASHES = 3
REFUSALS = 10
# Every so-many-th change of the ledger is refused.
REFUSED = 31
SLOW_SECONDS = 30

# Counted by a sequence, because what a refused change writes is taken back with it.
_REFUSING = """
CREATE SEQUENCE changes;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE number bigint := nextval('changes');
BEGIN
    IF number % {every} = 0 AND number <= {every} * {times} THEN
        IF number % 2 = 0 THEN
            RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
        END IF;
        RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse BEFORE UPDATE ON reminders_reminder
    FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"""
_SLOW = """
CREATE SEQUENCE claims;
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'claimed' AND OLD.state = 'queued' AND nextval('claims') = 1 THEN
        PERFORM pg_sleep({seconds});
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wait BEFORE UPDATE ON reminders_reminder
    FOR EACH ROW EXECUTE FUNCTION wait();
"""


def faults() -> Iterator[Fault]:
    patient = Pace(lease=60, soft_limit=50, hard_limit=55, keep=30)
    yield Fault("postgresql-crash", crashing, stores=(POSTGRESQL,), pace=patient)
    yield Fault("postgresql-gone", gone, stores=(POSTGRESQL,), pace=patient)
    yield Fault("postgresql-refuses", refusing, stores=(POSTGRESQL,))
    yield Fault("postgresql-slow", slow, stores=(POSTGRESQL,))
    yield Fault("sqlite-locked", locked, stores=(SQLITE,))


def crashing(practice: Practice) -> Terms:
    """`pg_ctl restart -m immediate`, three times under load."""
    _under_load(practice)
    for number in range(1, CRASHES + 1):
        practice.until_taken(0.2 * number)
        _away(practice, 0, immediately=True)
    practice.mails.takes_time(0)
    practice.until_settled()
    # What each of those who send had in hand.
    return Terms(unclear=CRASHES * practice.senders)


def gone(practice: Practice) -> Terms:
    """Stopped, and started again after many ticks."""
    _under_load(practice)
    practice.until_taken(0.2)
    _away(practice, practice.pace.tick * 10)
    practice.mails.takes_time(0)
    practice.until_settled()
    return Terms(unclear=practice.senders)


def refusing(practice: Practice) -> Terms:
    """Serialization failures and deadlocks, in whatever step they fall."""
    practice.plan()
    with connection.cursor() as cursor:
        cursor.execute(_REFUSING.format(every=REFUSED, times=REFUSALS))
    practice.staff()
    practice.until_settled()
    return Terms(unclear=REFUSALS)


def slow(practice: Practice) -> Terms:
    """A claim that takes longer than a worker may."""
    practice.plan()
    with connection.cursor() as cursor:
        cursor.execute(_SLOW.format(seconds=SLOW_SECONDS))
    practice.staff()
    practice.until_settled()
    return Terms()


def locked(practice: Practice) -> Terms:
    """Somebody holds the write lock for longer than anybody waits for it."""
    _under_load(practice)
    practice.until_taken(0.2)
    wait = connection.settings_dict["OPTIONS"]["timeout"]
    with connection.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        time.sleep(wait + 5)
        cursor.execute("ROLLBACK")
    practice.mails.takes_time(0)
    practice.until_settled()
    return Terms(unclear=practice.senders)


def _under_load(practice: Practice) -> None:
    practice.plan()
    practice.mails.takes_time(0.02)
    practice.staff()


def _away(practice: Practice, seconds: float, *, immediately: bool = False) -> None:
    # Ours would be broken afterwards like everybody's.
    connection.close()
    practice.servers.postgresql.stop(immediately=immediately)
    time.sleep(seconds)
    practice.servers.postgresql.start()
    until("the database has recovered", _answers)


def _answers() -> bool:
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    return True
