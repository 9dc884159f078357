"""Whether a test has time for all of it.

`make test` is to end within two minutes, so where many cases are dear it tries those that decide.
`make test-services` tries them all, except where it is told to be quick: a change is to be through
all of `.ci/run` within twenty minutes.
"""

from __future__ import annotations

import os

IS_QUICK = bool(os.environ.get("COUNSEL_QUICK"))
THOROUGH = bool(os.environ.get("COUNSEL_TEST_SERVICES")) and not IS_QUICK
