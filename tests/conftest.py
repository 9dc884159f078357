"""What every test stands on: Hypothesis profiles and, later, databases of their own."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("default", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("ci" if os.environ.get("CI") else "default")
