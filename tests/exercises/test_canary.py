"""What somebody types is in no table, log line, header or address as it was typed."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import connection
from django.urls import reverse

from exercises.models import Entry
from exercises.services.replies import reply_write
from tests.factories import make_assignment

CANARY = "kanarienvogel"


def everything_stored() -> str:
    with connection.cursor() as cursor:
        stored = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            stored += [repr(row) for row in cursor.fetchall()]
    return "\n".join(stored)


@pytest.fixture
def walked(http, ravi, version, caplog):
    """All that was answered while typing the word into every field that takes words."""
    caplog.set_level(logging.DEBUG)
    todo = make_assignment(
        client=ravi, version=version, rationale=f"{CANARY} rationale", starts_on="2020-01-01"
    )
    responses = [http.post(reverse("exercises:begin", args=[todo.pk]))]
    entry = Entry.objects.get()
    step = [reverse("exercises:step", args=[entry.pk, number]) for number in (1, 2, 3)]
    finish = reverse("exercises:finish", args=[entry.pk])
    autosave = reverse("exercises:autosave", args=[entry.pk])
    wrong = {"words": CANARY, "minutes": CANARY, "_go": "on"}
    responses += [
        http.post(step[0], {"strength": CANARY}),
        http.post(step[1], {"feelings": f"shame, {CANARY}", "_go": "on"}),
        http.post(step[2], wrong),
        http.post(autosave, json.dumps({"step": 3, "answers": wrong}), "application/json"),
        http.post(autosave, f"{{{CANARY}", "application/json"),
        http.post(finish, {"words": CANARY, "line": CANARY, "_-sharing": "shared"}),
        http.post(
            reverse("exercises:could_not", args=[todo.pk]),
            {"because": CANARY, "_-sharing": "private"},
        ),
    ]
    entry.refresh_from_db()
    reply_write(entry=entry, author=ravi.counsellor, text=CANARY)
    responses.append(http.get(reverse("exercises:entry", args=[entry.pk])))
    assert CANARY in responses[-1].content.decode()
    return responses


def test_it_is_in_no_table(walked):
    stored = everything_stored()
    assert "shame" in stored
    assert CANARY not in stored


def test_it_is_in_no_log(walked, caplog):
    assert CANARY not in caplog.text
    assert not any(CANARY in repr(vars(record)) for record in caplog.records)


def test_it_is_in_no_header_and_no_address(walked):
    for response in walked:
        assert CANARY not in repr(response.headers)
        assert CANARY not in repr(response.cookies)


def test_it_is_in_no_name_of_a_row(walked):
    entry = Entry.objects.first()
    rows = [entry, entry.assignment, *entry.facts.all(), *entry.replies.all()]
    assert not any(CANARY in f"{row} {row!r}" for row in rows)
