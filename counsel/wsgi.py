from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from counsel.common import wall

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counsel.settings")

wall.close_by_default()
application = get_wsgi_application()

from counsel.keys.starting import web_starts  # noqa: E402 (needs what the line above sets up)

web_starts()
