"""Each door of the admin, tried against another counsellor's rows."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.admin import TabularInline
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured

from clients.models import Client, Invitation
from counsel.accounts.scoped_admin import ScopedAdmin, ScopedInline, visible_rows
from exercises.models import Assignment, ExerciseVersion
from sessions.models import IntakeQuestion
from tests.accounts import walls
from tests.factories import (
    make_assignment,
    make_client,
    make_counsellor,
    make_manager,
    make_portal_client,
    make_service,
    make_version,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.walls")]

CLIENTS = "/admin/clients/client/"
ASSIGNMENTS = "/admin/exercises/assignment/"
INVITATIONS = "/admin/clients/invitation/"
VERSIONS = "/admin/exercises/exerciseversion/"
SERVICES = "/admin/consultations/service/"
CANARY = "Canary-7Q"


@pytest.fixture
def world(client):
    """Two caseloads; the first counsellor is signed in, the canary is the other's."""
    mine = make_client(name="Mine-4X")
    theirs = make_client(name=CANARY, email="canary-7q@example.org")
    client.force_login(mine.counsellor.user)
    return SimpleNamespace(
        mine=mine,
        theirs=theirs,
        my_assignment=make_assignment(client=mine),
        their_assignment=make_assignment(client=theirs, rationale=f"because {CANARY}"),
        version=make_version(),
    )


def form_for(world, **changes):
    given = {
        "client": world.mine.pk,
        "version": world.version.pk,
        "rationale": "Because.",
        "rhythm": "daily",
        "starts_on": "2030-01-01",
    }
    return {**given, **changes}


def body(response):
    return response.content.decode()


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_it_knows_no_page_of_another_counsellors_row(client, world, page):
    for method in (client.get, client.post):
        response = method(f"{CLIENTS}{world.theirs.pk}/{page}/", {"post": "yes"})
        assert response.status_code == 404
        assert CANARY not in body(response)
    assert Client.objects.filter(pk=world.theirs.pk).exists()


@pytest.mark.parametrize("pk", ["1", "junk", "a%00b", "0" * 400, "_3F"])
def test_it_answers_a_malformed_id_like_an_unknown_one(client, world, pk):
    assert client.get(f"{CLIENTS}{pk}/change/").status_code == 404


def test_it_lists_only_own_rows(client, world):
    response = client.get(CLIENTS)
    assert "Mine-4X" in body(response)
    assert CANARY not in body(response)


def test_it_offers_only_own_rows_in_a_select(client, world):
    response = client.get(f"{ASSIGNMENTS}add/")
    assert "Mine-4X" in body(response)
    assert CANARY not in body(response)
    assert str(world.theirs.pk) not in body(response)


def test_it_refuses_another_counsellors_row_posted_into_a_select(client, world):
    response = client.post(f"{ASSIGNMENTS}add/", form_for(world, client=world.theirs.pk))
    assert response.status_code == 200
    assert "Select a valid choice" in body(response)
    assert CANARY not in body(response)
    assert Assignment.objects.filter(client=world.theirs).count() == 1


def test_it_takes_own_rows_in_a_select(client, world):
    response = client.post(f"{ASSIGNMENTS}add/", form_for(world))
    assert response.status_code == 302
    assert Assignment.objects.filter(client=world.mine).count() == 2


def test_it_does_not_move_a_row_to_another_caseload(client, world):
    url = f"{ASSIGNMENTS}{world.my_assignment.pk}/change/"
    assert client.post(url, form_for(world, client=world.theirs.pk)).status_code == 200
    world.my_assignment.refresh_from_db()
    assert world.my_assignment.client_id == world.mine.pk


def test_it_names_only_own_rows_in_a_sidebar_filter(client, world):
    response = client.get(ASSIGNMENTS)
    assert "Mine-4X" in body(response)
    assert CANARY not in body(response)
    assert str(world.theirs.pk) not in body(response)


def test_it_finds_nothing_by_a_filter_on_another_counsellors_row(client, world):
    response = client.get(f"{ASSIGNMENTS}?client__id__exact={world.theirs.pk}")
    assert response.status_code == 200
    assert str(world.their_assignment.pk) not in body(response)


def test_it_completes_only_own_names(client, world):
    query = {"app_label": "clients", "model_name": "invitation", "field_name": "client"}
    found = client.get("/admin/autocomplete/", {**query, "term": ""}).json()["results"]
    assert [row["id"] for row in found] == [str(world.mine.pk)]
    assert client.get("/admin/autocomplete/", {**query, "term": CANARY}).json()["results"] == []


