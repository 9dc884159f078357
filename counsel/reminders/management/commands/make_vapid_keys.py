from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from counsel.common.vapid import vapid_key_make

WORDS = """\
# For notifications to clients' devices. Keep the key: with another one every device has to be
# turned on anew. The contact is shown to the browsers' push services and nobody else.
COUNSEL_VAPID_KEY={key}
COUNSEL_VAPID_CONTACT=mailto:somebody@your-domain
"""


class Command(BaseCommand):
    help = "Makes a key for notifications, and prints the settings. Nothing is changed."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(WORDS.format(key=vapid_key_make().private), ending="")
