"""A process inside a Counsel, beside its servers: runs the Python it is sent, line by line."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import traceback
from collections.abc import Mapping

from tools.children import ROOT


class Inside:
    """`does(code)` runs it with Django set up; returns what it printed."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.inside"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def does(self, code: str) -> str:
        process = self._process
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(code) + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return str(answer["printed"]).strip()

    def end(self) -> None:
        self._process.communicate()


def serve() -> None:
    import django

    from tests import looking

    django.setup()
    looking.allow()
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)  # noqa: T201


def _run(code: str) -> dict[str, str]:
    from django.db import close_old_connections

    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            # By this name the code is a test's own, which may look at everybody's rows.
            exec(compile(code, __file__, "exec"), {})  # noqa: S102
    except Exception:
        return {"error": traceback.format_exc()}
    finally:
        close_old_connections()
    return {"printed": printed.getvalue()}


if __name__ == "__main__":
    serve()
