"""What the database refuses, whatever the code does: by raw SQL, on the database in use."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from sessions.guards import CLIENT_OVERLAP, COUNSELLOR_OVERLAP, HOLD_OVERLAP, KEPT_TIME
from sessions.models import Consultation, Hold
from tests.factories import make_client, make_consultation, make_hold, make_service

pytestmark = pytest.mark.django_db
TEN = datetime(2030, 1, 7, 10, tzinfo=UTC)


@pytest.fixture
def anna():
    return make_client()


@pytest.fixture
def service(anna):
    return make_service(counsellor=anna.counsellor, length=60, buffer_before=0, buffer_after=0)


def insert_copy(row, **changes):
    """A raw INSERT of the same row with another key, past all of our code."""
    changes = {"id": uuid.uuid4().hex if on_sqlite() else uuid.uuid4(), **changes}
    columns = [field.column for field in row._meta.fields]
    chosen = ", ".join("%s" if column in changes else column for column in columns)
    table = row._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608
            f"SELECT {chosen} FROM {table} WHERE id = %s",
            [*(changes[column] for column in columns if column in changes), key(row)],
        )


def key(row):
    return row.pk.hex if on_sqlite() else row.pk


def on_sqlite():
    return connection.vendor == "sqlite"


def at(start, minutes=60):
    """The four times of a consultation without buffers, as the database stores them."""
    end = start + timedelta(minutes=minutes)
    stored = (lambda t: t.replace(tzinfo=None)) if on_sqlite() else (lambda t: t)
    return {
        "starts_at": stored(start),
        "ends_at": stored(end),
        "held_from": stored(start),
        "held_until": stored(end),
    }


def at_utc(start):
    end = start + timedelta(minutes=60)
    return {"starts_at": start, "ends_at": end, "held_from": start, "held_until": end}


def other_client(consultation):
    other = make_client(counsellor=consultation.counsellor)
    return {"client_id": other.pk.hex if on_sqlite() else other.pk}


@pytest.mark.parametrize("minutes", [-59, -1, 0, 1, 59])
def test_it_refuses_an_overlap_for_the_counsellor(anna, service, minutes):
    taken = make_consultation(client=anna, service=service, starts_at=TEN)
    start = TEN + timedelta(minutes=minutes)
    with pytest.raises(DatabaseError, match=COUNSELLOR_OVERLAP):
        insert_copy(taken, **at(start), **other_client(taken))


@pytest.mark.parametrize("minutes", [-60, 60])
def test_it_lets_one_follow_the_other_at_once(anna, service, minutes):
    taken = make_consultation(client=anna, service=service, starts_at=TEN)
    insert_copy(taken, **at(TEN + timedelta(minutes=minutes)))
    assert Consultation.objects.count() == 2


def test_it_counts_buffers_as_held(anna):
    service = make_service(counsellor=anna.counsellor, length=60, buffer_after=15)
    taken = make_consultation(client=anna, service=service, starts_at=TEN)
    with pytest.raises(DatabaseError, match=COUNSELLOR_OVERLAP):
        insert_copy(taken, **at(TEN + timedelta(minutes=60)), **other_client(taken))


def test_it_refuses_an_overlap_for_the_client(anna, service):
    """Even where the counsellor is another: one person is in one place."""
    taken = make_consultation(client=anna, service=service, starts_at=TEN)
    other = make_client().counsellor
    with pytest.raises(DatabaseError, match=CLIENT_OVERLAP):
        insert_copy(taken, counsellor_id=other.pk.hex if on_sqlite() else other.pk)


@pytest.mark.parametrize("status", ["pending", "confirmed"])
@pytest.mark.parametrize("other", ["pending", "confirmed"])
def test_it_holds_the_time_in_both_holding_statuses(anna, service, status, other):
    taken = make_consultation(client=anna, service=service, starts_at=TEN, status=status)
    with pytest.raises(DatabaseError):
        insert_copy(taken, status=other)


@pytest.mark.parametrize(
    "status",
    ["declined", "cancelled_by_client", "cancelled_late", "cancelled_by_counsellor", "no_show"],
)
def test_it_gives_the_time_free_in_all_others(anna, service, status):
    gone = make_consultation(client=anna, service=service, starts_at=TEN, status=status)
    insert_copy(gone, status="confirmed")
    assert Consultation.objects.count() == 2


def test_it_refuses_to_undo_a_cancellation_into_a_taken_time(anna, service):
    gone = make_consultation(client=anna, service=service, starts_at=TEN, status="declined")
    insert_copy(gone, status="confirmed", **other_client(gone))
    with pytest.raises(DatabaseError, match=COUNSELLOR_OVERLAP), transaction.atomic():
        Consultation.objects.filter(pk=gone.pk).update(status="confirmed")


def test_it_lets_a_recorded_reason_through(anna, service):
    taken = make_consultation(client=anna, service=service, starts_at=TEN)
    insert_copy(taken, overlap_reason="a couple, seen together")
    assert Consultation.objects.count() == 2


@pytest.mark.parametrize("minutes", [0, -30, 8 * 60 + 1, 9 * 60])
def test_it_refuses_lengths_that_make_no_sense(anna, service, minutes):
    model = make_consultation(client=anna, service=service, starts_at=TEN)
    times = at(TEN + timedelta(days=1), minutes)
    times["held_until"] = max(times["starts_at"], times["ends_at"])
    with pytest.raises(DatabaseError):
        insert_copy(model, **times)


def test_it_accepts_eight_hours(anna, service):
    model = make_consultation(client=anna, service=service, starts_at=TEN)
    insert_copy(model, **at(TEN + timedelta(days=1), 8 * 60))
    assert Consultation.objects.count() == 2


def test_it_refuses_an_unknown_status(anna, service):
    model = make_consultation(client=anna, service=service, starts_at=TEN)
    with pytest.raises(DatabaseError):
        insert_copy(model, status="maybe", **at(TEN + timedelta(days=1)))


def test_it_refuses_one_booking_key_twice(anna, service):
    model = make_consultation(client=anna, service=service, starts_at=TEN, idempotency_key="k")
    with pytest.raises(DatabaseError):
        insert_copy(model, **at(TEN + timedelta(days=1)))


# --- A kept time against the others ---------------------------------------------------------


@pytest.fixture
def kept(service):
    return make_hold(service=service, starts_at=TEN)


@pytest.mark.parametrize("minutes", [-59, -1, 0, 1, 59])
def test_it_refuses_two_kept_times_that_overlap(kept, minutes):
    with pytest.raises(DatabaseError, match=HOLD_OVERLAP):
        insert_copy(kept, **at(TEN + timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-60, 60])
def test_it_lets_one_kept_time_follow_the_other_at_once(kept, minutes):
    insert_copy(kept, **at(TEN + timedelta(minutes=minutes)))
    assert Hold.objects.count() == 2


@pytest.mark.parametrize("minutes", [-59, 0, 59])
@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_it_refuses_a_consultation_in_a_kept_time(anna, service, kept, status, minutes):
    later = TEN + timedelta(days=1)
    model = make_consultation(client=anna, service=service, starts_at=later, status=status)
    with pytest.raises(DatabaseError, match=KEPT_TIME):
        insert_copy(model, **at(TEN + timedelta(minutes=minutes)), **other_client(model))


@pytest.mark.parametrize("minutes", [-59, 0, 59])
def test_it_keeps_no_time_that_a_consultation_holds(anna, service, minutes):
    make_consultation(client=anna, service=service, starts_at=TEN)
    kept = make_hold(service=service, starts_at=TEN + timedelta(days=1))
    with pytest.raises(DatabaseError, match=HOLD_OVERLAP):
        insert_copy(kept, **at(TEN + timedelta(minutes=minutes)))


def test_it_refuses_to_move_a_consultation_into_a_kept_time(anna, service, kept):
    moved = make_consultation(client=anna, service=service, starts_at=TEN + timedelta(days=1))
    with pytest.raises(DatabaseError, match=KEPT_TIME), transaction.atomic():
        Consultation.objects.filter(pk=moved.pk).update(**at_utc(TEN))


def test_it_refuses_to_open_again_what_was_given_away(anna, service, kept):
    Hold.objects.update(state="expired")
    make_consultation(client=anna, service=service, starts_at=TEN)
    with pytest.raises(DatabaseError, match=HOLD_OVERLAP), transaction.atomic():
        Hold.objects.update(state="open")


@pytest.mark.parametrize("state", ["used", "released", "expired"])
def test_a_closed_one_keeps_nothing(anna, service, kept, state):
    Hold.objects.update(state=state)
    make_consultation(client=anna, service=service, starts_at=TEN)
    insert_copy(kept)
    assert Hold.objects.count() == 2


def test_another_counsellors_time_is_not_kept(kept):
    make_consultation(starts_at=TEN)
    make_hold(starts_at=TEN)


def test_it_keeps_buffers_too(anna):
    service = make_service(counsellor=anna.counsellor, length=60, buffer_after=15)
    make_hold(service=service, starts_at=TEN)
    plain = make_service(counsellor=anna.counsellor, length=60, buffer_after=0)
    with pytest.raises(DatabaseError, match=KEPT_TIME), transaction.atomic():
        make_consultation(client=anna, service=plain, starts_at=TEN + timedelta(minutes=60))


def test_it_refuses_one_asking_twice(kept):
    Hold.objects.update(idempotency_key="k")
    with pytest.raises(DatabaseError):
        insert_copy(kept, **at(TEN + timedelta(days=1)))


@pytest.mark.services
def test_two_may_swap_in_one_transaction(anna, service):
    """PostgreSQL only: its constraints can wait for the end of the transaction."""
    first = make_consultation(client=anna, service=service, starts_at=TEN)
    later = TEN + timedelta(hours=1)
    second = make_consultation(client=anna, service=service, starts_at=later)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        Consultation.objects.filter(pk=first.pk).update(**at(later))
        Consultation.objects.filter(pk=second.pk).update(**at(TEN))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    first.refresh_from_db()
    assert first.starts_at == later
