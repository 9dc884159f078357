"""A client is asked to agree to a text, is told so, and answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from clients.models import Client, Consent, ConsentRequest
from clients.selectors import texts_to_agree_to
from clients.services import (
    consent_ask,
    consent_give,
    consent_request_answer,
    consent_request_take_back,
)
from counsel.audit.models import AccessEvent, Verb
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder
from counsel.reminders.words import assert_neutral
from tests.factories import (
    make_client,
    make_consent_document,
    make_consent_request,
    make_counsellor,
    make_portal_client,
)
from tests.letters import message_of

pytestmark = pytest.mark.django_db
# 17:30 in India.
NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna():
    return make_portal_client(name="Anna", time_zone="Asia/Kolkata")


@pytest.fixture
def text():
    return make_consent_document(title="How we use video", text="Words about video.")


def told():
    return [(f"{row.due_at:%d %H:%M}", row.state) for row in Reminder.objects.all()]


class TestAsking:
    def test_they_are_told_at_once(self, anna, text):
        consent_ask(client=anna, document=text)
        assert told() == [("07 12:00", "queued")]

    def test_in_their_quiet_hours_they_are_told_in_the_morning(self, anna, text, clock):
        clock.move_to(NOW + 4 * HOUR, tick=False)
        consent_ask(client=anna, document=text)
        assert told() == [("08 02:30", "queued")]

    def test_one_that_comes_late_comes_at_no_quiet_hour(self, anna, text, clock, mailoutbox):
        consent_ask(client=anna, document=text)
        for hours, mails in ((5, 0), (14, 0), (15, 1)):
            clock.move_to(NOW + hours * HOUR, tick=False)
            run_due(timezone.now())
            assert len(mailoutbox) == mails

    def test_the_message_names_neither_text_nor_anybody(self, anna, text, settings):
        settings.BASE_URL = "https://portal.example.org"
        asking = consent_ask(client=anna, document=text)
        message = message_of(Reminder.objects.get())
        assert f"https://portal.example.org/my/agreements/{asking.pk}/\n" in message.body
        words = f"{message.subject} {message.body} {message.short}"
        assert assert_neutral(words) == []
        for hidden in (text.title, anna.name, anna.counsellor.display_name):
            assert hidden not in words

    def test_nobody_is_asked_twice_or_for_what_they_agreed_to(self, anna, text):
        consent_ask(client=anna, document=text)
        with pytest.raises(DomainError, match="asked already"):
            consent_ask(client=anna, document=text)
        other = make_consent_document(slug="other")
        consent_give(client=anna, document=other)
        with pytest.raises(DomainError, match="agreed to this version"):
            consent_ask(client=anna, document=other)
        assert ConsentRequest.objects.count() == 1

    def test_who_has_no_portal_cannot_be_asked(self, text):
        with pytest.raises(DomainError, match="Invite"):
            consent_ask(client=make_client(), document=text)

    def test_the_database_keeps_answers_dated_and_one_open(self, anna, text):
        make_consent_request(client=anna, document=text)
        for wrong in ({}, {"answer": "agreed"}, {"answered_at": NOW}):
            with pytest.raises(IntegrityError), transaction.atomic():
                make_consent_request(client=anna, document=text, **wrong)


class TestWhatCanBeAsked:
    def test_the_newest_version_of_each_text_they_have_not_agreed_to(self, anna):
        make_consent_document(slug="video", version=1)
        newest = make_consent_document(slug="video", version=2, title="Video")
        fees = make_consent_document(slug="fees", version=1, title="Fees")
        assert texts_to_agree_to(anna) == [fees, newest]
        consent_give(client=anna, document=fees)
        make_consent_request(client=anna, document=newest)
        assert texts_to_agree_to(anna) == []

    def test_a_new_version_can_be_asked_for_though_the_old_one_stands(self, anna):
        consent_give(client=anna, document=make_consent_document(slug="video", version=1))
        newer = make_consent_document(slug="video", version=2)
        assert texts_to_agree_to(anna) == [newer]

    def test_in_their_language_where_there_is_one(self, anna):
        make_consent_document(slug="video", version=1)
        hindi = make_consent_document(slug="video", version=1, language="hi")
        Client.objects.filter(pk=anna.pk).update(language="hi")
        anna.refresh_from_db()
        assert texts_to_agree_to(anna) == [hindi]


class TestAnswering:
    @pytest.fixture
    def asking(self, anna, text):
        return consent_ask(client=anna, document=text)

    def test_agreeing_records_what_was_read(self, asking, text, mailoutbox):
        consent_request_answer(request=asking, agrees=True)
        consent = Consent.objects.get()
        assert (consent.client, consent.document) == (asking.client, text)
        assert (consent.text_hash, consent.given_at) == (text.text_hash, NOW)
        run_due(NOW)
        assert told() == [("07 12:00", "cancelled")]
        assert mailoutbox == []

    def test_declining_records_that(self, asking):
        consent_request_answer(request=asking, agrees=False)
        asking.refresh_from_db()
        assert (asking.answer, asking.answered_at) == ("declined", NOW)
        assert not Consent.objects.exists()
        assert told() == [("07 12:00", "cancelled")]

    @pytest.mark.parametrize("agrees", [True, False])
    def test_the_same_said_twice_is_said_once(self, asking, agrees):
        for _ in range(2):
            consent_request_answer(request=asking, agrees=agrees)
        assert Consent.objects.count() == agrees

    def test_an_answer_stands(self, asking):
        consent_request_answer(request=asking, agrees=True)
        with pytest.raises(ConflictError):
            consent_request_answer(request=asking, agrees=False)
        with pytest.raises(ConflictError):
            consent_request_take_back(request=asking)

    def test_taken_back_nothing_can_be_answered_and_nobody_is_told(self, asking, mailoutbox):
        for _ in range(2):
            consent_request_take_back(request=asking)
        with pytest.raises(ConflictError):
            consent_request_answer(request=asking, agrees=True)
        run_due(NOW)
        assert mailoutbox == []
        # It can be asked anew.
        consent_ask(client=asking.client, document=asking.document)

    @pytest.mark.parametrize("gone", [{"status": "ended"}, {"user": None}])
    def test_nobody_is_told_who_is_not_there_any_more(self, asking, gone, mailoutbox):
        Client.objects.filter(pk=asking.client_id).update(**gone)
        run_due(NOW)
        assert mailoutbox == []


class TestThePortal:
    @pytest.fixture
    def page(self, anna, text):
        return f"/my/agreements/{consent_ask(client=anna, document=text).pk}/"

    @pytest.fixture
    def http(self, client, anna):
        client.force_login(anna.user)
        return client

    def test_the_home_leads_to_the_text_and_opening_it_changes_nothing(self, http, page):
        assert page in http.get("/my/").content.decode()
        for _ in range(2):
            assert "Words about video." in http.get(page).content.decode()
        assert ConsentRequest.objects.get().answer == ""

    @pytest.mark.parametrize(
        ("answer", "kept", "said"),
        [("agree", "agreed", "You agreed on"), ("decline", "declined", "You did not agree")],
    )
    def test_an_answer_is_one_button(self, http, page, answer, kept, said):
        assert http.post(page, {"answer": answer}).status_code == 302
        assert ConsentRequest.objects.get().answer == kept
        assert page not in http.get("/my/").content.decode()
        assert said in http.get(page).content.decode()
        event = AccessEvent.objects.get(verb=Verb.CHANGE)
        assert event.subject_id == ConsentRequest.objects.get().pk

    @pytest.mark.parametrize("answer", ["", "maybe", "agree\x00"])
    def test_anything_else_is_no_answer(self, http, page, answer):
        assert http.post(page, {"answer": answer}).status_code == 200
        assert ConsentRequest.objects.get().answer == ""

    def test_too_late_it_says_so(self, http, page):
        consent_request_take_back(request=ConsentRequest.objects.get())
        answer = http.post(page, {"answer": "agree"}, follow=True)
        assert "not asked for this any more" in answer.content.decode()
        assert not Consent.objects.exists()


class TestTheDesk:
    @pytest.fixture
    def page(self, client, anna):
        client.force_login(anna.counsellor.user)
        return f"/admin/clients/client/{anna.pk}/agreements/"

    def test_it_asks_and_shows_what_was_said(self, client, anna, text, page):
        assert "How we use video, version" in client.get(page).content.decode()
        client.post(page, {"document": text.pk})
        asking = ConsentRequest.objects.get()
        assert (asking.client, asking.asked_by) == (anna, anna.counsellor)
        assert "asked on Mon 7 Jan 2030" in client.get(page).content.decode()
        consent_request_answer(request=asking, agrees=True)
        assert "agreed on Mon 7 Jan 2030" in client.get(page).content.decode()
        verbs = AccessEvent.objects.filter(subject_id=asking.pk)
        assert list(verbs.values_list("verb", flat=True)) == [Verb.CREATE]

    @pytest.mark.parametrize("document", ["", "x", "00000000-0000-0000-0000-000000000000"])
    def test_another_text_is_refused_beside_the_field(self, client, text, page, document):
        answer = client.post(page, {"document": document})
        assert answer.status_code == 422
        assert not ConsentRequest.objects.exists()

    def test_it_takes_back(self, client, anna, text, page):
        asking = consent_ask(client=anna, document=text)
        client.post(f"{page}{asking.pk}/take-back/")
        asking.refresh_from_db()
        assert asking.answer == "taken_back"

    def test_it_costs_the_same_however_many_there_are(
        self, client, anna, page, django_assert_num_queries
    ):
        for slug in ("a", "b", "c"):
            make_consent_request(client=anna, document=make_consent_document(slug=slug))
            consent_give(client=anna, document=make_consent_document(slug=f"{slug}-2"))
        with django_assert_num_queries(50, exact=False) as three:
            client.get(page)
        for slug in ("d", "e", "f"):
            make_consent_request(client=anna, document=make_consent_document(slug=slug))
        with django_assert_num_queries(len(three)):
            client.get(page)

    def test_a_colleague_can_neither_see_nor_take_back(self, client, anna, text):
        asking = consent_ask(client=anna, document=text)
        client.force_login(make_counsellor().user)
        for method, page in (("get", ""), ("post", f"{asking.pk}/take-back/")):
            at = f"/admin/clients/client/{anna.pk}/agreements/{page}"
            assert getattr(client, method)(at).status_code == 404
