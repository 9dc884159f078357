"""The broker of the embedded Counsel: messages as files, each there whole or not at all."""

from __future__ import annotations

import logging
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Kombu expects them to be there; settings must not touch the disk.
        for folder in (self.data_folder_in, self.data_folder_out, self.control_folder):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)

    def _get(self, queue: str) -> dict[str, Any]:  # type: ignore[override]
        """What a power cut has left half-written would end the worker: it is dropped, and the
        next tick does its work."""
        while True:
            try:
                message = super()._get(queue)
            except ValueError:
                message = None
            if isinstance(message, dict) and {"body", "properties"} <= message.keys():
                return message
            logger.warning("a broken message was left out")

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Kombu writes into the file that the worker already sees: read half-way, it ends the
        worker with a decoding error. Renaming shows the worker complete messages alone."""
        folder = Path(self.data_folder_out)
        file = folder / f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        unfinished = file.with_suffix(".new")
        unfinished.write_text(dumps(payload))
        unfinished.rename(file)


class Transport(filesystem.Transport):
    Channel = Channel
