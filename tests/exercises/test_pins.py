"""Words that a counsellor keeps in sight."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from counsel.common.errors import ConflictError, DomainError
from exercises.models import PinnedQuote
from exercises.selectors.pins import pins_in_sight
from exercises.services.correcting import entry_correct
from exercises.services.pins import quote_pin, quote_unpin
from exercises.services.practising import entry_share, entry_submit
from tests.exercises.conftest import STEPS
from tests.factories import make_entry, make_pin, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking():
    return make_version(steps=STEPS)


def shared(ravi, asking, **answers):
    answers = answers or {"words": "I stayed."}
    return make_entry(client=ravi, version=asking, sharing="shared", answers=answers)


def test_three_may_be_pinned_each_on_a_place_of_its_own(ravi, asking):
    entries = [shared(ravi, asking) for _ in range(4)]
    pins = [quote_pin(entry=entry, field="words") for entry in entries[:3]]
    assert [pin.place for pin in pins] == [1, 2, 3]
    with pytest.raises(DomainError, match="Three are pinned"):
        quote_pin(entry=entries[3], field="words")
    quote_unpin(entry=entries[1], field="words")
    assert quote_pin(entry=entries[3], field="words").place == 2
    assert [pin.entry for pin in pins_in_sight(ravi)] == [entries[0], entries[3], entries[2]]


def test_pinning_again_changes_nothing(ravi, asking):
    entry = shared(ravi, asking)
    assert quote_pin(entry=entry, field="words") == quote_pin(entry=entry, field="words")


@pytest.mark.parametrize("field", ["", "strength", "feelings", "nothing", "\0"])
def test_only_words_are_pinned(ravi, asking, field):
    entry = shared(ravi, asking, words="I stayed.", strength=7, feelings=["shame"])
    with pytest.raises(DomainError, match="no words"):
        quote_pin(entry=entry, field=field)


def test_what_was_taken_back_is_out_of_sight_and_gives_way(ravi, asking):
    entries = [shared(ravi, asking) for _ in range(4)]
    for entry in entries[:3]:
        quote_pin(entry=entry, field="words")
    entry_share(entry=entries[0], sharing="private")
    assert len(pins_in_sight(ravi)) == 2
    assert quote_pin(entry=entries[3], field="words").place == 1
    with pytest.raises(ConflictError):
        quote_pin(entry=entries[0], field="words")


def test_words_that_were_changed_since_are_out_of_sight(ravi, asking):
    entry = shared(ravi, asking, words="I stayed.", feelings=["shame"])
    quote_pin(entry=entry, field="words")
    entry_submit(entry=entry_correct(entry=entry), sharing="shared")
    assert pins_in_sight(ravi) == []


@pytest.mark.parametrize("wrong", [{"place": 4}, {"place": 0}, {"place": 1}])
def test_the_database_holds_three_places_and_no_doubles(ravi, asking, wrong):
    make_pin(entry=shared(ravi, asking), place=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PinnedQuote.objects.create(client=ravi, entry=shared(ravi, asking), field="words", **wrong)
