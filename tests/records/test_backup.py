"""A backup is restored: all of it, or nothing, and nobody who was erased since."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from base64 import b64encode
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from counsel.records.backup.sums import sums_write
from tests.records.somebody import CANARY, OTHER, WREN
from tools.children import ROOT

pytestmark = pytest.mark.django_db
BESIDE = {"cwd": ROOT, "text": True, "stdout": subprocess.PIPE}


def acts(env, *words):
    """What each of them said, by one process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.records.somebody", *words],
        env=env,
        stderr=subprocess.PIPE,
        **BESIDE,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    # Nor does anybody's log speak of them.
    assert WREN not in done.stderr and f"{CANARY}@" not in done.stderr
    return done.stdout.splitlines()


@contextmanager
def another_machine(env, folder):
    """With the same keys and the same list of the erased, and nothing else."""
    env = {**env, "COUNSEL_TOMBSTONES": f"{env['COUNSEL_VAR']}/tombstones.jsonl"}
    env["COUNSEL_VAR"] = str(folder)
    if not os.environ.get("DATABASE_URL"):
        yield {**env, "DATABASE_URL": f"sqlite:///{folder}/counsel.sqlite3"}
        return
    name = f"counsel_{uuid.uuid4().hex}"
    where = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield {**env, "DATABASE_URL": where}
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty(counsel_env, tmp_path):
    with another_machine(counsel_env, tmp_path / "new") as env:
        yield env


@pytest.fixture
def kept(counsel_env, tmp_path, tmp_path_factory):
    """A practice, with backups of before and after somebody was erased."""
    apart = tmp_path_factory.mktemp("backups")
    before, after = apart / "before", apart / "after"
    raw = _raw(counsel_env, tmp_path)
    said = acts(counsel_env, "make", f"backup {before}")
    was = speaking_of(WREN, *raw())
    said += acts(counsel_env, "erase", f"backup {after}")
    return SimpleNamespace(before=before, after=after, said=said, was=was, now=raw())


def _raw(env, tmp_path):
    """What is on the disk of PostgreSQL is its own; a dump in plain text says what it holds."""

    def raw():
        if env["DATABASE_URL"].startswith("postgresql"):
            file = tmp_path / "dump.sql"
            subprocess.run(["pg_dump", "--file", file, env["DATABASE_URL"]], check=True)
            return [file, Path(env["COUNSEL_VAR"])]
        return [Path(env["COUNSEL_VAR"])]

    return raw


def speaking_of(mark, *places):
    files = [
        path
        for place in places
        for path in (place.rglob("*") if place.is_dir() else [place])
        if path.is_file()
    ]
    return {path.name for path in files if mark.lower().encode() in path.read_bytes().lower()}


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def changed(backup, **values):
    """A manifest that is whole, and says something else."""
    manifest = json.loads((backup / "manifest.json").read_text())
    (backup / "manifest.json").write_text(json.dumps({**manifest, **values}))
    sums_write(backup)


def test_an_old_backup_brings_nobody_back_and_all_else(counsel_env, empty, kept):
    assert kept.said[2] == "1"
    # Not in the database's own file, in no kept mail or log, and in no backup from then on.
    assert kept.was and speaking_of(WREN, *kept.now, kept.after) == set()
    assert speaking_of(CANARY, *kept.now) and kept.after.stat().st_mode & 0o077 == 0
    said = acts(
        empty, f"restore {kept.before}", "left", f"restore {kept.before}", f"backup {kept.before}"
    )
    assert said[0].endswith("1 erased since are erased again.")
    assert said[1] == f"(False, True, '{OTHER}')"
    assert said[2].startswith("refused: ") and "is there already" in said[3]


