"""Whether a test has time for all of it.

`make test` is to end within two minutes, so where many cases are dear it tries those that decide.
`make test-services` tries them all.
"""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("COUNSEL_TEST_SERVICES"))
