from __future__ import annotations

import pytest
from django.utils import timezone

from counsel.common.errors import ConflictError, DomainError
from exercises.models import Reply, Review
from exercises.services.practising import entry_share
from exercises.services.replies import (
    entry_mark_reviewed,
    entry_mark_seen,
    replies_mark_read,
    reply_write,
)
from tests.factories import make_entry


@pytest.fixture
def entry(assignment):
    return make_entry(assignment=assignment, sharing="shared")


def write(entry, text="I noticed that, too."):
    return reply_write(entry=entry, author=entry.client.counsellor, text=text)


def test_it_writes_under_a_shared_entry(entry):
    write(entry, "  Kind words.\r\nTwo lines. ")
    reply = Reply.objects.get()
    assert (reply.text, reply.read_at) == ("Kind words.\nTwo lines.", None)


def test_it_does_not_write_under_an_entry_taken_back_meanwhile(entry):
    entry_share(entry=entry, sharing="private")
    with pytest.raises(ConflictError):
        write(entry)


@pytest.mark.parametrize("text", ["", " \n ", "a\x00b", "a\ud800b", "x" * 100_001])
def test_it_refuses_words_that_are_missing_or_cannot_be_kept(entry, text):
    with pytest.raises(DomainError) as refusal:
        write(entry, text)
    assert refusal.value.field == "text"


def test_it_keeps_the_first_time_of_reading(entry):
    write(entry)
    replies_mark_read(entry=entry)
    first = Reply.objects.get().read_at
    replies_mark_read(entry=entry)
    assert Reply.objects.get().read_at == first is not None


def test_it_notes_the_first_time_an_entry_was_seen(entry):
    first = entry_mark_seen(entry=entry).seen_at
    assert entry_mark_seen(entry=entry).seen_at == first <= timezone.now()


def test_it_ticks_and_unticks_reviewed(entry):
    entry_mark_reviewed(entry=entry, reviewed=True)
    assert Review.objects.get().reviewed_at is not None
    entry_mark_reviewed(entry=entry, reviewed=False)
    assert Review.objects.get().reviewed_at is None
