"""Many at once, as separate processes: some of them on SQLite, all in `make test-services`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tools.children import ROOT


def race(kind, env):
    command = [sys.executable, "-m", "tests.sessions.race", kind]
    done = subprocess.run(
        command, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=120
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "kind", ["same_slot", pytest.param("overlapping", marks=pytest.mark.services)]
)
def test_one_of_eight_is_kept_the_time_and_seven_get_friendly_words(counsel_env, kind):
    result = race(kind, counsel_env)
    statuses = sorted(status for status, _where, _taken in result["told"])
    assert statuses == [302] + [409] * 7
    assert all(taken for status, _where, taken in result["told"] if status == 409)
    assert (result["kept"], result["booked"]) == (1, 0)


@pytest.mark.services
@pytest.mark.parametrize(("kind", "booked"), [("double_click", 0), ("confirm", 1)])
def test_eight_clicks_of_one_person_are_one_and_the_same(counsel_env, kind, booked):
    result = race(kind, counsel_env)
    assert {status for status, _where, _taken in result["told"]} == {302}
    assert len({where for _status, where, _taken in result["told"]}) == 1
    assert (result["kept"], result["booked"]) == (1, booked)


@pytest.mark.services
def test_of_two_who_confirm_too_late_one_is_booked_and_the_other_told_kindly(counsel_env):
    result = race("confirm_late", counsel_env)
    assert sorted(status for status, _where, _taken in result["told"]) == [302] * 4 + [409] * 4
    assert all(taken for status, _where, taken in result["told"] if status == 409)
    assert result["booked"] == 1
