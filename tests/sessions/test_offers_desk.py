"""Services, their questions and agreements about them at the desk, through HTTP."""

from __future__ import annotations

import re
from datetime import time

import pytest

from counsel.audit.models import AccessEvent, Verb
from sessions.desk.offers import service_words
from sessions.models import ClientService, IntakeQuestion, Service
from tests.costs import LISTED
from tests.factories import make_client, make_counsellor, make_rule, make_service

pytestmark = pytest.mark.django_db
SERVICES = "/admin/consultations/service/"
AGREEMENTS = "/admin/consultations/clientservice/"
# Who is signed in, their counsellor, the service and what stands on its page.
PAGE = 8
LIST = 6


@pytest.fixture
def ada(client):
    counsellor = make_counsellor()
    client.force_login(counsellor.user)
    return counsellor


@pytest.fixture
def service(ada):
    return make_service(counsellor=ada, name="Meeting", slug="meeting")


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def given(**fields):
    return {
        **{"name": "First meeting", "slug": "first", "length": 30, "step": 30},
        **{"buffer_before": 0, "buffer_after": 10, "minimum_notice": 24, "horizon": 56},
        **{"cancel_notice": 24, "reschedule_notice": 24, "audience": "anyone", "place": "video"},
        **{"questions-TOTAL_FORMS": 0, "questions-INITIAL_FORMS": 0},
        **fields,
    }


def asked(*rows, stored=0):
    """The questions of a form as it is sent; those that are stored come first."""
    form = {"questions-TOTAL_FORMS": len(rows), "questions-INITIAL_FORMS": stored}
    for number, row in enumerate(rows):
        whole = {"position": number + 1, "kind": "short", "label": "", **row}
        form |= {f"questions-{number}-{name}": value for name, value in whole.items()}
    return form


def errors(response):
    return response.context["adminform"].form.errors


# --- A service ------------------------------------------------------------------------------


def test_a_service_belongs_to_who_makes_it(client, ada):
    client.post(SERVICES + "add/", given(counsellor=make_counsellor().pk))
    assert Service.objects.get().counsellor == ada


def test_its_address_is_made_from_its_name_and_is_there_once(client, ada):
    client.post(SERVICES + "add/", given(slug=""))
    assert Service.objects.get().slug == "first-meeting"
    again = client.post(SERVICES + "add/", given(slug=""))
    assert errors(again) == {"slug": ["Another service of yours has this address."]}
    nameless = client.post(SERVICES + "add/", given(slug="", name="पहली"))
    assert errors(nameless).keys() == {"slug"}
    make_service(slug="theirs")
    assert client.post(SERVICES + "add/", given(slug="theirs")).status_code == 302


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("currency", {"fee": "60"}),
        ("currency", {"fee": "60", "currency": "E1R"}),
        ("place_details", {"place_details": "meet.example"}),
        ("place_details", {"place_details": "javascript:alert(1)"}),
        ("place_details", {"place_details": "https://"}),
        ("minimum_notice", {"minimum_notice": 48, "horizon": 2}),
        ("horizon", {"horizon": 731}),
        ("weekly_maximum", {"weekly_maximum": 0}),
        ("reschedule_notice", {"reschedule_notice": ""}),
        ("audience", {"audience": "everyone"}),
        ("length", {"length": 481}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, ada, field, wrong):
    response = client.post(SERVICES + "add/", given(**wrong))
    assert errors(response).keys() == {field}
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    "right",
    [
        {"fee": "60", "currency": "eur"},
        {"fee": "0"},
        {"place_details": "https://meet.example/a-room"},
        {"place_details": "I send you the link."},
        {"place": "phone", "place_details": "+44.20"},
    ],
)
def test_what_is_right_is_kept(client, ada, right):
    assert client.post(SERVICES + "add/", given(**right)).status_code == 302
    assert Service.objects.get().currency == right.get("currency", "").upper()


def test_it_says_what_a_service_means(service):
    service.daily_maximum, service.weekly_maximum = 4, 10
    assert service_words(service) == (
        "50 minutes, held 60; bookable from 24 hours to 56 days ahead; a start every 60 minutes; "
        "at most 4 a day and 10 a week; booked at once: anybody; free to cancel until 24 hours "
        "before, to move until 24; in person."
    )


def test_its_page_says_who_is_named_for_it_and_when_it_is_offered(client, ada, service):
    path = f"{SERVICES}{service.pk}/change/"
    Service.objects.update(audience="invited")
    shown = text(client.get(path))
    assert "nobody yet, so nobody can book it. Name a client" in shown
    assert "in your general hours." in shown
    anna = make_client(counsellor=ada, name="Anna")
    ClientService.objects.create(service=service, client=anna, instant=False)
    make_rule(counsellor=ada, service=service, ends=time(12))
    shown = text(client.get(path))
    assert "Anna (by request)." in shown
    assert "only in its own hours: Monday 09:00–12:00." in shown


@pytest.mark.parametrize("rows", [1, 7])
def test_its_page_is_read_in_a_fixed_number_of_queries(
    client, ada, service, rows, django_assert_num_queries
):
    for number in range(rows):
        IntakeQuestion.objects.create(service=service, label="Why?", position=number)
        ClientService.objects.create(service=service, client=make_client(counsellor=ada))
        make_rule(counsellor=ada, service=service, weekday=number)
    page = f"{SERVICES}{service.pk}/change/"
    # Content types are read once in a process.
    client.get(page)
    with django_assert_num_queries(PAGE + 1 + LISTED):
        client.get(page)


# --- Its questions ----------------------------------------------------------------------------


