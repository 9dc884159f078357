"""`make check`: everything that can be found out without running the product."""

from __future__ import annotations

import os
import subprocess
import tempfile
from datetime import date
from pathlib import Path

from tools.children import ROOT
from tools.say import line

Command = list[str | Path]


def run(python: Path) -> int:
    """Runs every check even when one fails: a person wants to see all that is wrong at once."""
    tool = python.parent
    manage: Command = [python, "manage.py"]
    plain = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with tempfile.TemporaryDirectory() as folder:
        steps: list[tuple[str, Command, dict[str, str]]] = [
            ("style", [tool / "ruff", "check", "."], plain),
            ("format", [tool / "ruff", "format", "--check", "."], plain),
            ("types", [tool / "mypy"], plain),
            ("imports", [tool / "lint-imports", "--no-logo"], plain),
            ("templates", [tool / "djade", "--check", *_templates()], plain),
            ("evidence", [python, "-m", "tools.evidence"], plain),
            ("roles", [python, "-m", "tools.roles", "--check"], plain),
            ("expanding", [python, "-m", "tools.expanding"], plain),
            ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], plain),
            ("system", [*manage, "check", "--fail-level", "WARNING"], plain),
            (
                "deployment",
                [*manage, "check", "--deploy", "--fail-level", "WARNING"],
                _production(folder),
            ),
        ]
        wrong = [name for name, command, env in steps if not _passes(name, command, env)]
    line(f"\nWrong: {', '.join(wrong)}" if wrong else "\nAll checks pass.")
    return 1 if wrong else 0


def _passes(name: str, command: Command, env: dict[str, str]) -> bool:
    line(f"\n── {name}")
    return subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL).returncode == 0


def _templates() -> list[Path]:
    return sorted(path.relative_to(ROOT) for path in (ROOT / "templates").rglob("*.html"))


def _production(folder: str) -> dict[str, str]:
    """What a practice sets behind its proxy; nothing is connected to."""
    lines = Path(folder) / "help_lines.toml"
    lines.write_text(f'[[line]]\nname = "x"\nnumber = "112"\nchecked_on = {date.today()}\n')
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "counsel.settings",
        "COUNSEL_DEBUG": "false",
        "COUNSEL_SECRET_KEY": "8Zk-nT3w_qLr5vXy0JbUeH7sGfMa2DcQ9iPoKl4WtRzVx6BnYu1EhS",
        "COUNSEL_CONTENT_KEYS": "k1:3q2+7wARIjNEVWZ3iJmqu8zd7v8BI0VniavN7xAyVHY=",
        "COUNSEL_BASE_URL": "https://practice.example",
        "COUNSEL_ALLOWED_HOSTS": "practice.example",
        "COUNSEL_TRUSTED_PROXIES": "1",
        "COUNSEL_HELP_LINES_FILE": str(lines),
        "COUNSEL_VAR": folder,
        "COUNSEL_MAIL_URL": "smtps://me:word@mail.example:465",
        "COUNSEL_SMS_URL": "https://texts.example/",
        "COUNSEL_SMS_TOKEN": "word",
        "COUNSEL_VAPID_KEY": "yiJQ3aMQc5tZTsudeQvSAxbYxwhpPY70cdoY-ayXrmk",
        "COUNSEL_VAPID_CONTACT": "somebody@example.org",
        "DATABASE_URL": "postgresql://counsel@127.0.0.1/counsel",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
