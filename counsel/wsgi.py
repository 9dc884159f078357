from __future__ import annotations

import os
from typing import Any

from django.core.wsgi import get_wsgi_application

from counsel.common import wall
from counsel.common.room import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counsel.settings")

wall.close_by_default()
_answer = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    return with_room(_answer, environ, start_response)


from counsel.keys.starting import web_starts  # noqa: E402 (needs what the line above sets up)

web_starts()