def test_questions_are_written_on_its_page_in_their_order(client, ada):
    rows = (
        {"label": "Second?", "position": 2, "kind": "choice", "choices": " A \n\nB\nA"},
        {"label": "First?", "position": 1, "required": "on"},
        {},
    )
    client.post(SERVICES + "add/", given(**asked(*rows)))
    found = Service.objects.get().questions.values_list("label", "choices", "required")
    assert list(found) == [("First?", "", True), ("Second?", "A\nB", False)]


def test_a_choice_needs_something_to_choose_from(client, ada):
    row = {"label": "Which?", "kind": "choice", "choices": "only one"}
    response = client.post(SERVICES + "add/", given(**asked(row)))
    assert "Write at least two, one a line." in text(response)
    assert 'value="Which?"' in response.content.decode()
    assert not Service.objects.exists()


def test_questions_are_changed_and_taken_out(client, service):
    why = IntakeQuestion.objects.create(service=service, label="Why?", position=1)
    how = IntakeQuestion.objects.create(service=service, label="How?", position=2)
    rows = asked(
        {"id": why.pk, "service": service.pk, "label": "Why now?"},
        {"id": how.pk, "service": service.pk, "label": "How?", "DELETE": "on"},
        stored=2,
    )
    path = f"{SERVICES}{service.pk}/change/"
    assert client.post(path, given(**rows)).status_code == 302
    assert list(service.questions.values_list("pk", "label")) == [(why.pk, "Why now?")]


@pytest.mark.parametrize("stored", [0, 1])
@pytest.mark.parametrize("doing", [{}, {"DELETE": "on"}])
def test_questions_of_others_are_out_of_reach(client, service, stored, doing):
    """Nor may a question of another service of one's own be moved by a forged id."""
    for theirs in (make_service(), make_service(counsellor=service.counsellor)):
        question = IntakeQuestion.objects.create(service=theirs, label="Canary-7Q")
        row = {"id": question.pk, "service": service.pk, "label": "Mine now?", **doing}
        path = f"{SERVICES}{service.pk}/change/"
        response = client.post(path, given(**asked(row, stored=stored)))
        assert "Canary-7Q" not in response.content.decode()
        question.refresh_from_db()
        assert (question.label, question.service) == ("Canary-7Q", theirs)
        assert not service.questions.filter(pk=question.pk).exists()
        # An id of nobody's is answered in the same way: nothing tells which there are.
        nobody = given(
            **asked({**row, "id": "00000000-0000-4000-8000-000000000000"}, stored=stored)
        )
        assert client.post(path, nobody).status_code == response.status_code


@pytest.mark.parametrize(
    "forged",
    [{"questions-TOTAL_FORMS": "x"}, {"questions-TOTAL_FORMS": "9999"}, asked({"id": "x"})],
)
def test_forged_numbers_of_questions_are_answered(client, service, forged):
    path = f"{SERVICES}{service.pk}/change/"
    assert client.post(path, given(**forged)).status_code in {200, 302}
    assert not IntakeQuestion.objects.exists()


# --- Agreements -------------------------------------------------------------------------------


def test_a_client_is_named_for_a_service(client, ada, service):
    anna = make_client(counsellor=ada, name="Anna")
    opened = client.get(f"{AGREEMENTS}add/?service={service.pk}").content.decode()
    assert f'<option value="{service.pk}" selected>Meeting</option>' in opened
    form = {"client": anna.pk, "service": service.pk, "instant": "false"}
    response = client.post(AGREEMENTS + "add/", form)
    assert response["Location"] == f"{SERVICES}{service.pk}/change/"
    agreement = ClientService.objects.get()
    assert (agreement.client, agreement.instant) == (anna, False)
    assert AccessEvent.objects.filter(verb=Verb.CREATE, client_id=anna.pk).count() == 1
    again = client.post(AGREEMENTS + "add/", form)
    assert "You have an agreement with this client about it." in text(again)


@pytest.mark.parametrize("field", ["client", "service"])
def test_rows_of_others_are_neither_shown_nor_accepted(client, ada, service, field):
    other = make_client(name="Zanna") if field == "client" else make_service(name="Zanna")
    form = {"client": make_client(counsellor=ada).pk, "service": service.pk, "instant": "unknown"}
    assert "Zanna" not in client.get(f"{AGREEMENTS}add/?{field}={other.pk}").content.decode()
    response = client.post(AGREEMENTS + "add/", {**form, field: other.pk})
    assert errors(response).keys() == {field}
    assert "Zanna" not in response.content.decode()
    assert not ClientService.objects.exists()


def test_how_they_book_is_changed_but_not_who_and_what(client, ada, service):
    agreement = ClientService.objects.create(service=service, client=make_client(counsellor=ada))
    path = f"{AGREEMENTS}{agreement.pk}/change/"
    other = make_client(counsellor=ada)
    client.post(path, {"instant": "true", "client": other.pk, "service": make_service().pk})
    changed = ClientService.objects.get()
    assert (changed.instant, changed.client) == (True, agreement.client)
    assert changed.service == service


@pytest.mark.parametrize("rows", [1, 7])
def test_the_list_is_read_in_a_fixed_number_of_queries(
    client, ada, service, rows, django_assert_num_queries
):
    for _number in range(rows):
        ClientService.objects.create(service=service, client=make_client(counsellor=ada))
    with django_assert_num_queries(LIST + LISTED):
        client.get(AGREEMENTS)


def test_taking_an_agreement_back_leaves_a_trace(client, ada, service):
    agreement = ClientService.objects.create(service=service, client=make_client(counsellor=ada))
    client.post(f"{AGREEMENTS}{agreement.pk}/delete/", {"post": "yes"})
    assert not ClientService.objects.exists()
    events = AccessEvent.objects.filter(verb=Verb.CHANGE, client_id=agreement.client_id)
    assert events.count() == 1
