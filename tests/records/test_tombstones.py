"""The file of those who were erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from counsel.records.erasing import client_erase, erase_due
from counsel.records.models import Rule, Tombstone
from counsel.records.tombstones import BrokenTombstones, tombstones_read, tombstones_write
from tests.factories import make_client

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def file(settings, tmp_path):
    settings.TOMBSTONES_FILE = tmp_path / "apart" / "tombstones.jsonl"
    return settings.TOMBSTONES_FILE


def erase(**fields):
    return client_erase(client=make_client(**fields), rule=Rule.NOTHING_TO_KEEP, now=NOW)


def test_it_is_written_with_the_erasure_and_says_keys_and_a_time(
    file, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        stone = erase(name="Anna Bell", email="anna@example.org")
    [line] = file.read_text().splitlines()
    assert json.loads(line) == {
        "client_id": str(stone.client_id),
        "counsellor_id": str(stone.counsellor_id),
        "erased_at": "2030-01-07T09:00:00+00:00",
        "rule": "nothing to keep",
        "hash": stone.hash,
    }
    assert file.stat().st_mode & 0o077 == 0


def test_what_a_crash_kept_from_it_the_next_run_adds_once(file):
    stones = {erase().client_id, erase().client_id}
    assert not file.exists()
    erase_due()
    erase_due()
    assert {stone.client_id for stone in tombstones_read()} == stones
    assert len(file.read_text().splitlines()) == 2


def test_a_line_that_was_cut_off_is_written_again(file):
    erase()
    tombstones_write()
    whole = file.read_text()
    file.write_text(whole[:-20])
    assert tombstones_write() == 1
    assert file.read_text() == whole


@pytest.mark.parametrize(
    "damage",
    ids=["another rule", "cut", "an empty line", "a list", "no key"],
    argvalues=[
        lambda line: line.replace("nothing to keep", "kept long enough"),
        lambda line: line[:-20] + "\n",
        lambda line: "\n" + line,
        lambda line: "[]\n",
        lambda line: '{"client_id": 1}\n',
    ],
)
def test_a_damaged_line_is_refused_and_never_written_over(file, damage):
    erase()
    tombstones_write()
    file.write_text(damage(file.read_text()))
    damaged = file.read_text()
    for use in (tombstones_read, tombstones_write):
        with pytest.raises(BrokenTombstones, match="line 1"):
            use()
    assert file.read_text() == damaged


def test_a_file_that_is_not_there_is_no_empty_one(file):
    with pytest.raises(BrokenTombstones, match="not there"):
        tombstones_read()
    tombstones_write()
    assert tombstones_read() == [] and not Tombstone.objects.exists()
