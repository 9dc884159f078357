"""`python -m drills.writers <number> <file>`: somebody who writes and writes, until asked to stop.

Each thing that was saved is told in the file, after its commit: {"model", "pk", "field", "words"}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import django
from django.db.models import Model

# Faster than any practice writes; without it nobody else would get to the one writer's lock of
# SQLite for seconds.
PAUSE = 0.05


def main(number: int, file: Path) -> None:
    from clients.models import Client
    from exercises.models import ExerciseVersion
    from exercises.services import journal, practising
    from sessions.models import ConsultationNote
    from sessions.services import notes

    stopping = _Stopping()
    everybody = Client._base_manager.select_related("counsellor").order_by("email")
    client = everybody.filter(user__isnull=False)[number]
    version = ExerciseVersion.objects.filter(exercise__slug="journal").latest("number")
    (page,) = version.steps_asked(smaller=False)
    thoughts = notes.process_note_begin(client=client, author=client.counsellor)
    signed = ConsultationNote._base_manager.filter(signed_at__isnull=False).order_by("pk")[number]
    with file.open("a", encoding="utf-8") as told:

        def tell(row: Model, field: str, words: Any) -> None:
            line = {"model": row._meta.label, "pk": str(row.pk), "field": field, "words": words}
            print(json.dumps(line), file=told, flush=True)

        for turn in count():
            words = f"Turn {turn} of writer {number}: warm hands, a tight throat."
            entry = journal.journal_begin(client=client, version=version, assignment=None)
            practising.entry_save_step(entry=entry, step=page, raw={"text": words})
            practising.entry_submit(entry=entry, sharing="shared")
            tell(entry, "answers", {"text": words})
            notes.process_note_save(note=thoughts, version=thoughts.version, text=words)
            tell(thoughts, "text", words)
            tell(notes.note_add(note=signed, author=signed.author, text=words), "text", words)
            if stopping.asked:
                return
            time.sleep(PAUSE)


class _Stopping:
    """Between two turns, so that all that was saved is told."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counsel.settings")
    django.setup()
    main(int(sys.argv[1]), Path(sys.argv[2]))
