from __future__ import annotations

from datetime import UTC, datetime

import pytest

from counsel.reminders.models import Reminder, State
from tests.factories import make_counsellor, make_manager

LIST = "/admin/reminders/reminder/"
DUE = datetime(2030, 7, 6, 10, tzinfo=UTC)


@pytest.fixture
def owner(db):
    return make_counsellor(time_zone="Asia/Kolkata")


@pytest.fixture
def row(plan, owner):
    return plan(counsellor=owner, due_at=DUE, not_after=DUE, person="client:0c1d2e3f-aaaa")


@pytest.fixture
def page(client, owner):
    def page(path=LIST, user=None):
        client.force_login(user or owner.user)
        response = client.get(path)
        return response.status_code, response.content.decode()

    return page


def test_a_counsellor_reads_the_own_ledger(page, row):
    status, text = page()

    assert status == 200
    assert "6 Jul 2030, 15:30" in text
    assert "Knock" in text and "client 0c1d2e3f" in text
    assert '<span class="status status-wait">Waiting</span>' in text


def test_a_counsellor_sees_no_other_ledger(page, row):
    other = make_counsellor().user

    assert "client 0c1d2e3f" not in page(user=other)[1]
    assert page(f"{LIST}{row.pk}/change/", other)[0] == 404
    assert page(f"{LIST}{row.pk}/history/", other)[0] == 404


def test_a_manager_reads_every_ledger(page, row):
    manager = make_manager()

    assert "client 0c1d2e3f" in page(user=manager)[1]
    assert page(f"{LIST}{row.pk}/change/", manager)[0] == 200


def test_one_row_tells_its_whole_fate(page, row):
    reason = "refused by the mail server (550)"
    Reminder.objects.update(state=State.FAILED, reason=reason, attempts=3, finished_at=DUE)
    status, text = page(f"{LIST}{row.pk}/change/")

    assert status == 200
    assert reason in text and row.subject in text
    assert '<span class="status status-risk">Failed</span>' in text


@pytest.mark.parametrize("tail", ["add/", "{pk}/delete/"])
def test_nobody_writes_in_it(page, client, row, tail):
    for user in (row.counsellor.user, make_manager()):
        path = LIST + tail.format(pk=row.pk)
        assert page(path, user)[0] == 403
        assert client.post(path, {"post": "yes"}).status_code == 403
    assert Reminder.objects.count() == 1


def test_a_forged_change_changes_nothing(page, client, row, owner):
    client.force_login(owner.user)
    response = client.post(f"{LIST}{row.pk}/change/", {"reason": "forged", "state": "sent"})

    row.refresh_from_db()
    assert (response.status_code, row.state, row.reason) == (403, State.QUEUED, "")


def test_it_is_filtered_by_state(page, row):
    assert "client 0c1d2e3f" in page(f"{LIST}?state=queued")[1]
    assert "client 0c1d2e3f" not in page(f"{LIST}?state=sent")[1]


def test_a_row_of_a_kind_that_is_gone_is_still_shown(page, row):
    Reminder.objects.update(kind="gone")
    assert page()[0] == 200


def test_a_list_asks_as_much_for_many_as_for_few(
    client, plan, owner, django_assert_max_num_queries
):
    for number in range(20):
        plan(number, counsellor=owner)
    client.force_login(owner.user)
    with django_assert_max_num_queries(12):
        client.get(LIST)