def test_what_cannot_be_restored_is_refused_before_anything_is_written(empty, kept, tmp_path):
    def refused(*words, **env):
        said = acts({**empty, **env}, *words)
        assert all(line.startswith("refused: ") for line in said), said
        if empty["DATABASE_URL"].startswith("sqlite"):
            assert not list(Path(empty["COUNSEL_VAR"]).rglob("counsel.sqlite3*"))
        return said

    backups = {name: tmp_path / name for name in ("flipped", "more", "newer", "later", "other")}
    for folder in backups.values():
        shutil.copytree(kept.after, folder)
    manifest = json.loads((kept.after / "manifest.json").read_text())
    [dump] = backups["flipped"].glob("database.*")
    flip(dump)
    (backups["more"] / "note.txt").write_text("x")
    ahead = [*manifest["migrations"], ["clients", "9999_from_the_future"]]
    changed(backups["newer"], migrations=ahead)
    changed(backups["later"], tombstones=2)
    changed(backups["other"], format="counsel-backup/9")
    said = refused(*(f"restore {folder}" for folder in backups.values()), "restore /nowhere")
    for line, words in zip(
        said,
        (
            f"{dump.name} is damaged",
            "note.txt is not in SHA256SUMS",
            "newer Counsel than this one. Not known here: clients.9999_from_the_future",
            "it is not the newest one",
            "has the form counsel-backup/9",
            "is no backup",
        ),
        strict=True,
    ):
        assert words in line
    assert manifest["key_ids"] == ["k1"]
    other_keys = empty["COUNSEL_CONTENT_KEYS"].replace("k1:", "k9:")
    [said] = refused(f"restore {kept.after}", COUNSEL_CONTENT_KEYS=other_keys)
    assert "is without keys that have sealed this backup: k1" in said
    another = f"k1:{b64encode(b'w' * 32).decode()}"
    [said] = refused(f"restore {kept.after}", COUNSEL_CONTENT_KEYS=another)
    assert "other keys under these names than this backup knows: k1" in said
    [said] = refused(f"restore {kept.after}", COUNSEL_TOMBSTONES="/nowhere")
    assert "without the list of who was erased" in said


@pytest.mark.services
def test_a_backup_is_proved_by_restoring_it_and_one_flipped_byte_is_red(counsel_env, kept):
    verify = f"verify_backup {kept.after}"
    assert acts(counsel_env, verify)[0].startswith("Verified.")
    manifest = json.loads((kept.after / "manifest.json").read_text())
    rows, head = manifest["rows"], manifest["audit_head"]
    changed(kept.after, rows={**rows, "exercises_entry": rows["exercises_entry"] + 1})
    assert "exercises_entry has" in acts(counsel_env, verify)[0]
    changed(kept.after, rows=rows, audit_head=[1, "0" * 64])
    assert "access event 1 is not the one" in acts(counsel_env, verify)[0]
    changed(kept.after, audit_head=head)
    other = counsel_env["COUNSEL_CONTENT_KEYS"].split(":")[0] + ":" + "A" * 43 + "="
    said = acts({**counsel_env, "COUNSEL_CONTENT_KEYS": other}, verify)[0]
    assert "other keys under these names" in said
    [dump] = kept.after.glob("database.*")
    flip(dump)
    assert "is damaged" in acts(counsel_env, verify)[0]
    assert acts(counsel_env, "left") == [f"(False, True, '{OTHER}')"]


@pytest.mark.services
def test_a_backup_with_a_value_that_does_not_open_is_red(counsel_env, tmp_path):
    folder = tmp_path / "damaged"
    said = acts(counsel_env, "make", "damage", f"backup {folder}", f"verify_backup {folder}")[-1]
    assert "must be: 1 of 8 values of clients.Client.phone do not open." in said


@pytest.mark.services
def test_it_is_made_while_others_write(counsel_env, tmp_path):
    backup = tmp_path / "backup"
    writing = [sys.executable, "-m", "tests.records.somebody", "write"]
    with subprocess.Popen(writing, env=counsel_env, **BESIDE) as writer:
        try:
            assert writer.stdout.readline() == "writing\n"
            acts(counsel_env, f"backup {backup}")
            assert writer.poll() is None
        finally:
            writer.kill()
    rows = json.loads((backup / "manifest.json").read_text())["rows"]
    assert rows["exercises_entry"] > 0
    file = backup / "database.sqlite3"
    if file.exists():
        with closing(sqlite3.connect(file)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            found = copy.execute("SELECT count(*) FROM exercises_entry").fetchone()
            assert found == (rows["exercises_entry"],)
    assert acts(counsel_env, f"verify_backup {backup}")[0].startswith("Verified.")


@pytest.mark.services
@pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has its name when done")
def test_what_is_half_restored_opens_to_nobody(empty, kept):
    with psycopg.connect(empty["DATABASE_URL"], autocommit=True) as somebody:
        [said] = acts(empty, f"restore {kept.after}")
        assert "Somebody is connected" in said
        somebody.execute("CREATE TABLE counsel_restoring ()")
    done = subprocess.run(
        [sys.executable, "-m", "tests.records.somebody", "left"],
        env=empty,
        stderr=subprocess.PIPE,
        **BESIDE,
    )
    assert done.returncode != 0 and "it stays shut" in done.stderr
