"""Whom to call: the numbers we ship, whose stand first, and that nothing keeps the page shut."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine

from counsel import checks
from counsel.common.help_lines import COUNTRIES_FILE, help_now
from tests.thorough import THOROUGH

ROOT = Path(__file__).resolve().parents[2]
# As they stand in `counsel/help_countries.toml`: whoever changes one there changes it here too.
KNOWN = {
    "GB": ("999", ["116 123"]),
    "IE": ("112", ["116 123"]),
    "US": ("911", ["988"]),
    "CA": ("911", ["988"]),
    "AU": ("000", ["13 11 14"]),
    "NZ": ("111", ["1737"]),
    "IN": ("112", ["14416"]),
    "DE": ("112", ["0800 111 0 111"]),
    "EU": ("112", []),
}
OWN = '[[line]]\nname = "Night line"\nnumber = "{number}"\nchecked_on = 2030-01-07\n'


@pytest.fixture(autouse=True)
def _soon_after_they_were_checked():
    with time_machine.travel("2026-12-02T12:00Z", tick=False):
        yield


@pytest.fixture
def chosen(settings, tmp_path):
    def choose(*countries, own=""):
        settings.HELP_COUNTRIES = list(countries)
        settings.HELP_LINES_FILE = tmp_path / f"{abs(hash(own))}.toml"
        settings.HELP_LINES_FILE.write_text(own)

    return choose


def page(client):
    return client.get("/help/").content.decode().split("<main")[1].split("</main>")[0]


def asked(day):
    with time_machine.travel(f"{day}T12:00Z", tick=False):
        return [message.id for message in checks.lines(None)]


def test_the_numbers_we_ship_are_these_each_with_a_source_and_a_day(chosen):
    chosen(*KNOWN)
    countries = help_now().countries
    assert {
        row.code: (row.emergency, [line.number for line in row.lines]) for row in countries
    } == KNOWN
    for line in help_now().chosen:
        assert line.source.startswith("https://"), line
        assert line.checked_on.year >= 2026, line
    assert asked(max(line.checked_on for line in help_now().chosen)) == []


# No django_db mark here and below: a query would fail these.
def test_every_number_is_one_tap_whatever_the_country(client, chosen):
    chosen()
    shown = page(client)
    for emergency, numbers in KNOWN.values():
        for number in (emergency, *numbers):
            assert f'href="tel:{number.replace(" ", "")}"' in shown
    assert 'href="sms:0477131114"' in shown
    assert "Checked on 1 December 2026" in shown
    assert "<script" not in shown


def test_the_countries_of_the_practice_stand_first_and_open(client, chosen):
    chosen("AU", "NZ")
    before, others = page(client).split('id="elsewhere"')
    assert re.findall(r'href="tel:(\d+)"', before) == ["000", "131114", "111", "1737"]
    assert "Australia" not in others and "United Kingdom" in others


def test_its_own_lines_come_before_them_and_no_number_comes_twice(client, chosen):
    chosen("GB", own='emergency = "112"\n' + OWN.format(number="116123"))
    before = page(client).split('id="elsewhere"')[0]
    assert re.findall(r'href="tel:(\d+)"', before) == ["112", "116123", "999"]
    assert "Night line" in before and "Samaritans" not in before


def test_a_country_that_is_not_known_is_asked_for_and_keeps_nothing_shut(client, chosen):
    chosen("GB", "ZZ")
    assert asked("2026-12-02") == ["counsel.E006"]
    assert 'href="tel:116123"' in page(client)


def test_the_lines_of_the_chosen_countries_are_asked_for_again_in_time(chosen):
    chosen("GB")
    assert asked("2027-05-30") == []
    assert asked("2027-05-31") == ["counsel.E012"]
    chosen("GB", own=OWN.format(number="116 123"))
    assert asked("2030-01-08") == []
    chosen()
    assert asked("2027-05-31") == ["counsel.E011"]
    chosen("EU")
    assert asked("2026-12-02") == ["counsel.E011"]


def test_of_a_country_nobody_looks_after_no_old_number_is_shown(client, chosen):
    chosen("GB")
    with time_machine.travel("2027-05-31T12:00Z", tick=False):
        before, others = page(client).split('id="elsewhere"')
    assert 'href="tel:116123"' in before
    assert 'href="tel:131114"' not in others and 'href="tel:000"' in others


def test_the_page_opens_where_no_file_can_be_read(client, settings, monkeypatch, tmp_path):
    settings.HELP_LINES_FILE, settings.HELP_COUNTRIES = tmp_path / "nothing.toml", ["GB"]
    assert 'href="tel:116123"' in page(client)
    monkeypatch.setattr("counsel.common.help_lines._countries", _unreadable)
    assert 'href="tel:112"' in page(client)
    assert COUNTRIES_FILE.exists()


def _unreadable():
    from counsel.common.help_lines import UnfitHelpLines

    raise UnfitHelpLines


def test_it_opens_with_the_database_stopped_and_other_pages_lead_to_it(tmp_path):
    """The real server program, its database at a port where nothing answers."""
    asks = (
        "from counsel.wsgi import application\n"
        "from django.test import RequestFactory\n"
        "from django.core.handlers.wsgi import WSGIRequest\n"
        "for path in ('/help/', '/c/maya/', '/accounts/login/'):\n"
        "    environ = RequestFactory(HTTP_HOST='practice.example').get(path).environ\n"
        "    environ |= {'wsgi.url_scheme': 'https', 'HTTP_X_FORWARDED_PROTO': 'https'}\n"
        "    told = []\n"
        "    body = b''.join(application(environ, lambda status, headers: told.append(status)))\n"
        "    print(path, told[0][:3], b'href=\"/help/\"' in body, b'href=\"tel:' in body)\n"
    )
    files = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    paths = {name: name for name in (str(path.relative_to(ROOT / "static")) for path in files)}
    manifest = {"version": "1.1", "hash": "", "paths": paths}
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").write_text(json.dumps(manifest))
    done = subprocess.run(
        [sys.executable, "-c", asks],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "counsel.settings",
            "COUNSEL_SECRET_KEY": "8Zk-nT3w_qLr5vXy0JbUeH7sGfMa2DcQ9iPoKl4WtRzVx6BnYu1EhS",
            "COUNSEL_CONTENT_KEYS": "k1:3q2+7wARIjNEVWZ3iJmqu8zd7v8BI0VniavN7xAyVHY=",
            "COUNSEL_BASE_URL": "https://practice.example",
            "COUNSEL_ALLOWED_HOSTS": "practice.example",
            "COUNSEL_TRUSTED_PROXIES": "1",
            "COUNSEL_VAR": str(tmp_path),
            "DATABASE_URL": "postgresql://counsel@127.0.0.1:9/counsel",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [
        "/help/ 200 True True",
        "/c/maya/ 503 True False",
        "/accounts/login/ 503 True False",
    ], done.stderr[-2000:]


@pytest.mark.services
@pytest.mark.skipif(not THOROUGH, reason="it takes a minute or more")
def test_it_opens_when_the_database_goes_away_under_a_server_that_has_spoken_to_it():
    command = [sys.executable, "-m", "drills", "--store", "postgresql", "away"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "also of a server that starts meanwhile" in done.stdout
