"""The least that django-appointment runs under, on a database of its own beside Counsel's."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

_database = urlsplit(os.environ["PEER_DATABASE_URL"])

SECRET_KEY = "only-for-the-bench"  # noqa: S105
USE_TZ = True
TIME_ZONE = os.environ["PEER_TIME_ZONE"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "phonenumber_field",
    "appointment",
]
# Tables as the models say: the peer brings no migrations.
MIGRATION_MODULES = dict.fromkeys(("auth", "contenttypes", "sessions"))
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path[1:],
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": _database.hostname,
        "PORT": _database.port,
        "CONN_MAX_AGE": None,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING_CONFIG = None
