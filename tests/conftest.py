"""What every test stands on: Hypothesis profiles, and a whole Counsel for other processes."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import pytest
from _pytest import runner
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from hypothesis import HealthCheck, settings
from psycopg import sql

from counsel.common.room import with_room
from counsel.reminders import clock
from tests import looking, migrated, roles, signing_in
from tests.thorough import IS_QUICK, THOROUGH
from tools.children import ROOT

# No test asserts a time: on a busy machine a slow example is no fault.
SLOW_IS_FINE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# Few where the budget is two minutes; `make test-services` tries the same properties on more.
EXAMPLES = 40 if THOROUGH else 25
settings.register_profile("default", max_examples=EXAMPLES, **SLOW_IS_FINE)
settings.register_profile("ci", derandomize=True, max_examples=EXAMPLES, **SLOW_IS_FINE)
# For a long look: make test ARGS="--hypothesis-profile nightly"
settings.register_profile("nightly", max_examples=2_000, **SLOW_IS_FINE)
settings.load_profile("ci" if os.environ.get("CI") else "default")
looking.allow()
signing_in.install()


def pytest_collection_modifyitems(config, items):
    """What asks no database has shown all it can in the run without services."""
    if IS_QUICK and os.environ.get("COUNSEL_TEST_SERVICES"):
        asked = {"db", "transactional_db", "counsel_env", "world"}
        kept = [
            item
            for item in items
            if item.get_closest_marker("django_db")
            or item.get_closest_marker("services")
            or asked & set(item.fixturenames)
        ]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


def pytest_collection_finish():
    """What has been imported and collected stays to the end: looking for garbage in it is vain."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    return with_room(runner.pytest_runtest_protocol, item, nextitem)


# As it runs: what a test of the clock itself puts back.
SHARED_OFFSET = clock.offset


@pytest.fixture(autouse=True)
def _own_clock(monkeypatch):
    """Tests move their own clock; a database's would not come along."""
    monkeypatch.setattr(clock, "offset", timedelta)


@pytest.fixture(autouse=True)
def _own_cache():
    """Redis does not roll back: without its own keys a test would meet another's rate limits."""
    cache.key_prefix = uuid.uuid4().hex


@pytest.fixture
def counsel_env(tmp_path, _migrated_url):
    """The environment of a Counsel of its own: empty migrated database, own folder.

    For what needs several processes or a real worker: start `manage.py`, celery or a script
    with it. SQLite in the default run; PostgreSQL and Redis under `make test-services`.
    """
    if os.environ.get("DATABASE_URL"):
        name = f"counsel_{uuid.uuid4().hex}"
        _administer("CREATE DATABASE {} TEMPLATE {}", name, urlsplit(_migrated_url).path[1:])
        yield _environ(tmp_path, _postgresql_url(name))
        _administer("DROP DATABASE {} WITH (FORCE)", name)
    else:
        file = tmp_path / "counsel.sqlite3"
        shutil.copy(urlsplit(_migrated_url).path[1:], file)
        yield _environ(tmp_path, f"sqlite:///{file}")


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker, tmp_path_factory):
    """On SQLite, the tests' own database is migrated only when nobody has done so before.

    Returns a copy of it, migrated and empty. There is none where no test that was asked for
    needs it.
    """
    file = tmp_path_factory.mktemp("template") / "counsel.sqlite3"
    if connection.vendor != "sqlite":
        request.getfixturevalue("django_db_setup")
        if os.environ.get("COUNSEL_TEST_ROLE"):
            with django_db_blocker.unblock():
                roles.run_as_application()
            request.addfinalizer(roles.run_as_owner)
        return file
    with migrated.kept() as kept:
        connection.settings_dict["TEST"]["MIGRATE"] = not kept.exists()
        request.getfixturevalue("django_db_setup")
        if connection.is_in_memory_db():
            with django_db_blocker.unblock():
                connection.ensure_connection()
                if kept.exists():
                    migrated.fill(connection.connection, kept)
                    ContentType.objects.clear_cache()
                else:
                    migrated.copy(connection.connection, kept)
            shutil.copy(kept, file)
    return file


@pytest.fixture(scope="session")
def _migrated_url(django_db_setup, tmp_path_factory):
    """A migrated, empty database to copy: migrating each anew would cost seconds a test."""
    if os.environ.get("DATABASE_URL"):
        folder = tmp_path_factory.mktemp("template")
        name = f"counsel_{uuid.uuid4().hex}"
        _administer("CREATE DATABASE {}", name)
        _migrate(_environ(folder, _postgresql_url(name)))
        yield _postgresql_url(name)
        _administer("DROP DATABASE {} WITH (FORCE)", name)
    else:
        url = f"sqlite:///{django_db_setup}"
        if not django_db_setup.exists():
            _migrate(_environ(django_db_setup.parent, url))
        yield url


def _migrate(env):
    # In one process, because each start of Django costs a second.
    both = "from django.core.management import call_command as call; "
    both += "call('migrate', verbosity=0); call('createcachetable')"
    manage = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", both]
    subprocess.run(manage, cwd=ROOT, env=env, check=True)


def _environ(folder, database_url):
    for part in ("broker/control", "mail", "static", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "counsel.settings",
        "COUNSEL_VAR": str(folder),
        "DATABASE_URL": database_url,
        "TMPDIR": str(folder / "tmp"),
    }


def _postgresql_url(name):
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _administer(statement, *names):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
