"""A break-in is acted out, and what the one command lists is compared with what was done."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse

from counsel.audit.models import AccessEvent
from tests.audit.test_services import without_guard
from tests.factories import PASSWORD, make_client, make_counsellor
from tests.proving import proved

pytestmark = pytest.mark.django_db
BEGAN = datetime(2030, 1, 7, 2, tzinfo=UTC)
THIEF = "203.0.113.9"
WINDOW = ("--from", "2030-01-07T02:00", "--until", "2030-01-07T03:00")


@pytest.fixture
def attack():
    """Somebody guesses a password, reads two records and changes one; others work meanwhile."""
    cache.clear()
    counsellor = make_counsellor()
    counsellor.user.set_password(PASSWORD)
    counsellor.user.save()
    clients = [make_client(counsellor=counsellor) for _number in range(3)]
    with time_machine.travel(BEGAN - timedelta(hours=1), tick=False) as clock:
        look(counsellor.user, clients[2], "192.0.2.1")
        clock.move_to(BEGAN)
        for word in ("one", "two"):
            sent = {"login": counsellor.user.email, "password": word}
            Browser(REMOTE_ADDR=THIEF).post("/accounts/login/", sent)
        for client in clients[:2]:
            clock.shift(timedelta(minutes=1))
            look(counsellor.user, client, THIEF)
        look(make_counsellor().user, make_client(), "192.0.2.2", whose=clients[0])
        look(counsellor.user, clients[2], "192.0.2.1")
        clock.move_to(BEGAN + timedelta(hours=1))
        look(counsellor.user, clients[2], THIEF)
    return counsellor.user, clients


def look(user, client, ip, whose=None):
    browser = proved(user)
    browser.defaults["REMOTE_ADDR"] = ip
    browser.get(reverse("admin:clients_client_change", args=[(whose or client).pk]))


def listed(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def run(path, *narrowed):
    call_command("access_evidence", *WINDOW, *narrowed, "--to", str(path))
    return listed(path)


def test_the_list_is_what_was_done_and_no_more(attack, tmp_path, capsys):
    user, clients = attack
    rows = run(tmp_path / "all.jsonl", "--ip", THIEF, "--user", user.email.upper())
    refused = [row for row in rows if row["verb"] == "refuse"]
    assert [row["at_utc"] for row in refused] == ["2030-01-07T02:00:00.000000Z"] * 2
    read = [(row["client_id"], row["at_utc"]) for row in rows if row["verb"] == "read"]
    assert {pk for pk, _at in read} == {str(client.pk) for client in clients[:2]}
    assert {at[11:16] for _pk, at in read} == {"02:01", "02:02"}
    assert {(row["actor"], row["ip"]) for row in rows} == {(user.email, THIEF)}
    within = AccessEvent.objects.filter(
        at__gte=BEGAN, at__lt=BEGAN + timedelta(hours=1), ip=THIEF, actor=user
    )
    truth = within.order_by("sequence").values_list("sequence", "hash")
    assert [(row["sequence"], row["hash"]) for row in rows] == list(truth)
    said = capsys.readouterr().out
    assert "clients:      2 whose record" in said and "refuse: 2 (clients: 0)" in said
    digest = hashlib.sha256((tmp_path / "all.jsonl").read_bytes()).hexdigest()
    assert digest in said and said == (tmp_path / "all.summary.txt").read_text()
    assert "whole: each event" in said


def test_it_narrows_to_one_client_and_everything_is_more(attack, tmp_path):
    _user, clients = attack
    one = run(tmp_path / "one.jsonl", "--client", str(clients[0].pk))
    assert one and {row["client_id"] for row in one} == {str(clients[0].pk)}
    everything = run(tmp_path / "every.jsonl")
    assert {"192.0.2.1", THIEF} <= {row["ip"] for row in everything}
    assert "2030-01-07T03:00" not in str(everything) and "T01:" not in str(everything)


def test_a_table_holds_the_same_and_nothing_to_reckon(attack, tmp_path):
    rows = run(tmp_path / "list.jsonl")
    call_command("access_evidence", *WINDOW, "--to", str(tmp_path / "table.csv"))
    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    told = [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
    assert table == told
    assert (tmp_path / "table.csv").stat().st_mode & 0o777 == 0o600


def test_what_was_altered_breaks_the_proof_wherever_it_is(attack, tmp_path):
    without_guard("UPDATE audit_accessevent SET ip = '192.0.2.9' WHERE sequence = 2")
    with pytest.raises(CommandError, match="not as it was written"):
        run(tmp_path / "broken.jsonl")
    assert "BROKEN: event 2 " in (tmp_path / "broken.summary.txt").read_text()


def test_that_the_log_was_read_is_in_the_log_and_no_file_is_written_over(attack, tmp_path):
    count = AccessEvent.objects.count()
    run(tmp_path / "a.jsonl")
    assert AccessEvent.objects.count() == count + 1
    assert AccessEvent.objects.first().reason == "evidence"
    for refused in (("a.jsonl",), ("a.xlsx",), ("b.csv", "--user", "nobody@example.org")):
        name, *more = refused
        with pytest.raises(CommandError):
            call_command("access_evidence", *WINDOW, *more, "--to", str(tmp_path / name))
