from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exercises.access import shared_entry_of
from exercises.models import Entry
from exercises.services.replies import entry_mark_seen, reply_write
from tests.factories import make_assignment, make_entry, make_version


def url(name, thing):
    return reverse(f"exercises:{name}", args=[thing.pk])


def words(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


# --- The timeline --------------------------------------------------------------------------


def test_it_lists_what_was_kept_newest_first(http, ravi):
    for days, title in ((3, "Older"), (1, "Newer")):
        version = make_version(title=title)
        happened_at = timezone.now() - timedelta(days=days)
        make_entry(client=ravi, version=version, happened_at=happened_at)
    page = words(http.get(reverse("exercises:timeline")))
    assert page.index("Newer") < page.index("Older")


def test_it_shows_nobody_elses(http, mira):
    make_entry(client=mira, version=make_version(title="Not his"))
    page = words(http.get(reverse("exercises:timeline")))
    assert "Not his" not in page
    assert "Nothing here yet" in page


def test_it_says_what_is_shared_seen_and_answered(http, assignment):
    seen, answered = (make_entry(assignment=assignment, sharing="shared") for _ in range(2))
    entry_mark_seen(entry=seen)
    reply_write(entry=answered, author=assignment.client.counsellor, text="Yes.")
    page = words(http.get(reverse("exercises:timeline")))
    assert page.count(">Shared<") == 2
    assert ">Seen<" in page
    assert ">New answer<" in page
    http.get(url("entry", answered))
    assert ">Answered<" in words(http.get(reverse("exercises:timeline")))


def test_drafts_stand_apart(http, assignment):
    make_entry(assignment=assignment, state="draft")
    assert "Not finished yet" in words(http.get(reverse("exercises:timeline")))


@pytest.mark.parametrize("page", ["2", "0", "x", "99999", "%00"])
def test_any_page_number_is_a_page(http, ravi, page):
    version = make_version()
    for _ in range(21):
        make_entry(client=ravi, version=version)
    assert http.get(f"{reverse('exercises:timeline')}?page={page}").status_code == 200


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize(("name", "own"), [("timeline", 4), ("journal", 8)])
def test_lists_cost_the_same_however_long(http, ravi, name, own, count, django_assert_num_queries):
    version = make_version(slug="journal", kind="journal")
    for _ in range(count):
        make_entry(client=ravi, version=version)
    path = reverse(f"exercises:{name}")
    http.get(path)
    with django_assert_num_queries(2 + own):
        http.get(path)


# --- One entry -----------------------------------------------------------------------------


def test_it_shows_what_was_asked_then_and_answered(http, assignment):
    entry = make_entry(
        assignment=assignment,
        answers={"strength": 7, "feelings": ["shame", "like glass"], "words": "<b>as typed</b>"},
    )
    page = words(http.get(url("entry", entry)))
    for shown in ("How strong is it?", "7 of 10", "shame, like glass", "&lt;b&gt;as typed"):
        assert shown in page
    assert "Was it safe?" not in page
    assert "<title>What you have kept</title>" in page


def test_it_shows_why_not(http, assignment):
    entry = make_entry(assignment=assignment, outcome="could_not", because="Travelling")
    assert "Travelling" in words(http.get(url("entry", entry)))


def test_it_shows_the_counsellors_words_and_that_they_were_read(http, assignment):
    entry = make_entry(assignment=assignment, sharing="shared")
    reply_write(entry=entry, author=assignment.client.counsellor, text="I noticed that.")
    entry_mark_seen(entry=entry)
    page = words(http.get(url("entry", entry)))
    assert "I noticed that." in page
    assert "Seen by your counsellor" in page
    assert entry.replies.get().read_at is not None


def test_sharing_changes_both_ways_at_once(http, assignment):
    entry, reader = make_entry(assignment=assignment), assignment.client.counsellor.user
    page = http.post(url("sharing", entry), {"_-sharing": "shared"}, follow=True)
    assert "can read this now" in words(page)
    assert shared_entry_of(reader, entry.pk) == entry
    http.post(url("sharing", entry), {"_-sharing": "private"})
    assert not Entry.objects.shared().filter(pk=entry.pk).exists()


@pytest.mark.parametrize("sent", ["", "everybody"])
def test_sharing_stays_as_it_is_without_a_decision(http, assignment, sent):
    entry = make_entry(assignment=assignment, sharing="private")
    http.post(url("sharing", entry), {"_-sharing": sent})
    entry.refresh_from_db()
    assert entry.sharing == "private"


def test_a_draft_can_be_gone_on_with_or_thrown_away(http, assignment):
    draft = make_entry(assignment=assignment, state="draft", answers={"strength": 3})
    page = words(http.get(url("entry", draft)))
    assert reverse("exercises:step", args=[draft.pk, 2]) in page
    assert http.post(url("discard", draft))["Location"] == reverse("exercises:timeline")
    assert not Entry.objects.exists()


def test_what_is_kept_cannot_be_thrown_away(http, assignment):
    entry = make_entry(assignment=assignment)
    assert http.post(url("discard", entry))["Location"] == url("entry", entry)
    assert Entry.objects.exists()


@pytest.mark.parametrize("name", ["sharing", "discard", "helpful"])
def test_a_link_changes_nothing(http, assignment, name):
    assert http.get(url(name, make_entry(assignment=assignment))).status_code == 405


@pytest.mark.parametrize("who", ["mira", "counsellor"])
def test_a_stranger_finds_nothing(client, assignment, mira, who):
    entry = make_entry(assignment=assignment, sharing="private")
    draft = make_entry(assignment=assignment, state="draft")
    client.force_login(mira.user if who == "mira" else assignment.client.counsellor.user)
    assert client.get(url("entry", entry)).status_code == 404
    assert client.post(url("sharing", entry), {"_-sharing": "shared"}).status_code == 404
    assert client.post(url("discard", draft)).status_code == 404
    entry.refresh_from_db()
    assert (entry.sharing, Entry.objects.count()) == ("private", 2)


# --- The journal ---------------------------------------------------------------------------


@pytest.fixture
def journal(db):
    return make_version(slug="journal", kind="journal", title="Journal")


def test_writing_begins_at_once_and_goes_on(http, journal):
    first = http.post(reverse("exercises:journal"))
    draft = Entry.objects.get()
    assert (draft.version, draft.assignment, draft.sharing) == (journal, None, "private")
    assert first["Location"] == reverse("exercises:step", args=[draft.pk, 1])
    assert "Go on writing" in words(http.get(reverse("exercises:journal")))
    assert http.post(reverse("exercises:journal"))["Location"] == first["Location"]
    assert Entry.objects.count() == 1


def test_writing_that_was_agreed_on_counts_for_it(http, ravi, journal):
    agreed = make_assignment(client=ravi, version=journal, starts_on="2020-01-01")
    assert "counts as the practice" in words(http.get(reverse("exercises:journal")))
    http.post(reverse("exercises:journal"))
    assert Entry.objects.get().assignment == agreed


def test_the_page_to_write_on_says_that_nobody_watches(http, journal):
    page = words(http.post(reverse("exercises:journal"), follow=True))
    line = page.index("This is not watched.")
    assert reverse("help") in page[line:]
    assert line < page.index(">Save<")
    assert 'value="private" checked' in page


def test_it_lists_writing_and_nothing_else(http, ravi, journal):
    make_entry(client=ravi, version=journal)
    make_entry(client=ravi, version=make_version(title="No writing"))
    page = words(http.get(reverse("exercises:journal")))
    assert page.count("list-row-main") == 1
    assert "No writing" not in page


def test_without_a_library_it_says_so(http):
    assert "nothing to write on yet" in words(http.get(reverse("exercises:journal")))
    assert http.post(reverse("exercises:journal")).status_code == 200
    assert not Entry.objects.exists()


@pytest.mark.parametrize("name", ["timeline", "journal"])
def test_who_is_nobodys_client_finds_nothing(client, ravi, name):
    client.force_login(ravi.counsellor.user)
    assert client.get(reverse(f"exercises:{name}")).status_code == 404
