"""What planning costs beside a large ledger: a number of queries, and no table read as a whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from counsel.reminders.models import Reminder
from exercises.models import Reply
from exercises.planning import practice_plan
from tests.factories import make_assignment, make_entry, make_portal_client

pytestmark = [pytest.mark.services, pytest.mark.django_db]
NOW = datetime(2030, 1, 7, 4, 30, tzinfo=UTC)


def fill(table, row, count):
    """So many copies of a row, for days gone by: one for each ten minutes."""
    names = [field.column for field in type(row)._meta.concrete_fields]
    own = {"id": "gen_random_uuid()", "occurrence": "'at ' || n", "person": "'client:' || n"}
    own["subject"] = "'practice:' || n"
    for name in ("due_at", "try_at", "not_after"):
        own[name] = f"{name} - n * interval '10 minutes'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) "  # noqa: S608
            f"SELECT {', '.join(own.get(name, name) for name in names)} "
            f"FROM {table}, generate_series(1, %s) AS n WHERE id = %s",
            [count, row.pk],
        )
        cursor.execute(f"ANALYZE {table}")


def test_a_tick_reads_the_ledger_by_an_index_alone(django_assert_num_queries):
    if connection.vendor != "postgresql":
        pytest.skip("other databases plan otherwise")
    for _ in range(5):
        person = make_portal_client(time_zone="Asia/Kolkata")
        make_assignment(client=person, starts_on=date(2029, 1, 1))
        entry = make_entry(client=person, sharing="shared", happened_at=NOW - timedelta(days=1))
        Reply.objects.create(entry=entry, author=person.counsellor, text="Thank you.")
    practice_plan(NOW)
    row = Reminder.objects.first()
    Reminder.objects.filter(pk=row.pk).update(state="sent", finished_at=NOW, handed_over_at=NOW)
    fill("reminders_reminder", row, 100_000)
    with django_assert_num_queries(6) as read:
        practice_plan(NOW)
    plans = []
    for query in read:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plans += [line for (line,) in cursor.fetchall()]
    assert any("reminders_of_kind" in line for line in plans)
    assert [line for line in plans if "Seq Scan on reminders_reminder" in line] == []