def test_it_refuses_another_counsellors_row_posted_into_an_autocomplete(client, world):
    form = {"client": world.theirs.pk, "expires_at_0": "2030-01-01", "expires_at_1": "10:00"}
    response = client.post(f"{INVITATIONS}add/", form)
    assert "Select a valid choice" in body(response)
    assert CANARY not in body(response)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("url", [f"{ASSIGNMENTS}add/", f"{INVITATIONS}add/"])
def test_it_prefills_no_row_of_another_counsellor(client, world, url):
    assert "selected" in body(client.get(f"{url}?client={world.mine.pk}"))
    for pk in (world.theirs.pk, "junk"):
        response = client.get(f"{url}?client={pk}")
        assert response.status_code == 200
        assert CANARY not in body(response)
        assert str(world.theirs.pk) not in body(response)


@pytest.mark.parametrize("row", ["my_assignment", "their_assignment"])
def test_it_refuses_another_counsellors_row_posted_into_a_list(client, world, row):
    pk = getattr(world, row).pk
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": pk}
    response = client.post(ASSIGNMENTS, {**form, "form-0-client": world.theirs.pk, "_save": "Save"})
    assert response.status_code < 500
    assert CANARY not in body(response)
    assert Assignment.objects.filter(client=world.theirs).count() == 1


def test_it_deletes_nothing_that_would_reach_hidden_rows(client, world):
    version = make_version(owner=world.mine.counsellor)
    hidden = make_assignment(client=world.theirs, version=version)
    url = f"{VERSIONS}{version.pk}/delete/"
    response = client.get(url)
    assert "Other records that depend on this." in body(response)
    assert str(hidden) not in body(response)
    client.post(url, {"post": "yes"})
    assert ExerciseVersion.objects.filter(pk=version.pk).exists()


def test_it_deletes_own_rows(client, world):
    client.post(f"{ASSIGNMENTS}{world.my_assignment.pk}/delete/", {"post": "yes"})
    assert not Assignment.objects.filter(client=world.mine).exists()


def client_form(**changes):
    given = {"name": "New", "email": "new@example.org", "time_zone": "Asia/Kolkata"}
    return {**given, "status": "active", **changes}


def test_it_does_not_tell_whom_another_counsellor_treats(client, world):
    response = client.post(f"{CLIENTS}add/", client_form(email=world.theirs.email))
    assert response.status_code == 302
    assert Client.objects.filter(email=world.theirs.email).count() == 2


def test_it_says_beside_the_form_that_an_own_client_has_this_address(client, world):
    taken = client_form(email=world.mine.email.upper())
    response = client.post(f"{CLIENTS}add/", taken)
    assert "You already have a client with this e-mail address." in body(response)
    second = make_client(counsellor=world.mine.counsellor)
    response = client.post(f"{CLIENTS}{second.pk}/change/", taken)
    assert "You already have a client with this e-mail address." in body(response)


def test_it_owns_a_new_row_by_the_signed_in_counsellor(client, world):
    client.post(f"{CLIENTS}add/", client_form(counsellor=world.theirs.counsellor_id))
    assert Client.objects.get(name="New").counsellor == world.mine.counsellor


def test_it_keeps_the_owner_of_a_row(client, world):
    form = client_form(counsellor=world.theirs.counsellor_id)
    client.post(f"{CLIENTS}{world.mine.pk}/change/", form)
    world.mine.refresh_from_db()
    assert world.mine.name == "New"
    assert world.mine.counsellor_id != world.theirs.counsellor_id


def test_it_has_no_view_on_site(client, world):
    kind = ContentType.objects.get_for_model(Client)
    for row in (world.mine, world.theirs):
        assert client.get(f"/admin/r/{kind.pk}/{row.pk}/").status_code == 404
    assert "View on site" not in body(client.get(f"{CLIENTS}{world.mine.pk}/change/"))


@pytest.mark.parametrize(
    "query",
    [
        *("client__user__email__startswith=a", "client__name=x", "client__name__regex=.*"),
        *("rationale__startswith=a", "version__title=x", "id__in=1", "_to_field=client"),
        *("rhythm__exact=%00", "rhythm%00=daily", "e=1%00"),
    ],
)
def test_it_refuses_questions_in_the_address_that_no_page_asks(client, world, query):
    response = client.get(f"{ASSIGNMENTS}?{query}")
    assert response.status_code == 400
    assert CANARY not in body(response)


def test_it_answers_an_address_that_names_no_field(client, world):
    assert client.get(f"{CLIENTS}{world.mine.pk}/change/?_to_field=").status_code == 200


@pytest.mark.parametrize(
    "query", ["rhythm__exact=daily", "rhythm__exact=junk", "client__id__exact=junk", "o=zz", "p=-5"]
)
def test_it_answers_odd_values_of_its_own_questions(client, world, query):
    assert client.get(f"{ASSIGNMENTS}?{query}", follow=True).status_code == 200


