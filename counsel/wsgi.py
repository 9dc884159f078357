from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counsel.settings")

application = get_wsgi_application()

from counsel.keys.starting import web_starts  # noqa: E402 (needs what the line above sets up)

web_starts()
