"""Whether Redis keeps what it is given: the broker's messages and the limits of sign-in live there.

One that is full and set to make room throws away whatever it likes; it must refuse instead.
"""

from __future__ import annotations

from django.conf import settings
from redis import Redis

KEEPS_ALL = "noeviction"
_SECONDS = 3


def how_redis_forgets() -> str:
    """In words, where Redis would throw keys away when it is full; empty where it keeps them.

    Raises redis.RedisError where it cannot be asked.
    """
    if not settings.REDIS_URL:
        return ""
    with Redis.from_url(
        settings.REDIS_URL, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
    ) as server:
        # Not CONFIG, which many refuse to whoever merely uses them.
        policy = server.info("memory").get("maxmemory_policy", KEEPS_ALL)
    return "" if policy == KEEPS_ALL else f"Redis throws keys away when full ({policy})"
