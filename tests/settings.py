"""Counsel's own settings under plain values, so that no test needs a set-up machine.

`make test-services` keeps the caller's PostgreSQL and Redis; every other run is embedded,
whatever the shell happens to export.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from urllib.parse import urlsplit

if not os.environ.get("COUNSEL_TEST_SERVICES"):
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)
elif worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # Runs beside each other would take each other's tasks, and forget each other's limits.
    redis = urlsplit(os.environ["REDIS_URL"])
    number = int(redis.path.removeprefix("/") or 0) + int(worker.removeprefix("gw"))
    os.environ["REDIS_URL"] = redis._replace(path=f"/{number}").geturl()

_var = Path(__file__).resolve().parent.parent / "var" / "tests"
os.environ["COUNSEL_SECRET_KEY"] = "only-for-tests-" + "x" * 50
os.environ["COUNSEL_CONTENT_KEYS"] = "k1:" + base64.b64encode(b"t" * 32).decode()
os.environ["COUNSEL_VAR"] = str(_var)

from counsel.settings import *  # noqa: E402

# Refuses a migration that two branches have added side by side.
INSTALLED_APPS = [*INSTALLED_APPS, "django_linear_migrations"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests read the sources of static files: nothing has to be collected first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
