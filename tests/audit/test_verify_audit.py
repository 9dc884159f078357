from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from tests.audit.test_services import without_guard, write

pytestmark = pytest.mark.django_db
FLIPPED = "UPDATE audit_accessevent SET reason = 'Asked' WHERE sequence = 2"


def said(capsys, **options):
    call_command("verify_audit", **options)
    return capsys.readouterr().out.splitlines()


def test_it_says_how_many_are_as_they_were_written(capsys):
    assert said(capsys) == ["0 events, each as it was written.", "0:" + "0" * 64]
    _anna, event = write(count=3, reason="asked")
    lines = said(capsys)
    assert lines == ["3 events, each as it was written.", f"3:{event.hash}"]


def test_it_finds_one_flipped_letter():
    write(count=3, reason="asked")
    without_guard(FLIPPED)
    with pytest.raises(CommandError, match="Event 2 is not as it was written.*The 1 before"):
        call_command("verify_audit")


def test_what_was_seen_before_shows_that_the_newest_are_missing(capsys):
    write(count=3)
    seen = said(capsys)[-1]
    write()
    assert said(capsys, seen=seen)[0].startswith("4 events")
    without_guard("DELETE FROM audit_accessevent WHERE sequence > 2")
    assert said(capsys)[0].startswith("2 events")
    with pytest.raises(CommandError, match="Event 3 is not the one"):
        call_command("verify_audit", seen=seen)


@pytest.mark.parametrize("seen", ["3", "x:y", "-1:a", "\u0663:a", ":"])
def test_what_is_none_is_no_sight(seen):
    with pytest.raises(CommandError, match="last line of an earlier run"):
        call_command("verify_audit", seen=seen)
