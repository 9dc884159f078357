"""With the wrong keys Counsel does not start, and says which; with a new one it does."""

from __future__ import annotations

import pytest
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from clients.models import Client
from counsel.common.fields import Sealed
from counsel.keys import starting
from counsel.keys.keyring import (
    WrongKeysError,
    keys_require,
    keys_settle,
    keys_work,
    known_key_ids,
    sealed_counts,
)
from counsel.keys.models import ContentKey
from tests.factories import make_client

pytestmark = pytest.mark.django_db

K1 = b"t" * 32  # as in tests/settings.py
K2 = b"2" * 32


def known() -> set[str]:
    return set(ContentKey.objects.values_list("key_id", flat=True))


def test_the_first_key_is_known_from_the_first_migration_on():
    assert known() == {"k1"}
    assert keys_work()
    keys_require()


def test_a_new_key_in_front_is_taken_up(settings):
    settings.CONTENT_KEYS = {"k2": K2, "k1": K1}
    keys_settle()
    assert known() == {"k1", "k2"}
    assert keys_work()


def test_another_key_under_a_known_name_is_refused(settings):
    settings.CONTENT_KEYS = {"k1": K2}
    assert not keys_work()
    with pytest.raises(WrongKeysError, match="'k1' is not the key of that name"):
        keys_require()
    with pytest.raises(WrongKeysError):
        keys_settle()


def test_a_key_that_is_still_needed_is_missed_with_the_count(settings):
    make_client()
    settings.CONTENT_KEYS = {"k2": K2}
    assert not keys_work()
    # Pronouns, phone and emergency contact.
    with pytest.raises(WrongKeysError, match="'k1' is missing .* 3 values"):
        keys_require()
    with pytest.raises(WrongKeysError):
        keys_settle()
    assert known() == {"k1"}


def test_a_key_that_nothing_needs_any_more_is_forgotten(settings):
    settings.CONTENT_KEYS = {"k2": K2}
    keys_require()
    keys_settle()
    assert known() == {"k2"}
    assert keys_work()


def test_what_was_sealed_before_keys_were_known_tells_a_wrong_one(settings):
    make_client(phone="030 1")
    ContentKey.objects.all().delete()
    settings.CONTENT_KEYS = {"k1": K2}
    with pytest.raises(WrongKeysError, match="sealed with another content key 'k1'"):
        keys_settle()
    assert known() == set()
    settings.CONTENT_KEYS = {"k1": K1}
    keys_settle()
    assert known() == {"k1"}


def test_one_broken_value_does_not_make_the_key_a_wrong_one():
    anna = make_client()
    ContentKey.objects.all().delete()
    broken = Sealed("v1:k1:" + "A" * 60)
    Client._base_manager.filter(pk=anna.pk).update(phone=broken)
    keys_settle()
    assert known() == {"k1"}


def test_nothing_it_says_holds_a_key_or_a_value(settings):
    anna = make_client(phone="030 1")
    stored = Client._base_manager.values_list("phone", flat=True).get(pk=anna.pk).stored()
    for keys in ({"k1": K2}, {"k2": K2}):
        settings.CONTENT_KEYS = keys
        with pytest.raises(WrongKeysError) as refused:
            keys_require()
        assert stored not in str(refused.value)
        assert K2.decode() not in str(refused.value)


def test_it_counts_what_each_key_has_sealed(settings):
    make_client()
    settings.CONTENT_KEYS = {"k2": K2, "k1": K1}
    ben = make_client()
    Client._base_manager.filter(pk=ben.pk).update(phone=Sealed("v1:gone:" + "A" * 60))
    counts = sealed_counts(known_key_ids())["clients.client"]
    assert counts == {"k1": 3, "k2": 2, "?": 1}


@pytest.mark.parametrize("start", [starting.web_starts, starting.worker_starts])
def test_neither_web_server_nor_worker_starts_with_a_wrong_key(settings, start):
    settings.CONTENT_KEYS = {"k1": K2}
    with pytest.raises((ImproperlyConfigured, SystemExit), match="'k1' is not the key"):
        start()


def test_no_command_runs_with_a_wrong_key(settings):
    settings.CONTENT_KEYS = {"k1": K2}
    (found,) = starting.command_starts(None)
    assert isinstance(found, Error)
    assert found.id == "counsel.E008"


def test_before_the_first_migration_it_says_nothing():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE keys_contentkey RENAME TO elsewhere")
    assert starting.command_starts(None) == []
