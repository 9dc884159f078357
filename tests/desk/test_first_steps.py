from __future__ import annotations

from datetime import time

import pytest
from allauth.mfa.models import Authenticator
from hypothesis import given
from hypothesis import strategies as st

from counsel.desk.beginning import first_steps
from counsel.desk.first_steps import Step, are_over, next_step
from tests.factories import (
    make_assignment,
    make_client,
    make_consultation,
    make_counsellor,
    make_rule,
    make_service,
)
from tests.sessions.reading import text


@given(st.sets(st.sampled_from(Step)), st.booleans())
def test_the_first_that_is_not_done_comes_next(done, has_held):
    following = next_step(done)
    if following is None:
        assert done == set(Step)
    else:
        steps = list(Step)
        assert following not in done
        assert done >= set(steps[: steps.index(following)])
    assert are_over(done, has_held=has_held) == (has_held or following is None)


def lock(ada):
    Authenticator.objects.create(user=ada.user, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert Step.SECOND_FACTOR not in ticked(ada)
    Authenticator.objects.create(user=ada.user, type=Authenticator.Type.TOTP, data={})


def write_page(ada):
    ada.headline = "Slowly"
    ada.save()
    assert Step.PAGE not in ticked(ada)
    ada.about = "We go slowly."
    ada.save()


# What is done at each step, by its name.
DOING = {
    Step.SECOND_FACTOR: lock,
    Step.SERVICES: lambda ada: make_service(counsellor=ada),
    Step.HOURS: lambda ada: make_rule(counsellor=ada, starts=time(9), ends=time(12)),
    Step.PAGE: write_page,
    Step.CLIENT: lambda ada: make_client(counsellor=ada),
    Step.ASSIGNMENT: lambda ada: make_assignment(client=ada.clients.get()),
}


def ticked(ada):
    steps = first_steps(ada)
    return {step for step, shown in zip(Step, steps, strict=False) if shown.is_done}


@pytest.mark.django_db
def test_each_ticks_itself_and_the_list_goes_with_the_last(client):
    ada, busy = make_counsellor(), make_counsellor()
    for do in DOING.values():
        do(busy)
    client.force_login(ada.user)
    done = set()
    for step, do in DOING.items():
        shown = client.get("/admin/").context["first_steps"]
        following = [item for item in shown if item.is_next]
        assert ticked(ada) == done
        assert [list(Step)[shown.index(item)] for item in following] == [step]
        assert client.get(following[0].url).status_code == 200
        do(ada)
        done.add(step)
    assert "First steps" not in text(client.get("/admin/"))


@pytest.mark.django_db
def test_who_has_held_a_consultation_needs_no_first_steps(client):
    meeting = make_consultation()
    client.force_login(meeting.counsellor.user)
    assert "First steps" in text(client.get("/admin/"))
    meeting.status = "completed"
    meeting.save()
    assert "First steps" not in text(client.get("/admin/"))