def test_it_acts_only_on_own_rows(client, world):
    chosen = [world.theirs.pk, "junk", "", "\x00"]
    for extra in ({}, {"select_across": "1"}):
        form = {"action": "delete_selected", "_selected_action": chosen, "post": "yes", **extra}
        assert client.post(CLIENTS, form).status_code < 500
    assert Client.objects.filter(pk=world.theirs.pk).exists()


def test_it_takes_no_invisible_character_into_a_field(client, world):
    response = client.post(f"{CLIENTS}add/", client_form(name="a\x00b"))
    assert response.status_code == 200
    assert "Null characters are not allowed." in body(response)


def test_it_refuses_raw_ids_and_inlines(world):
    class RawIds(ScopedAdmin):
        raw_id_fields = ("client",)

    class Inlines(ScopedAdmin):
        inlines = (TabularInline,)

    for doors in (RawIds, Inlines):
        with pytest.raises(ImproperlyConfigured):
            doors(Assignment, walls.site)


def test_it_takes_inlines_that_are_scoped_but_no_raw_ids_in_them(world):
    class Invitations(ScopedInline):
        model = Invitation

    class RawIds(Invitations):
        raw_id_fields = ("client",)

    class Doors(ScopedAdmin):
        inlines = (Invitations,)

    assert Doors(Client, walls.site)
    with pytest.raises(ImproperlyConfigured):
        RawIds(Client, walls.site)


@pytest.mark.parametrize("may", [frozenset({"view"}), walls.ALL])
def test_rows_below_a_row_are_added_and_changed_only_with_the_right_to_change_it(
    client, world, monkeypatch, may
):
    monkeypatch.setattr(walls.ServiceDoors, "counsellor_may", may)
    service = make_service(counsellor=world.mine.counsellor)
    mine = IntakeQuestion.objects.create(service=service, label="As it is")
    theirs = IntakeQuestion.objects.create(service=make_service(), label=CANARY)
    form = {"name": "Meeting", "questions-TOTAL_FORMS": 2, "questions-INITIAL_FORMS": 1}
    own = {"questions-0-id": mine.pk, "questions-0-kind": "short", "questions-0-label": "New"}
    added = {"questions-1-kind": "short", "questions-1-label": "Added"}
    url = f"{SERVICES}{service.pk}/change/"
    forged = {**form, **own, "questions-0-id": theirs.pk, "questions-0-service": service.pk}
    client.post(url, {**forged, **added})
    assert IntakeQuestion.objects.get(pk=theirs.pk).label == CANARY
    assert not IntakeQuestion.objects.filter(label="Added").exists()
    client.post(f"{SERVICES}{theirs.service_id}/change/", {**forged, **added})
    assert IntakeQuestion.objects.count() == 2
    client.post(url, {**form, **own, "questions-0-service": service.pk, **added})
    labels = set(IntakeQuestion.objects.values_list("label", flat=True))
    assert labels == ({CANARY, "New", "Added"} if may == walls.ALL else {CANARY, "As it is"})


def test_it_refuses_a_choice_of_many_that_nobody_scoped(client, world):
    user = world.mine.counsellor.user
    with pytest.raises(ImproperlyConfigured):
        client.get(f"/admin/accounts/user/{user.pk}/change/")


def test_it_refuses_a_table_that_does_not_say_who_may_see_it(world):
    with pytest.raises(ImproperlyConfigured):
        visible_rows(ContentType, world.mine.counsellor.user)


@pytest.mark.parametrize("url", [CLIENTS, f"{CLIENTS}add/", ASSIGNMENTS, f"{INVITATIONS}add/"])
def test_it_shows_a_manager_no_client(client, world, url):
    client.force_login(make_manager())
    response = client.get(url)
    assert response.status_code == 403
    assert "Mine-4X" not in body(response)


def test_it_gives_a_manager_who_counsels_only_the_own_caseload(client, world):
    boss = make_counsellor(user=make_manager())
    make_client(counsellor=boss, name="Boss-9K")
    client.force_login(boss.user)
    response = client.get(CLIENTS)
    assert "Boss-9K" in body(response)
    assert CANARY not in body(response)


def test_it_is_closed_to_clients_and_to_counsellors_who_left(client, world):
    gone = make_counsellor().user
    client.force_login(gone)
    gone.is_active = False
    gone.save()
    assert client.get(CLIENTS).status_code == 302
    client.force_login(make_portal_client().user)
    assert client.get(CLIENTS).status_code == 403


def test_it_keeps_what_cannot_be_read_out_of_lists_of_names(world):
    # Lands in logs, messages and delete pages.
    for row in (world.theirs, world.their_assignment):
        assert CANARY not in str(row)
