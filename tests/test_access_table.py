"""Walks every address as six visitors; an address that is not in the table fails.

Two caseloads stand beside each other, each with a canary of its own in every field of words
(`tests.canaries`). Nothing of either may reach a stranger, in a page, a file or a header, whatever
the method; and no stranger may change a row of them.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import URLPattern, get_resolver

from counsel.common.wall import whole_practice
from exercises.models import Partner, SmallShare
from tests.access_table import POSSESSION_IS_ENOUGH, ROWS, VISITORS
from tests.canaries import OWN, PERSONAL, fill, rows_of, words_of
from tests.caseloads import make_caseload
from tests.factories import make_consent_document, make_manager
from tests.thorough import THOROUGH
from tests.visiting import Visits, told_by

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 8, tzinfo=UTC)
MINE, THEIRS = "Canary-7Q", "Canary-8R"
READS = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
TABLES = [connection.ops.quote_name(model._meta.db_table) for model in PERSONAL]
# Whom the first caseload is no business of, and whom the second.
STRANGERS = ("anonymous", "another client", "another counsellor", "manager")
STRANGERS_TO_THEIRS = ("anonymous", "client", "counsellor", "manager")
# Who comes nearest to what is behind an address, by how it begins. Where there is no time for all
# strangers it is these: the others are turned away at the door, which the answers to a GET show.
NEAREST = {"admin/": "another counsellor", "my/": "another client", "with/": "another client"}
# Beside GET and POST; HEAD is answered as GET is.
METHODS = ("put", "patch", "delete", "options", "head")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Two caseloads for the whole table; each visit undoes what it does to them."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        transaction.atomic(),
    ):
        make_consent_document()
        own, other = make_caseload(MINE), make_caseload(THEIRS)
        fill(own, MINE)
        fill(other, THEIRS)
        users = (
            *(None, own.client.user, other.client.user),
            *(own.counsellor.user, other.counsellor.user, make_manager()),
        )
        yield SimpleNamespace(
            own=own,
            record=_record_of(own),
            visits=Visits(dict(zip(VISITORS, users, strict=True))),
        )
        transaction.set_rollback(True)


@pytest.fixture
def visit(world):
    """Makes one request as a visitor, and takes back whatever it changed."""

    def visit(method, who, url):
        with transaction.atomic():
            with _writes() as written:
                response = world.visits(method, who, url)
                told = told_by(response)
            # Nothing can have changed where nothing was written: that saves most of the reading.
            acts = method not in ("get", "head")
            wrote = acts and any(table in sql for sql in written for table in TABLES)
            changed = wrote and _record_of(world.own) != world.record
            transaction.set_rollback(True)
        return SimpleNamespace(answer=_answer(response), told=told.lower(), changed=changed)

    return visit


@contextmanager
def _writes():
    """The statements that may have changed a row."""
    written = []

    def note(execute, sql, *args):
        if not sql.startswith(READS):
            written.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        yield written


def _answer(response):
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/?next="):
        return "in"
    return str(response.status_code)


@whole_practice()
def _record_of(caseload):
    """What strangers must not be able to change: every row of the first caseload."""
    reader, of_client = caseload.counsellor.user, (Partner, SmallShare)
    managers = [model._default_manager for model in PERSONAL]
    seen = [list(manager.visible_to(reader).values()) for manager in managers]
    # No member of staff sees these.
    return seen + [list(it.objects.of_user(caseload.client.user).values()) for it in of_client]


def _routes(patterns, before=""):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _routes(pattern.url_patterns, route)


def _listed(route):
    # The apps of the desk stand in this one; a new app needs no new line.
    return route if not route.startswith("admin/^(?P<app_label>") else "admin/<app_label>/"


def _strangers(route):
    near = next((who for begins, who in NEAREST.items() if route.startswith(begins)), "anonymous")
    return STRANGERS if THOROUGH else (near,)


def _visitors(route):
    # At the desk one client is as little as another.
    alike = not THOROUGH and route.startswith("admin/")
    return [who for who in VISITORS if not (alike and who == "another client")]


def test_it_has_a_line_for_every_address():
    there = {_listed(route) for route in _routes(get_resolver().url_patterns)}
    in_table = {row.route for row in ROWS}
    assert sorted(there - in_table) == [], "not in tests/access_table.py"
    assert sorted(in_table - there) == [], "no longer there: take the line out"


def test_each_field_of_words_holds_a_canary(world):
    """A new table, or one of which `tests.caseloads` makes no row, would be walked past."""
    empty = []
    for model in (*PERSONAL, *OWN):
        rows = rows_of(model, world.own)
        for field in words_of(model):
            if not any(MINE.lower() in str(getattr(row, field.attname)).lower() for row in rows):
                empty.append(f"{model.__name__}.{field.name}")
    assert empty == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route)
def test_it_answers_each_visitor_as_the_table_says(world, visit, row):
    url = "/" + row.at.format(**vars(world.own))
    seen = {who: visit("get", who, url) for who in _visitors(row.route)}
    answers = dict(zip(VISITORS, row.answers, strict=True))
    assert {who: it.answer for who, it in seen.items()} == {who: answers[who] for who in seen}
    for who, it in seen.items():
        assert who not in STRANGERS or MINE.lower() not in it.told
        assert who not in STRANGERS_TO_THEIRS or THEIRS.lower() not in it.told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route)
def test_it_lets_no_stranger_change_or_see_anything_by_posting(world, visit, row):
    url = "/" + row.at.format(**vars(world.own))
    for who in _strangers(row.route):
        _changes_and_shows_nothing(row, visit("post", who, url))


# One walk more over every address, and one that hardly an address has a method for.
@pytest.mark.services
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.route)
def test_it_lets_no_stranger_change_or_see_anything_by_other_methods(world, visit, row):
    url = "/" + row.at.format(**vars(world.own))
    for method in METHODS:
        for who in STRANGERS:
            _changes_and_shows_nothing(row, visit(method, who, url))


def _changes_and_shows_nothing(row, it):
    # Of the machine it says that much to everybody.
    assert it.answer < "500" or it.answer == "in" or row.route == "health/ready"
    assert MINE.lower() not in it.told
    assert not it.changed or row.route in POSSESSION_IS_ENOUGH
