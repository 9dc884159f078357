"""The real processes, told a wrong key: none of them comes up, and each says why in a sentence."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest

from tools.children import ROOT

WRONG = "k1:" + base64.b64encode(b"w" * 32).decode()
SENTENCE = "Content key 'k1' is not the key of that name that this database was sealed with"


@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import counsel.wsgi"],
        ["-m", "celery", "-A", "counsel", "worker", "--pool", "solo"],
        ["manage.py", "send_due"],
        ["manage.py", "migrate"],
        ["manage.py", "keys"],
        ["manage.py", "rotate_keys"],
    ],
    ids=lambda command: command[-1].rpartition(" ")[-1],
)
@pytest.mark.services
def test_it_does_not_start(counsel_env, command):
    env = {**counsel_env, "COUNSEL_CONTENT_KEYS": WRONG}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )
    said = done.stdout + done.stderr
    assert done.returncode
    assert SENTENCE in said
    assert WRONG.partition(":")[2] not in said
