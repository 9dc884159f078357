from __future__ import annotations

from datetime import date

import pytest

from tools import audit
from tools.say import Problem


def test_the_django_that_is_locked_is_looked_after():
    audit.require_supported(audit.LOCKED.read_text(), date.today())


@pytest.mark.parametrize("locked", ["django==5.2.19 \\\n", "django==4.2.1 \\\n", "celery==5.7\n"])
def test_an_old_or_unknown_one_stops_a_release(locked):
    with pytest.raises(Problem):
        audit.require_supported(locked, date(2028, 5, 1))


def test_without_a_network_it_says_that_nothing_was_looked_at(monkeypatch):
    monkeypatch.setattr(audit.venv, "create", lambda folder, with_pip: None)
    # As pip ends when it reaches nobody.
    monkeypatch.setattr(audit.subprocess, "run", lambda command, **kwargs: _Ended(1))
    with pytest.raises(Problem, match="nothing was looked at"):
        audit.run([])


class _Ended:
    def __init__(self, returncode):
        self.returncode = returncode
