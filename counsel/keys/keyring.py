"""Whether the keys in the settings are the ones that this database was sealed with.

It is asked wherever Counsel starts: one that began with a wrong key would write what nobody
can read, and notice it last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.conf import settings

from counsel.common.encryption import CannotOpenError, seal, unseal
from counsel.common.fields import EncryptedField, Sealed
from counsel.common.inserting import insert_if_new
from counsel.keys.models import ContentKey
from counsel.keys.places import places
from counsel.keys.sweeping import encrypted_fields, encrypted_models, first_sealed

_WORD = "canary"


class WrongKeysError(Exception):
    """Counsel must not run with these keys. The message names a key id and no value."""


def keys_work() -> bool:
    """Whether each key opens what it has sealed and none is missing: one short question."""
    known = _known()
    return not wrong_keys(known) and not set(known) - set(settings.CONTENT_KEYS)


def keys_require() -> None:
    """Raises WrongKeysError where something that is sealed here could not be opened."""
    known = _known()
    _refuse_wrong(known)
    _refuse_missing(known)


def keys_settle(state: Apps = apps) -> None:
    """The same; and from now on this database knows the keys that it is given.

    It forgets those that are gone and have nothing sealed any more. `state`: the tables as
    they are, half-way through migrations. Raises WrongKeysError.
    """
    keys_require()
    known = _known()
    if not known:
        _refuse_strangers(state)
    ContentKey.objects.exclude(key_id__in=settings.CONTENT_KEYS).delete()
    for key_id in set(settings.CONTENT_KEYS) - set(known):
        insert_if_new(ContentKey(key_id=key_id, canary=_canary(key_id)))
    # Somebody else may have been faster, with another key under the same name.
    _refuse_wrong(_known())


def wrong_keys(canaries: Mapping[str, str]) -> list[str]:
    """The names under which the settings hold another key than these were sealed with."""
    there = [key_id for key_id in settings.CONTENT_KEYS if key_id in canaries]
    return [key_id for key_id in there if not _opens(canaries[key_id], _place(key_id))]


def sealed_counts(key_ids: Collection[str]) -> dict[str, Counter[str]]:
    """How many values each key has sealed, for each place that holds any. Reads every table."""
    counted = {place.name: place.count(key_ids) for place in places()}
    return {name: counts for name, counts in counted.items() if counts.total()}


def known_key_ids() -> list[str]:
    """Those of the settings, newest first, then those that only the database knows."""
    return [*settings.CONTENT_KEYS, *sorted(set(_known()) - set(settings.CONTENT_KEYS))]


def _known() -> dict[str, str]:
    return dict(ContentKey.objects.values_list("key_id", "canary"))


def _canary(key_id: str) -> str:
    return seal(_WORD, _place(key_id), key_id=key_id)


def _place(key_id: str) -> str:
    return f"keys.contentkey.canary:{key_id}"


def _opens(sealed: str, place: str) -> bool:
    try:
        unseal(sealed, place)
    except CannotOpenError:
        return False
    return True


def _refuse_wrong(known: Mapping[str, str]) -> None:
    for key_id in wrong_keys(known):
        raise WrongKeysError(
            f"Content key {key_id!r} is not the key of that name that this database was sealed "
            f"with: look at COUNSEL_CONTENT_KEYS."
        )


def _refuse_missing(known: Mapping[str, str]) -> None:
    missing = sorted(set(known) - set(settings.CONTENT_KEYS))
    if not missing:
        return
    counts = sum(sealed_counts(missing).values(), Counter())
    for key_id in missing:
        if counts[key_id]:
            raise WrongKeysError(
                f"Content key {key_id!r} is missing from COUNSEL_CONTENT_KEYS, and here are "
                f"{counts[key_id]} values that it has sealed: put it back behind the newest, "
                f"then run `manage.py rotate_keys`."
            )


def _refuse_strangers(state: Apps) -> None:
    """For a database that has known no key yet, and may well hold what one has sealed."""
    found = list(_samples(state))
    if found and not any(_opens(value, field.place(pk)) for field, pk, value in found):
        key_id = found[0][2].split(":")[1]
        raise WrongKeysError(
            f"What this database holds was sealed with another content key {key_id!r}: "
            f"look at COUNSEL_CONTENT_KEYS."
        )


def _samples(state: Apps) -> Iterator[tuple[EncryptedField, Any, Sealed]]:
    for model in encrypted_models(state):
        for field in encrypted_fields(model):
            if row := first_sealed(model, field):
                yield field, *row
