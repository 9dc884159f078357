from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from exercises.models import Reply, Review
from exercises.services.practising import entry_share
from tests.factories import (
    make_assignment,
    make_client,
    make_counsellor,
    make_entry,
    make_manager,
)

pytestmark = pytest.mark.django_db
ENTRIES = "/admin/exercises/entry/"


def url_of(entry, person=None):
    return f"/admin/clients/client/{(person or entry.client).pk}/entries/{entry.pk}/"


@pytest.fixture
def entry(client):
    entry = make_entry(client=make_client(), sharing="shared", answers={"words": "Warm hands."})
    client.force_login(entry.client.counsellor.user)
    return entry


def test_it_shows_what_was_asked_and_answered(client, entry):
    page = client.get(url_of(entry)).content.decode()
    assert "What do you notice?" in page
    assert "Warm hands." in page


def test_it_shows_words_as_words(client, entry):
    entry.answers = {"words": "<script>alert(1)</script>\nnext \u202eline"}
    entry.save()
    page = client.get(url_of(entry)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>next \u202eline</dd>" in page
    assert 'class="desk-words" dir="auto"' in page


def test_it_shows_why_somebody_could_not(client, entry):
    entry.outcome, entry.because = "could_not", "I was travelling."
    entry.save()
    assert "I was travelling." in client.get(url_of(entry)).content.decode()


def test_it_is_seen_once_opened_and_keeps_the_first_time(client, entry):
    assert not Review.objects.exists()
    client.get(url_of(entry))
    first = Review.objects.get().seen_at
    client.get(url_of(entry))
    assert Review.objects.get().seen_at == first


def test_it_leads_to_the_next_unread(client, entry):
    unread = make_entry(client=entry.client, sharing="shared")
    assert client.get(url_of(entry)).context["next_unread"] == unread
    assert client.get(url_of(unread)).context["next_unread"] is None


def test_it_ticks_and_unticks_as_talked_about(client, entry):
    response = client.post(url_of(entry), {"reviewed": "yes"}, follow=True)
    assert "Talked about" in response.content.decode()
    assert Review.objects.get().reviewed_at
    client.post(url_of(entry), {"reviewed": "no"})
    assert Review.objects.get().reviewed_at is None


def test_it_takes_a_reply(client, entry):
    response = client.post(url_of(entry), {"text": "That took courage."})
    assert response["Location"] == url_of(entry)
    reply = Reply.objects.get()
    assert (reply.entry, reply.author) == (entry, entry.client.counsellor)
    assert "That took courage." in client.get(url_of(entry)).content.decode()


@pytest.mark.parametrize("text", ["", "  \n ", "a\x00b", "x" * 100_000])
def test_it_says_beside_the_field_why_a_reply_cannot_go(client, entry, text):
    response = client.post(url_of(entry), {"text": text})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"text"}
    assert not Reply.objects.exists()


@pytest.mark.parametrize("fields", [{"sharing": "private"}, {"state": "draft"}])
def test_it_does_not_exist_while_it_is_private_or_a_draft(client, entry, fields):
    hidden = make_entry(client=entry.client, **{"sharing": "shared", **fields})
    for url in (url_of(hidden), f"{ENTRIES}{hidden.pk}/change/", f"{ENTRIES}{hidden.pk}/history/"):
        assert client.get(url).status_code == 404
        posted = client.post(url, {"text": "Hello", "reviewed": "yes"})
        assert posted.status_code in (403, 404)
    assert str(hidden.pk) not in client.get(ENTRIES).content.decode()
    assert not Review.objects.exists()


def test_it_is_gone_at_once_when_sharing_is_taken_back(client, entry):
    assert client.get(url_of(entry)).status_code == 200
    entry_share(entry=entry, sharing="private")
    assert client.get(url_of(entry)).status_code == 404


