from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counsel.common.encryption import (
    AlreadySealedError,
    CannotOpenError,
    looks_sealed,
    reseal,
    seal,
    unseal,
)

OLD, NEW = b"o" * 32, b"n" * 32
PLACE = "exercises.entry.answers:1"


@pytest.fixture(autouse=True)
def one_key(settings):
    settings.CONTENT_KEYS = {"old": OLD}


@given(st.text())
def test_it_opens_what_it_sealed(plain):
    assert unseal(seal(plain, PLACE), PLACE) == plain


def test_it_never_seals_twice_alike():
    assert seal("shame", PLACE) != seal("shame", PLACE)


def test_it_refuses_another_place():
    with pytest.raises(CannotOpenError):
        unseal(seal("shame", PLACE), "exercises.entry.answers:2")


def test_it_refuses_a_changed_byte():
    head, _, body = seal("shame", PLACE).rpartition(":")
    blob = bytearray(base64.b64decode(body))
    blob[-1] ^= 1
    with pytest.raises(CannotOpenError):
        unseal(f"{head}:{base64.b64encode(blob).decode()}", PLACE)


def test_it_says_which_key_is_missing_and_nothing_else(settings):
    sealed = seal("shame", PLACE)
    settings.CONTENT_KEYS = {"new": NEW}
    with pytest.raises(CannotOpenError, match="'old'") as error:
        unseal(sealed, PLACE)
    assert sealed not in str(error.value)


def test_it_refuses_a_wrong_key_under_the_right_name(settings):
    sealed = seal("shame", PLACE)
    settings.CONTENT_KEYS = {"old": NEW}
    with pytest.raises(CannotOpenError):
        unseal(sealed, PLACE)


@pytest.mark.parametrize("value", ["", "shame", "v1:old:", "v1:old:???", "v2:old:AAAA", "v1:old"])
def test_it_refuses_what_was_never_sealed(value):
    with pytest.raises(CannotOpenError):
        unseal(value, PLACE)


def test_it_seals_with_the_first_key_and_still_opens_the_others(settings):
    before = seal("shame", PLACE)
    settings.CONTENT_KEYS = {"new": NEW, "old": OLD}
    after = seal("shame", PLACE)
    assert after.startswith("v1:new:")
    assert unseal(before, PLACE) == unseal(after, PLACE) == "shame"


def test_it_does_not_depend_on_the_secret_key(settings):
    sealed = seal("shame", PLACE)
    settings.SECRET_KEY = "another" * 10
    assert unseal(sealed, PLACE) == "shame"


@given(st.text())
def test_it_knows_what_it_sealed_and_seals_it_no_second_time(plain):
    sealed = seal(plain, PLACE)
    assert looks_sealed(sealed)
    with pytest.raises(AlreadySealedError) as error:
        seal(sealed, PLACE)
    assert sealed not in str(error.value)


@pytest.mark.parametrize(
    "words", ["v1:old:", "v1:old:shame", "see v1:old:" + "A" * 40, "v2: " * 20]
)
def test_it_takes_nobodys_words_for_sealed(words):
    assert unseal(seal(words, PLACE), PLACE) == words


def test_it_seals_anew_only_what_an_older_key_has_sealed(settings):
    before = seal("shame", PLACE)
    assert reseal(before, PLACE) == before
    settings.CONTENT_KEYS = {"new": NEW, "old": OLD}
    after = reseal(before, PLACE)
    assert after.startswith("v1:new:")
    assert reseal(after, PLACE) == after
    assert unseal(after, PLACE) == "shame"


def test_it_seals_nothing_anew_that_does_not_open(settings):
    sealed = seal("shame", PLACE)
    settings.CONTENT_KEYS = {"new": NEW, "old": NEW}
    with pytest.raises(CannotOpenError):
        reseal(sealed, PLACE)
