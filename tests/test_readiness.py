"""Each part stopped in turn: the process lives on, and says to strangers only that it fails."""

from __future__ import annotations

import shutil
from collections import namedtuple
from contextlib import closing, contextmanager, nullcontext
from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError, close_old_connections, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from redis import Redis

from counsel import checks, readiness
from counsel.common import wall
from counsel.reminders.models import Heartbeat, Reminder
from tests.reminders.conftest import knock, plan  # noqa: F401 (plan stands on knock)

TOKEN = "a-word-of-at-least-twenty-letters"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def running(db, settings, monkeypatch):
    """All parts work, and nothing that was found is kept."""
    monkeypatch.setattr(readiness, "LOOKS_AGAIN", 0)
    settings.HEALTH_TOKEN = TOKEN
    for name in Heartbeat.Name:
        Heartbeat.objects.create(name=name, at=timezone.now())


def _no_database(request):
    def away(execute, sql, params, many, context):
        raise OperationalError("db.internal does not answer")

    return connection.execute_wrapper(away)


def _not_migrated(request):
    MigrationRecorder(connection).migration_qs.filter(app="consultations").delete()
    return nullcontext()


def _other_keys(request):
    settings = request.getfixturevalue("settings")
    settings.CONTENT_KEYS = {"k1": b"o" * 32}
    return nullcontext()


def _no_beat(request):
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=11))
    return nullcontext()


def _nothing_sent(request):
    row = request.getfixturevalue("plan")()
    Reminder._base_manager.filter(pk=row.pk).update(
        due_at=timezone.now() - timedelta(minutes=14, seconds=5), try_at=timezone.now()
    )
    return nullcontext()


def _no_cache(request):
    settings = request.getfixturevalue("settings")
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}
    return nullcontext()


def _full_disk(request):
    full = Usage(1, 1, readiness.LEAST_FREE - 1)
    request.getfixturevalue("monkeypatch").setattr(shutil, "disk_usage", lambda folder: full)
    return nullcontext()


STOPPED = {
    "database": (_no_database, "OperationalError"),
    "migrations": (_not_migrated, "1 apps are not migrated"),
    "keys": (_other_keys, "one is missing, or another than this database was sealed with"),
    "beat": (_no_beat, "no planning and no sending lately"),
    "messages": (_nothing_sent, "the oldest is due for 14 minutes"),
    "cache": (_no_cache, "ConnectionError"),
    "disk": (_full_disk, "nearly full"),
}


@pytest.mark.parametrize("part", STOPPED)
def test_a_part_that_is_stopped_is_told_and_the_process_lives(client, running, request, part):
    stop, said = STOPPED[part]
    with stop(request):
        assert client.get("/health/live").content == b"ok\n"
        answer = client.get("/health/ready")
        told = client.get("/health/ready", headers={"Authorization": f"Bearer {TOKEN}"})
        with pytest.raises(CommandError, match="not ready"):
            call_command("ready")
    # One word: no version, no host, no part.
    assert (answer.status_code, answer.content) == (503, b"fail\n")
    assert told.status_code == 503 and not told.json()["ready"]
    assert told.json()["wrong"][part] == said
    if part != "database":
        assert [name for name, wrong in told.json()["wrong"].items() if wrong] == [part]


def test_all_work_and_strangers_read_one_word(client, running, settings, capsys):
    for shown in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}):
        answer = client.get("/health/ready", headers=shown)
        assert (answer.status_code, answer.content) == (200, b"ok\n")
    settings.HEALTH_TOKEN = ""
    assert client.get("/health/ready", headers={"Authorization": "Bearer "}).content == b"ok\n"
    call_command("ready")


# No django_db mark: a query would fail this test.
def test_whether_it_lives_is_asked_of_nobody_and_past_the_proxy(client, settings):
    client.cookies[settings.SESSION_COOKIE_NAME] = "of somebody signed in"
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health/live").content == b"ok\n"
    assert client.get("/health/live/").status_code == 301


def test_strangers_who_ask_often_cost_nothing(client, running, monkeypatch):
    monkeypatch.setattr(readiness, "LOOKS_AGAIN", 60)
    monkeypatch.setattr(readiness, "_latest", None)
    client.get("/health/ready")
    with closing_to_queries():
        assert client.get("/health/ready").status_code == 200


@contextmanager
def closing_to_queries():
    def refuse(*args):
        raise AssertionError("it asked the database")

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.services
@pytest.mark.parametrize(("seconds", "found"), [(29, ""), (32, "32 s from the database's")])
def test_a_clock_of_its_own_is_told(client, running, seconds, found):
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False):
        answer = client.get("/health/ready", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.json()["wrong"]["clock"] == found
    assert answer.status_code == (503 if found else 200)


@pytest.mark.services
def test_a_redis_that_throws_keys_away_is_told(client, running, settings):
    with closing(Redis.from_url(settings.REDIS_URL)) as server:
        before = server.config_get("maxmemory-policy")["maxmemory-policy"]
        assert checks.redis_keeps(None) == []
        server.config_set("maxmemory-policy", "allkeys-lru")
        try:
            found = [message.id for message in checks.redis_keeps(None)]
            answer = client.get("/health/ready", headers={"Authorization": f"Bearer {TOKEN}"})
        finally:
            server.config_set("maxmemory-policy", before)
    assert found == ["counsel.E010"] and answer.status_code == 503
    assert answer.json()["wrong"]["cache"] == "Redis throws keys away when full (allkeys-lru)"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_has_ended_is_replaced():
    """Before it, every request of a thread went wrong for a minute after a restart."""
    connection.health_check_enabled = True
    for while_answering in (True, False):
        connection.ensure_connection()
        _end_from_outside()
        if while_answering:
            wall._after_request(None)
        # What Django does at the beginning of a request.
        close_old_connections()
        wall._tell(wall.EVERYBODY)
        assert connection.is_usable()


def _end_from_outside():
    parameters = connection.get_connection_params()
    ended = connection.connection.info.backend_pid
    wanted = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{k: v for k, v in parameters.items() if k in wanted}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [ended])
