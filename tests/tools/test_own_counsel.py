from __future__ import annotations

import subprocess
import sys

from tools.children import ROOT

COUNT = "from counsel.accounts.models import User; print(User.objects.count())"
ADD = "from counsel.accounts.models import User; User.objects.create(email='a@example.org')"


def shell(env, code):
    manage = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code]
    done = subprocess.run(manage, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_it_gives_other_processes_an_empty_database_they_share(counsel_env):
    assert shell(counsel_env, f"{COUNT}; {ADD}") == "0"

    assert shell(counsel_env, COUNT) == "1"
