from __future__ import annotations

import pytest
from django.db import migrations, models
from django.db.migrations import operations as do

from counsel.common.operations import AddIndexGently
from tools import expanding

INDEX = models.Index(fields=["at"], name="things_by_at")
AFTER = {"things": "0001_initial"}


def said(*operations, name="0002_more", after=AFTER, **attributes) -> list[str]:
    """What is said of a migration of an app whose first one was released."""
    kind = type("Migration", (migrations.Migration,), {"operations": operations, **attributes})
    first = type("Migration", (migrations.Migration,), {"operations": []})
    made = {("things", "0001_initial"): first("0001_initial", "things")}
    return list(expanding.wrong_ones({**made, ("things", name): kind(name, "things")}, after))


@pytest.mark.parametrize(
    "operation",
    [
        do.AddField("thing", "word", models.TextField(null=True)),
        do.AddField("thing", "word", models.TextField(db_default="")),
        do.AddField("thing", "others", models.ManyToManyField("things.Other")),
        do.CreateModel("new", [("id", models.BigAutoField(primary_key=True))]),
        do.AlterField("thing", "word", models.TextField(null=True)),
        AddIndexGently("thing", INDEX),
    ],
)
def test_what_older_code_can_live_with_is_taken(operation):
    assert said(operation) == []


@pytest.mark.parametrize(
    "operation",
    [
        do.RemoveField("thing", "word"),
        do.RenameField("thing", "word", "words"),
        do.DeleteModel("thing"),
        do.RenameModel("thing", "matter"),
        do.AlterField("thing", "word", models.TextField(default="")),
    ],
)
def test_what_takes_away_has_to_say_that_nobody_uses_it(operation):
    assert len(said(operation)) == 1
    assert said(operation, contracts="0.9 was the last that read it") == []


@pytest.mark.parametrize(
    "operation",
    [
        # Django forgets the default once the column is there.
        do.AddField("thing", "word", models.TextField(default="")),
        do.AddIndex("thing", INDEX),
    ],
)
def test_what_has_a_gentle_way_has_to_take_it(operation):
    assert len(said(operation, contracts="nobody uses it")) == 1


def test_a_table_made_since_the_release_may_change():
    made = do.CreateModel("thing", [("id", models.BigAutoField(primary_key=True))])
    assert (
        said(made, do.AddField("thing", "word", models.TextField()), do.AddIndex("thing", INDEX))
        == []
    )


def test_what_was_released_or_belongs_to_no_release_is_left_alone():
    gone = do.DeleteModel("thing")
    assert said(gone, name="0000_before") == said(gone, after={}) == []


def test_ours_are_all_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(expanding, "RELEASED", tmp_path / "released.txt")
    assert expanding.main([]) == 0
    assert expanding.main(["--release"]) == 0
    written = expanding.released(tmp_path / "released.txt")
    assert {"accounts", "clients", "consultations", "exercises", "reminders"} <= set(written)
    assert written["clients"] > "0011"
    # As if all but the first had come since: much of it would not have been allowed.
    first = dict.fromkeys(written, "0001_initial")
    assert any("clients.0002" in line for line in expanding.wrong_ones(expanding.ours(), first))
