from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.contrib.admin import AdminSite, ModelAdmin

from counsel import checks
from sessions.models import TalkingPoint

ROOT = Path(__file__).resolve().parents[2]
SECRET = "8Zk-nT3w_qLr5vXy0JbUeH7sGfMa2DcQ9iPoKl4WtRzVx6BnYu1EhS"
LINE = '[[line]]\nname = "Anybody"\nnumber = "{number}"\nchecked_on = {day}\n'


def key_text(key: bytes) -> str:
    return "k1:" + base64.b64encode(key).decode()


def check_deploy(folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Runs the real command, with what a practice sets behind its proxy, less `changes`."""
    lines = folder / "help.toml"
    lines.write_text(LINE.format(number="112", day=date.today()))
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "counsel.settings",
        "COUNSEL_SECRET_KEY": SECRET,
        "COUNSEL_CONTENT_KEYS": key_text(hashlib.sha256(b"not that one").digest()),
        "COUNSEL_BASE_URL": "https://practice.example",
        "COUNSEL_ALLOWED_HOSTS": "practice.example",
        "COUNSEL_TRUSTED_PROXIES": "1",
        "COUNSEL_HELP_LINES_FILE": str(lines),
        "COUNSEL_VAR": str(folder),
        "COUNSEL_MAIL_URL": "smtps://me:word@mail.example:465",
        "DATABASE_URL": "postgresql://counsel@127.0.0.1/counsel",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        **changes,
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def ids(found) -> list[str]:
    return [message.id for message in found]


@pytest.fixture
def help_file(tmp_path, settings):
    def write(text: str) -> None:
        settings.HELP_LINES_FILE = tmp_path / f"{hashlib.sha256(text.encode()).hexdigest()}.toml"
        settings.HELP_LINES_FILE.write_text(text)

    return write


def test_it_lets_a_safe_practice_open(tmp_path):
    done = check_deploy(tmp_path)
    assert done.returncode == 0, done.stderr


def test_it_keeps_an_unsafe_practice_shut(tmp_path):
    """All that is unsafe at once: what each check looks at is told below, one by one."""
    done = check_deploy(
        tmp_path,
        COUNSEL_DEBUG="true",
        COUNSEL_BASE_URL="http://practice.example",
        COUNSEL_SECRET_KEY="dev" * 20,
        COUNSEL_CONTENT_KEYS=key_text(hashlib.sha256(b"dev" * 20).digest()),
        COUNSEL_HELP_LINES_FILE="/nowhere",
    )
    assert done.returncode != 0
    told = set(re.findall(r"\((\w+\.[EW]\d+)\)", done.stderr))
    assert told >= {
        "security.W018",
        "counsel.E003",
        "security.W009",
        "counsel.E004",
        "counsel.E006",
    }


def test_it_does_not_start_with_a_short_secret(tmp_path):
    done = check_deploy(tmp_path, COUNSEL_SECRET_KEY="short")
    assert done.returncode != 0
    assert "40 characters" in done.stderr


@pytest.mark.parametrize(
    ("backend", "found"),
    [
        ("django.core.cache.backends.locmem.LocMemCache", ["counsel.E001"]),
        ("django.core.cache.backends.dummy.DummyCache", ["counsel.E001"]),
        ("django.core.cache.backends.db.DatabaseCache", []),
        ("django.core.cache.backends.redis.RedisCache", []),
    ],
)
def test_it_wants_a_cache_that_all_processes_share(settings, backend, found):
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "x"}}
    assert ids(checks.shared_cache(None)) == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://practice.example", []),
        ("https://practice.example:8443", []),
        ("https://elsewhere.example", ["counsel.E002"]),
        ("practice.example", ["counsel.E002"]),
        ("https://practice.example/path", ["counsel.E002"]),
        ("ftp://practice.example", ["counsel.E002"]),
    ],
)
def test_it_wants_an_address_of_this_practice(settings, address, found):
    settings.ALLOWED_HOSTS, settings.BASE_URL = ["practice.example"], address
    assert ids(checks.base_url(None)) == found


@pytest.mark.parametrize(
    "key", [b"0" * 32, SECRET.encode()[:32], SECRET.encode()[-32:], bytes(range(8)) * 4]
)
def test_it_wants_content_keys_that_are_random_and_their_own(settings, key):
    settings.SECRET_KEY, settings.CONTENT_KEYS = SECRET, {"k1": key}
    assert ids(checks.content_keys(None)) == ["counsel.E004"]


@pytest.mark.parametrize(("path", "found"), [("", []), ("keys", ["counsel.W004"]), ("../keys", [])])
def test_it_wants_the_keys_apart_from_the_data(settings, monkeypatch, tmp_path, path, found):
    settings.VAR_DIR = tmp_path / "var"
    monkeypatch.setenv("COUNSEL_CONTENT_KEYS_FILE", str(settings.VAR_DIR / path) if path else "")
    assert ids(checks.keys_apart(None)) == found


@pytest.mark.parametrize(
    ("look", "found"),
    [
        ({}, []),
        ({"search_fields": ["name", "client__email"]}, []),
        ({"search_fields": ["text"]}, ["counsel.E009"]),
        ({"search_fields": ["=client__emergency_contact"]}, ["counsel.E009"]),
        ({"list_filter": [("client__phone", object)]}, ["counsel.E009"]),
        ({"ordering": ["-text"]}, ["counsel.E009"]),
        ({"list_display": ["text"]}, ["counsel.E009"]),
    ],
)
def test_the_desk_seeks_by_nothing_encrypted(monkeypatch, look, found):
    site = AdminSite()
    site.register(TalkingPoint, type("Talking", (ModelAdmin,), look))
    monkeypatch.setattr(checks, "all_sites", [site])
    assert ids(checks.desk_leaves_sealed_alone(None)) == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("", []),
        ("redis://127.0.0.1/0", []),
        ("redis://:word@10.0.0.5/0", []),
        ("redis://10.0.0.5/0", ["counsel.E005"]),
    ],
)
def test_it_wants_a_password_for_redis_elsewhere(settings, url, found):
    settings.REDIS_URL = url
    assert ids(checks.redis_password(None)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LINE.format(number="112", day="2030-01-07"), []),
        (LINE.format(number="112", day="2029-07-11"), []),
        (LINE.format(number="112", day="2029-07-10"), ["counsel.E012"]),
        (LINE.format(number="…", day="2030-01-07"), ["counsel.E011"]),
        (LINE.format(number="112", day="2030-01-08"), ["counsel.E012"]),
        (LINE.format(number="111", day="2030-01-07"), []),
        (LINE.format(number="116 123", day="2030-01-07"), []),
        (LINE.format(number="12345 678", day="2030-01-07"), ["counsel.E013"]),
        (LINE.format(number="0000 0000", day="2030-01-07"), ["counsel.E013"]),
        (LINE.format(number="+44 7700 900123", day="2030-01-07"), ["counsel.E013"]),
        (LINE.format(number="(212) 555-0142", day="2030-01-07"), ["counsel.E013"]),
        ('emergency = "999"\n' + LINE.format(number="112", day="2030-01-07"), []),
        ('emergency = ""\n' + LINE.format(number="112", day="2030-01-07"), ["counsel.E006"]),
        ("", ["counsel.E011"]),
        ("[[line]]\nname = 1", ["counsel.E006"]),
        (LINE.format(number="112", day="2030-01-07T00:00:00"), ["counsel.E006"]),
        ("not toml", ["counsel.E006"]),
    ],
)
def test_it_asks_for_help_lines_that_somebody_has_called(help_file, text, found):
    help_file(text)
    with time_machine.travel("2030-01-07T12:00Z", tick=False):
        assert ids(checks.lines(None)) == found
