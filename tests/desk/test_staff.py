"""What a manager does in the admin, and what counsellors do with their own page."""

from __future__ import annotations

import pytest

from counsel.accounts.models import Counsellor, User
from tests.factories import (
    make_counsellor,
    make_manager,
    make_portal_client,
    make_technician,
    make_user,
)

pytestmark = pytest.mark.django_db
STAFF = "/admin/accounts/user/"
PAGES = "/admin/accounts/counsellor/"


def person(**changes):
    given = {"email": "New.Colleague@Example.org", "name": "New", "time_zone": "Asia/Kolkata"}
    return {**given, "is_active": "on", **changes}


def test_it_adds_staff_without_choosing_a_password(client):
    client.force_login(make_manager())
    assert client.post(f"{STAFF}add/", person(password="chosen")).status_code == 302
    added = User.objects.get(email="new.colleague@example.org")
    assert added.is_staff
    assert not added.is_superuser
    assert not added.has_usable_password()


def test_it_says_that_an_address_signs_in_already(client):
    client.force_login(make_manager())
    make_user(email="new.colleague@example.org")
    response = client.post(f"{STAFF}add/", person())
    assert "This e-mail address already signs in here." in response.content.decode()


def test_it_refuses_an_address_that_would_become_another(client):
    client.force_login(make_manager())
    response = client.post(f"{STAFF}add/", person(email="an\u212a@example.org"))
    assert response.context["adminform"].form.errors.keys() == {"email"}


def test_it_leaves_an_address_and_a_password_to_their_owner(client):
    client.force_login(make_manager())
    user = make_counsellor(email="colleague@example.org").user
    client.post(f"{STAFF}{user.pk}/change/", person(password="x", is_staff=""))
    after = User.objects.get(pk=user.pk)
    assert (after.name, after.email, after.password) == ("New", user.email, user.password)
    assert after.is_staff


def test_it_ends_the_access_of_somebody_who_left(client):
    user = make_counsellor().user
    client.force_login(make_manager())
    client.post(f"{STAFF}{user.pk}/change/", person(is_active=""))
    client.force_login(user)
    assert client.get("/admin/").status_code == 302


def test_it_shows_managers_no_user_who_is_a_client(client):
    someone = make_portal_client(name="Canary-7Q", email="canary-7q@example.org")
    client.force_login(make_manager())
    for url in (STAFF, f"{PAGES}add/", "/admin/"):
        assert "canary-7q" not in client.get(url).content.decode().lower()
    assert client.get(f"{STAFF}{someone.user_id}/change/").status_code == 404


def test_it_opens_a_page_for_a_colleague(client):
    client.force_login(make_manager())
    user = make_user(is_staff=True)
    page = {"user": user.pk, "slug": "new", "display_name": "New", "time_zone": "Asia/Kolkata"}
    assert client.post(f"{PAGES}add/", page).status_code == 302
    assert Counsellor.objects.get(slug="new").user == user


def test_it_lets_a_counsellor_write_the_own_page_but_not_move_it(client):
    mine = make_counsellor()
    client.force_login(mine.user)
    messages = {"change_news": "late", "late_hours": 24}
    words = {"display_name": "Me", "headline": "Hello", **messages}
    moved = {**words, "slug": "elsewhere", "user": make_user(is_staff=True).pk}
    assert client.post(f"{PAGES}{mine.pk}/change/", moved).status_code == 302
    after = Counsellor.objects.get(pk=mine.pk)
    assert after.headline == "Hello"
    assert not after.accepts_new_clients
    assert (after.slug, after.user) == (mine.slug, mine.user)


def test_a_clock_is_moved_on_its_own_page_alone(client):
    """Where all that changes with it is shown first; not even a manager moves somebody else's."""
    mine = make_counsellor()
    words = {"display_name": "Me", "slug": "me", "time_zone": "Asia/Kolkata"}
    for user in (mine.user, make_manager()):
        client.force_login(user)
        shown = client.get(f"{PAGES}{mine.pk}/change/").content.decode()
        assert ("/availabilityrule/clock/" in shown) == (user == mine.user)
        client.post(f"{PAGES}{mine.pk}/change/", words)
        assert Counsellor.objects.get().time_zone == "Europe/London"


def test_it_shows_a_counsellor_no_page_or_account_of_another(client):
    mine, other = make_counsellor(), make_counsellor(display_name="Canary-7Q")
    client.force_login(mine.user)
    assert "Canary-7Q" not in client.get(PAGES).content.decode()
    assert client.get(f"{PAGES}{other.pk}/change/").status_code == 404
    assert client.get(f"{PAGES}add/").status_code == 403
    for url in (STAFF, f"{STAFF}{mine.user_id}/change/"):
        assert client.get(url).status_code == 403


def test_it_lets_no_manager_put_somebody_else_in_charge_of_a_caseload(client):
    someone = make_portal_client(name="Canary-7Q")
    manager = make_manager()
    client.force_login(manager)
    page = f"{PAGES}{someone.counsellor.pk}/change/"
    words = {"display_name": "New", "slug": "new", "time_zone": "Asia/Kolkata"}
    assert client.post(page, {**words, "user": manager.pk}).status_code == 302
    after = Counsellor.objects.get(pk=someone.counsellor.pk)
    assert (after.slug, after.user) == ("new", someone.counsellor.user)
    assert client.get("/admin/clients/client/").status_code == 403


@pytest.mark.parametrize("make", [make_manager, make_technician])
def test_the_practice_and_the_system_are_two_tasks_of_one_or_two_people(client, make):
    client.force_login(make())
    assert client.post(f"{STAFF}add/", person(runs_practice="on")).status_code == 302
    added = User.objects.get(email="new.colleague@example.org")
    assert (added.runs_practice, added.is_superuser) == (True, False)


def test_who_runs_the_system_alone_sets_nothing_of_the_practice(client):
    client.force_login(make_technician())
    page = client.get("/admin/").content.decode()
    assert "practice in numbers" not in page and "No flag is open" not in page
    for there in (STAFF, "/admin/reminders/reminder/health/", "/admin/audit/accessevent/"):
        assert client.get(there).status_code == 200
    for closed in ("/admin/accounts/practice/", "/admin/practice/", PAGES):
        assert client.get(closed).status_code == 403
