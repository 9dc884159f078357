"""Changing what was saved: new words take the place of the old, and nothing hangs in the air."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from counsel.common.errors import ConflictError, DomainError
from exercises.models import Entry, EntryFact, Reply, Review
from exercises.selectors.journal import journal_to_write
from exercises.selectors.kept import practised_days
from exercises.selectors.told import shared_facts, told_practice
from exercises.services.correcting import entry_correct, may_be_corrected
from exercises.services.declining import could_not_correct, entry_could_not
from exercises.services.practising import (
    entry_begin,
    entry_discard,
    entry_save_step,
    entry_share,
    entry_submit,
)
from exercises.services.replies import entry_mark_seen, reply_write
from tests.factories import make_entry, make_version


@pytest.fixture
def entry(assignment):
    draft = entry_begin(client=assignment.client, version=assignment.version, assignment=assignment)
    save(draft, 1, {"strength": "7"})
    save(draft, 2, {"feelings": "shame"})
    save(draft, 3, {"words": "as it was"})
    return entry_submit(entry=draft, sharing="shared")


def save(draft, number, raw):
    entry_save_step(entry=draft, step=draft.steps()[number - 1], raw=raw)


def changed(entry, **answers):
    draft = entry_correct(entry=entry)
    save(draft, 3, {"words": "as it is now", **answers})
    return entry_submit(entry=draft, sharing=draft.sharing)


def url(name, thing, *more):
    return reverse(f"exercises:{name}", args=[thing.pk, *more])


def test_it_opens_with_what_was_written(entry):
    draft = entry_correct(entry=entry)
    assert draft.answers == {"strength": 7, "feelings": ["shame"], "words": "as it was"}
    carried = ("client", "version", "assignment", "happened_at", "local_date", "sharing")
    assert all(getattr(draft, name) == getattr(entry, name) for name in carried)
    assert (draft.state, draft.corrects, draft.logged_at) == ("draft", entry, None)


def test_there_is_one_open_change_at_a_time(entry):
    assert entry_correct(entry=entry) == entry_correct(entry=entry)


def test_the_old_words_stand_until_the_change_is_saved(entry):
    draft = entry_correct(entry=entry)
    assert list(Entry.objects.shared()) == [entry]
    entry_discard(entry=draft)
    assert list(Entry.objects.shared()) == [entry]
    assert may_be_corrected(entry)


def test_then_the_new_words_stand_alone_and_count_once(entry):
    new = changed(entry, after="2")
    assert list(Entry.objects.submitted()) == [new]
    assert new.answers["words"] == "as it is now"
    entry.refresh_from_db()
    assert entry.answers["words"] == "as it was"
    facts = set(EntryFact.objects.values_list("entry", "kind", "label", "number"))
    assert facts == {
        (new.pk, "before", "", 7),
        (new.pk, "after", "", 2),
        (new.pk, "feeling", "shame", None),
    }
    day = new.local_date
    assert practised_days(new.client, day, day) == {day}
    assert len(told_practice(new.client, day, day)) == 1
    (practice,) = shared_facts(new.client, None, timezone.now()).practices.values()
    assert (practice.before, practice.after) == (7, 2)


def test_it_was_written_down_when_it_was_changed(entry):
    Entry.objects.update(logged_at=timezone.now() - timedelta(days=3))
    assert changed(entry).logged_at > timezone.now() - timedelta(minutes=1)


def test_replies_go_along_and_unseen_words_are_unread(entry):
    reply = reply_write(entry=entry, author=entry.client.counsellor, text="Thank you.")
    entry_mark_seen(entry=entry)
    assert not Entry.objects.unread().exists()
    new = changed(entry)
    assert Reply.objects.get(entry=new) == reply
    assert list(Entry.objects.unread()) == [new]
    assert Review.objects.get().entry == entry


def test_the_same_words_need_not_be_read_twice(entry):
    entry_mark_seen(entry=entry)
    new = changed(entry, words="as it was")
    assert not Entry.objects.unread().exists()
    assert Review.objects.get().entry == new
    assert list(Entry.objects.filter(seen=True)) == [new]


def test_a_change_may_be_changed(entry):
    newest = changed(changed(entry), words="and again")
    assert list(Entry.objects.submitted()) == [newest]
    assert EntryFact.objects.exclude(entry=newest).count() == 0


def test_what_was_replaced_is_not_changed_a_second_time(entry):
    changed(entry)
    with pytest.raises(ConflictError):
        entry_correct(entry=entry)


def test_sharing_taken_back_meanwhile_stays_taken_back(entry, http):
    draft = entry_correct(entry=entry)
    entry_share(entry=entry, sharing="private")
    draft.refresh_from_db()
    assert draft.sharing == "private"
    assert 'value="private" checked' in http.get(url("step", draft, 3)).content.decode()


def test_what_took_its_place_is_taken_back_with_it(entry, http):
    """Somebody presses "only me" on a page that is still open from before the change."""
    newest = changed(changed(entry), words="and again")
    http.post(url("sharing", entry), {"_-sharing": "private"})
    assert not Entry.objects.filter(sharing="shared").exists()
    assert not Entry.objects.shared().exists()
    newest.refresh_from_db()
    assert newest.sharing == "private"


def test_sharing_what_was_replaced_shares_no_other_words(entry, http):
    draft = entry_correct(entry=entry)
    entry_submit(entry=draft, sharing="private")
    page = http.post(url("sharing", entry), {"_-sharing": "shared"}, follow=True)
    assert "You have changed this already." in page.content.decode()
    assert not Entry.objects.shared().exists()


def test_a_private_change_hides_what_was_shared(entry):
    draft = entry_correct(entry=entry)
    entry_submit(entry=draft, sharing="private")
    assert not Entry.objects.shared().exists()


@pytest.mark.parametrize("what", ["measure", "draft", "together"])
def test_some_things_stay_as_they_are(ravi, what):
    version = make_version(kind="measure" if what == "measure" else "practice")
    entry = make_entry(
        client=ravi,
        version=version,
        state="draft" if what == "draft" else "submitted",
        filled_by=ravi.counsellor if what == "together" else None,
    )
    assert not may_be_corrected(entry)
    with pytest.raises(DomainError):
        entry_correct(entry=entry)


def test_why_not_may_be_said_anew(assignment):
    said = entry_could_not(
        assignment=assignment, because="Travelling", sharing="shared", reason="no_time"
    )
    anew = could_not_correct(
        entry=said, because="", sharing="shared", reason="too_much", wants_smaller=True
    )
    assert list(Entry.objects.shared()) == [anew]
    assert (anew.because, anew.reason, anew.wants_smaller) == ("", "too_much", True)
    assert (anew.outcome, anew.state, anew.happened_at) == (
        "could_not",
        "submitted",
        said.happened_at,
    )


# --- Its pages -----------------------------------------------------------------------------


def test_one_is_told_what_changing_means_and_goes_through_it_again(http, entry):
    page = http.get(url("correct", entry)).content.decode()
    assert "Until you save it at the end, it stays as it was." in page
    assert not Entry.objects.filter(state="draft").exists()
    first = http.post(url("correct", entry))["Location"]
    draft = Entry.objects.get(corrects=entry)
    assert first == url("step", draft, 1)
    assert "You are changing what you wrote" in http.get(first).content.decode()
    done = http.post(
        url("finish", draft), {"words": "new", "_-sharing": "shared"}, follow=True
    ).content.decode()
    assert "It&#x27;s changed" in done or "It's changed" in done
    assert list(Entry.objects.submitted()) == [draft]


def test_a_change_does_not_take_the_place_of_todays_practice(http, assignment, entry):
    draft = entry_correct(entry=entry)
    http.post(url("begin", assignment))
    assert Entry.objects.filter(state="draft", corrects=None).count() == 1
    assert Entry.objects.get(pk=draft.pk).answers == entry.answers


def test_a_change_of_a_journal_page_is_not_where_new_writing_goes(ravi):
    page = make_entry(client=ravi, version=make_version(kind="journal"))
    entry_correct(entry=page)
    writing = journal_to_write(ravi, page.local_date)
    assert writing is None or not writing.is_begun


def test_why_not_opens_on_its_own_page(http, assignment):
    said = entry_could_not(
        assignment=assignment, because="Travelling", sharing="private", reason="no_time"
    )
    assert http.post(url("correct", said))["Location"] == url("change_why", said)
    page = http.get(url("change_why", said)).content.decode()
    assert "Travelling" in page
    assert 'value="no_time" checked' in page
    sent = {"because": "Too tired", "reason": "too_much", "_-sharing": "private"}
    http.post(url("change_why", said), sent)
    assert http.post(url("change_why", said), sent).status_code == 302
    assert [one.because for one in Entry.objects.submitted()] == ["Too tired"]


@pytest.mark.parametrize("name", ["correct", "change_why"])
def test_strangers_find_nothing(client, mira, entry, name):
    for user in (mira.user, entry.client.counsellor.user):
        client.force_login(user)
        assert client.get(url(name, entry)).status_code == 404
        assert client.post(url(name, entry), {"_-sharing": "shared"}).status_code == 404
    assert not Entry.objects.filter(corrects=entry).exists()