def test_it_does_not_exist_for_another_counsellor(client, entry):
    other = make_counsellor()
    client.force_login(other.user)
    own = make_client(counsellor=other)
    for url in (url_of(entry), url_of(entry, own), f"{ENTRIES}{entry.pk}/change/"):
        assert client.get(url).status_code == 404
        posted = client.post(url, {"text": "Hello", "reviewed": "yes"})
        assert posted.status_code in (403, 404)
    assert not Review.objects.exists()


def test_it_does_not_exist_under_another_client(client, entry):
    sibling = make_client(counsellor=entry.client.counsellor)
    assert client.get(url_of(entry, sibling)).status_code == 404


def test_it_is_not_for_managers(client, entry):
    client.force_login(make_manager())
    for url in (url_of(entry), ENTRIES, f"{ENTRIES}{entry.pk}/change/"):
        assert client.get(url).status_code == 403


def test_it_is_listed_with_its_client_and_whether_it_was_read(client, entry):
    page = client.get(ENTRIES).content.decode()
    assert f"<bdi>{entry.client.name}</bdi>" in page
    assert '<span class="status status-new">unread</span>' in page
    assert client.get(f"{ENTRIES}{entry.pk}/change/")["Location"] == url_of(entry)


def test_it_cannot_be_changed_or_deleted_in_the_admin(client, entry):
    assert client.get(f"{ENTRIES}add/").status_code == 403
    assert client.post(f"{ENTRIES}{entry.pk}/delete/", {"post": "yes"}).status_code == 403


def test_it_notes_how_well_it_was_worked_through(client, entry):
    client.post(url_of(entry), {"quality": "3"})
    assert Review.objects.get().quality == 3
    page = client.get(url_of(entry)).content.decode()
    assert 'name="quality" value="" aria-pressed="true">Worked with' in page
    client.post(url_of(entry), {"quality": ""})
    assert Review.objects.get().quality is None


@pytest.mark.parametrize("quality", ["5", "-1", "good", "\x00"])
def test_it_takes_no_other_judgement(client, entry, quality):
    assert client.post(url_of(entry), {"quality": quality}).status_code == 302
    assert not Review.objects.filter(quality__isnull=False).exists()


def test_it_says_when_it_was_written_down_later_or_changed(client, entry):
    assert "written down" not in client.get(url_of(entry)).content.decode()
    entry.logged_at = entry.happened_at + timedelta(days=2)
    entry.save()
    page = client.get(url_of(entry)).content.decode()
    assert "written down 2 days later" in page
    entry.corrects = make_entry(client=entry.client, sharing="shared")
    entry.save()
    page = client.get(url_of(entry)).content.decode()
    assert "changed on" in page
    assert "written down" not in page


def test_it_tells_no_change_of_what_was_private_before(client, entry):
    entry.corrects = make_entry(client=entry.client, sharing="private")
    entry.save()
    assert "changed on" not in client.get(url_of(entry)).content.decode()


def test_a_reply_to_what_was_taken_back_comes_back_to_be_copied(client, entry):
    entry_share(entry=entry, sharing="private")
    response = client.post(url_of(entry), {"text": "I read <this> twice."})
    assert response.status_code == 409
    assert "I read &lt;this&gt; twice." in response.content.decode()
    nowhere = url_of(entry).replace(str(entry.pk), str(uuid4()))
    never = client.post(nowhere, {"text": "I read <this> twice."})
    assert (never.status_code, len(never.content)) == (409, len(response.content))
    assert not Reply.objects.exists()
    client.force_login(make_counsellor().user)
    assert client.post(url_of(entry), {"text": "Not mine."}).status_code == 404


def test_it_leads_to_something_smaller_where_that_was_asked_for(client, entry):
    entry.assignment = make_assignment(client=entry.client, version=entry.version)
    entry.outcome, entry.reason, entry.wants_smaller = "could_not", "too_much", True
    entry.save()
    page = client.get(url_of(entry)).content.decode()
    assert "it felt like too much" in page
    assert f"/admin/exercises/assignment/{entry.assignment_id}/change/" in page
