"""Many at once, as separate processes: by `make test-services`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tools.children import ROOT

pytestmark = pytest.mark.services


def race(kind, env):
    command = [sys.executable, "-m", "tests.exercises.race_partner", kind]
    done = subprocess.run(
        command, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=120
    )
    return json.loads(done.stdout)


def test_of_eight_clicks_one_yes_is_kept_and_the_others_are_told_kindly(counsel_env):
    result = race("accepting", counsel_env)
    assert set(result["told"]) <= {200, 302}
    assert (result["there"], result["users"]) == (1, 1)


def test_of_eight_invitations_at_once_one_goes_out(counsel_env):
    result = race("inviting", counsel_env)
    assert result["told"] == [302] + [422] * 7
    assert (result["ties"], result["waiting"]) == (1, 1)


def test_an_end_beside_a_sending_leaves_nothing_to_read_and_no_mail(counsel_env):
    result = race("ending", counsel_env)
    assert set(result["told"]) <= {302, 409, 422}
    assert (result["open"], result["readable"], result["waiting"]) == (0, 0, 0)


def test_one_address_says_yes_to_two_at_once_and_is_one_person(counsel_env):
    result = race("accepting_several", counsel_env)
    assert set(result["told"]) <= {200, 302}
    assert result["users"] == 1
