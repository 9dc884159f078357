"""What `manage.py check` looks at beyond Django's own list; `--deploy` looks at all of it.

| id | says |
|---|---|
| counsel.E001 | processes would not share the cache: limits and used codes would not hold |
| counsel.E002 | COUNSEL_BASE_URL is no web address, or its host is not an allowed one |
| counsel.E003 | COUNSEL_BASE_URL is not https (deploy) |
| counsel.E004 | a content key comes from COUNSEL_SECRET_KEY, or is plainly not random (deploy) |
| counsel.E005 | Redis on another machine without a password (deploy) |
| counsel.E006 | the help lines cannot be read, or a country is not known (deploy) |
| counsel.E007 | a model is ordered or indexed by what is encrypted (`counsel/common/fields.py`) |
| counsel.E008 | the content keys do not open what is sealed here (`counsel/keys/starting.py`) |
| counsel.E009 | the desk searches, filters or sorts by what is encrypted |
| counsel.E010 | Redis would throw away what it was given when it is full (deploy) |
| counsel.E011 | there is no help line, or one without a number (deploy) |
| counsel.E012 | a help line was last checked more than 180 days ago, or in the future (deploy) |
| counsel.E013 | a help line has a number that looks made up (deploy) |
| counsel.W004 | the file of the content keys lies among the data (deploy) |
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.admin.sites import all_sites
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host
from django.utils import timezone
from redis import RedisError

from counsel.common.help_lines import HelpLine, UnfitHelpLines, help_now
from counsel.common.redis_rules import KEEPS_ALL, how_redis_forgets
from counsel.common.sought import leads_to_sealed, sought_by

_ONE_PROCESS_CACHES = ("LocMemCache", "DummyCache")
_LOOPBACK = {"localhost", "127.0.0.1", "::1", None}
# Real ones of three digits may well be 111, 999 or 123.
_SHORT_NUMBER = 3
# Kept free of subscribers in North America and the United Kingdom.
_FOR_FILMS = ("55501", "7700900", "2079460")
# 32 random bytes practically never have fewer different ones than this.
_FEWEST_BYTES = 16


def register_checks() -> None:
    register(shared_cache, Tags.caches)
    register(desk_leaves_sealed_alone, Tags.admin)
    register(base_url, Tags.urls)
    for check in (https, content_keys, keys_apart, redis_password, redis_keeps, lines):
        register(check, Tags.security, deploy=True)


def shared_cache(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not str(settings.CACHES["default"]["BACKEND"]).endswith(_ONE_PROCESS_CACHES):
        return []
    return [
        Error(
            "The cache is not shared between processes.",
            hint="Sign-in limits and used codes live in it: use Redis or the database.",
            id="counsel.E001",
        )
    ]


def base_url(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.BASE_URL)
    is_address = parts.scheme in {"http", "https"} and parts.hostname and not parts.path
    if is_address and validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        return []
    return [
        Error(
            "COUNSEL_BASE_URL is not the address of this practice.",
            hint="Write https:// and a host from COUNSEL_ALLOWED_HOSTS, nothing after it.",
            id="counsel.E002",
        )
    ]


def https(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.HTTPS:
        return []
    return [Error("COUNSEL_BASE_URL must start with https://.", id="counsel.E003")]


def content_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"Content key {key_id!r} is not a random key of its own.",
            hint="Make one with: head -c 32 /dev/urandom | base64",
            id="counsel.E004",
        )
        for key_id, key in settings.CONTENT_KEYS.items()
        if len(set(key)) < _FEWEST_BYTES or key in _derived_from(settings.SECRET_KEY)
    ]


def keys_apart(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    path = os.environ.get("COUNSEL_CONTENT_KEYS_FILE")
    if not path or not Path(path).resolve().is_relative_to(settings.VAR_DIR.resolve()):
        return []
    return [
        Warning(
            "The file of the content keys lies in the folder with the data.",
            hint="Whoever copies the folder has both: keep, and back up, the keys elsewhere.",
            id="counsel.W004",
        )
    ]


def _derived_from(secret: str) -> set[bytes]:
    """The keys that somebody in a hurry makes from the other secret."""
    raw = secret.encode()
    cuts = {raw[start : start + 32] for start in range(len(raw) - 31)}
    return cuts | {hashlib.sha256(raw).digest(), hashlib.blake2s(raw).digest()}


def desk_leaves_sealed_alone(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name!r} is encrypted: nobody can search, filter or sort by it.",
            obj=admin.__class__,
            id="counsel.E009",
        )
        for site in all_sites
        for model, admin in site._registry.items()
        for name in sorted(sought_by(admin))
        if leads_to_sealed(model, name)
    ]


def redis_password(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.REDIS_URL)
    if not settings.REDIS_URL or parts.password or parts.hostname in _LOOPBACK:
        return []
    return [Error("REDIS_URL names another machine without a password.", id="counsel.E005")]


def redis_keeps(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        forgets = how_redis_forgets()
    except RedisError:
        # Away, or not to be reached from here: /health/ready says so.
        return []
    hint = f"Limits of sign-in and tasks live in it: set maxmemory-policy to {KEEPS_ALL}."
    return [Error(f"{forgets}.", hint=hint, id="counsel.E010")] if forgets else []


def lines(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    try:
        found = help_now().chosen
    except UnfitHelpLines:
        hint = "Look at the file in COUNSEL_HELP_LINES_FILE, and at COUNSEL_HELP_COUNTRIES."
        return [Error("The help lines cannot be read.", hint=hint, id="counsel.E006")]
    return [*_blank(found), *_stale(found), *_made_up(found)]


def _blank(found: Sequence[HelpLine]) -> Iterable[CheckMessage]:
    if not found or any(sum(map(str.isdigit, line.number)) < 3 for line in found):
        yield Error(
            "“Get help now” names nobody to call.",
            hint=(
                "Choose your countries in COUNSEL_HELP_COUNTRIES, or put tried numbers into a file "
                "and name it in COUNSEL_HELP_LINES_FILE."
            ),
            id="counsel.E011",
        )


def _stale(found: Sequence[HelpLine]) -> Iterable[CheckMessage]:
    today = timezone.localdate()
    for line in found:
        if not line.is_fresh(today):
            yield Error(
                f"The help line {line.name!r} was last checked on {line.checked_on}.",
                hint="Call it, and write it with the new date into your own file of help lines.",
                id="counsel.E012",
            )


def _made_up(found: Sequence[HelpLine]) -> Iterable[CheckMessage]:
    for line in found:
        if _looks_made_up("".join(filter(str.isdigit, line.number))):
            yield Error(
                f"The number of the help line {line.name!r} looks made up.",
                hint="Call it, and write the one that answers.",
                id="counsel.E013",
            )


def _looks_made_up(digits: str) -> bool:
    """Placeholders: one digit over and over, counting up, or numbers kept for films."""
    is_one_digit = len(digits) > _SHORT_NUMBER and len(set(digits)) == 1
    is_counted = len(digits) > _SHORT_NUMBER and digits in "01234567890123456789"
    return is_one_digit or is_counted or any(part in digits for part in _FOR_FILMS)
