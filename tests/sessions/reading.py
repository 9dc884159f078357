"""What somebody reads on a page."""

from __future__ import annotations

import re


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
