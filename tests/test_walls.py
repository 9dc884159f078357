"""What keeps caseloads apart beside pages: names, keys, files, caches, and tables nobody opens."""

from __future__ import annotations

import ast
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import URLPattern, get_resolver

from clients.models import Client
from counsel.accounts.querysets import SaysWhose
from tests.canaries import PERSONAL, fill, rows_of
from tests.caseloads import make_caseload
from tests.factories import make_client, make_consent_document, make_manager

pytestmark = pytest.mark.django_db

CANARY = "Canary-7Q"
ROOT = Path(__file__).parents[1]
OURS = ("clients", "counsel", "exercises", "sessions")
# What a counsellor calls what they set up for themselves; no client's words are in it.
SETTINGS = {"CaseloadView", "ImportedCalendar", "IntakeQuestion", "Service"}


@pytest.fixture(scope="module")
def _moment():
    with time_machine.travel(datetime(2030, 1, 7, 8, tzinfo=UTC), tick=False):
        yield


def test_what_a_row_is_called_in_logs_and_lists_tells_nothing(_moment, db):
    make_consent_document()
    caseload = make_caseload(CANARY)
    fill(caseload, CANARY)
    seen = set()
    for model in PERSONAL:
        for row in rows_of(model, caseload):
            seen.add(model.__name__)
            for called in (str(row), repr(row)):
                assert model.__name__ in SETTINGS or CANARY.lower() not in called.lower()
    assert {"Client", "ConsultationNote", "ProcessNote", "Entry", "Reply", "TalkingPoint"} <= seen


@pytest.mark.parametrize(
    "label",
    [
        *("admin.logentry", "sessions.session", "contenttypes.contenttype", "auth.group"),
        *("mfa.authenticator", "usersessions.usersession", "account.emailaddress"),
        *("exercises.standing", "sessions.processnote", "consultations.processnote"),
    ],
)
def test_nobody_browses_tables_of_the_machinery(client, label):
    app, name = label.split(".")
    people = (make_client().counsellor.user, make_manager())
    for user in people:
        client.force_login(user)
        for page in ("", "add/", "1/change/", "1/history/"):
            assert client.get(f"/admin/{app}/{name}/{page}").status_code in (403, 404)


def test_the_desk_opens_no_other_tables_than_ours():
    opened = {model._meta.app_config.name.partition(".")[0] for model in admin.site._registry}
    assert opened <= set(OURS)


def test_what_was_done_at_the_desk_is_shown_to_its_own_counsellor_alone(client):
    """Django's own log is read by the history of a row, and by nothing else."""
    theirs, mine = make_client(), make_client()
    kind = ContentType.objects.get_for_model(Client)
    for row in (theirs, mine):
        LogEntry.objects.create(
            user=row.counsellor.user,
            content_type=kind,
            object_id=str(row.pk),
            object_repr=CANARY if row == theirs else "own",
            action_flag=CHANGE,
            change_message=CANARY if row == theirs else "own words",
        )
    client.force_login(mine.counsellor.user)
    assert client.get(f"/admin/clients/client/{theirs.pk}/history/").status_code == 404
    for page in ("/admin/", f"/admin/clients/client/{mine.pk}/history/"):
        response = client.get(page)
        assert response.status_code == 200
        assert CANARY not in response.content.decode()


def _key_of(model):
    key = model._meta.pk
    return _key_of(key.related_model) if key.is_relation else key


@pytest.mark.parametrize("model", PERSONAL, ids=lambda model: model.__name__)
def test_the_key_of_a_row_is_random(model):
    key = _key_of(model)
    assert isinstance(key, models.UUIDField)
    assert key.default is uuid.uuid4


def test_files_are_made_when_asked_for_and_none_is_kept_or_served():
    """There is no folder of uploads that an address could lead into past the views."""
    kept = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, models.FileField | models.FilePathField)
    ]
    assert kept == []
    routes = " ".join(_routes(get_resolver().url_patterns))
    assert "media" not in routes
    assert "upload" not in routes


def _routes(patterns):
    for pattern in patterns:
        yield str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from _routes(pattern.url_patterns)


# One alarm for all; how often one address of a calendar is read, by its secret; whether it works.
CACHED = {"counsel/readiness.py", "counsel/reminders/watch.py", "sessions/views/feeds.py"}
CACHES = {"caches", "cache_page", "FetchFromCacheMiddleware", "CacheMiddleware"}


def test_nothing_of_a_page_is_cached():
    found = set()
    for path in (it for app in OURS for it in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = {it.name for it in node.names} if isinstance(node, ast.ImportFrom) else set()
            if names & CACHES or ("cache" in names and node.module == "django.core.cache"):
                found.add(str(path.relative_to(ROOT)))
    assert found == CACHED
    for template in (ROOT / "templates").rglob("*.*"):
        assert "load cache" not in template.read_text(errors="replace"), template


def test_a_page_that_one_has_just_read_is_not_shown_to_the_next(client):
    theirs, mine = make_client(name=CANARY), make_client(name="Mine-4X")
    for page in ("/admin/clients/client/", "/admin/"):
        client.force_login(theirs.counsellor.user)
        first = client.get(page)
        client.force_login(mine.counsellor.user)
        second = client.get(page)
        assert CANARY not in second.content.decode()
        assert first["Cache-Control"] == second["Cache-Control"]
        assert {"no-store", "private"} <= set(second["Cache-Control"].split(", "))


def test_every_set_of_rows_of_ours_is_made_to_say_whose():
    """A queryset of a caseload that was made without the wall would not be refused."""
    for model in PERSONAL:
        assert issubclass(model._default_manager._queryset_class, SaysWhose)
        assert model._default_manager is model.objects
