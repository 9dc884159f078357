"""Erases a client: every row that is theirs, in all apps, in one transaction.

What stays says nothing of them: the access log, which holds keys, and a tombstone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from clients.models import Client, ClientQuerySet
from counsel.accounts.models import User
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.wall import whole_practice
from counsel.records.accounts_gone import account_let_go, sessions_end
from counsel.records.erased_tables import LEDGER, PATHS, rows_of
from counsel.records.keeping import keeping_of
from counsel.records.models import Rule, Tombstone, Underway
from counsel.records.tombstones import entombed, tombstones_write
from counsel.reminders import mailbox
from counsel.reminders.models import Reminder

# Rows asked for at once by their keys.
_AT_ONCE = 500

Keys = dict[type[Model], list[str]]


@whole_practice()
@transaction.atomic
def client_erase_if_due(
    *, client_id: Any, now: datetime, request: HttpRequest | None = None
) -> Tombstone | None:
    """Erase somebody who asked for it, if nothing obliges to keep the record; else None.

    Looked at in their turn: a hold that was set a moment ago counts.
    """
    rows = _who_asked().select_for_update(of=("self",)).filter(pk=client_id)
    client = rows.select_related("counsellor", "user").first()
    if client is None:
        return None
    keeping = keeping_of(client, now)
    if not keeping.is_due:
        return None
    return client_erase(client=client, rule=keeping.rule, now=now, request=request)


@whole_practice()
@transaction.atomic
def client_erase(
    *, client: Client, rule: Rule | str, now: datetime, request: HttpRequest | None = None
) -> Tombstone:
    """Erase a client, whatever obliges to keep them: the caller has looked.

    Raises IntegrityError at the end of the transaction where a row still points to them.
    """
    key, addresses = client.pk, set(_addresses(client))
    accounts = _accounts(client)
    Underway.objects.create(client_id=key)
    keys = _delete_rows(client)
    _forget_keys(keys)
    for account in accounts:
        account_let_go(account)
    sessions_end(addresses)
    tombstone = entombed(key, client.counsellor_id, now, rule)
    tombstone.save(force_insert=True)
    Underway.objects.filter(client_id=key).delete()
    client.pk = key
    record_access(verb=Verb.ERASE, subject=client, client_id=key, request=request, reason=rule)
    transaction.on_commit(lambda: _after(addresses))
    return tombstone


def erase_due(now: datetime | None = None) -> int:
    """Erase everybody whose time has come, each in a transaction of their own; how many."""
    now = now or timezone.now()
    keys = list(_who_asked().order_by("restricted_at").values_list("pk", flat=True))
    erased = sum(client_erase_if_due(client_id=key, now=now) is not None for key in keys)
    # What a crash has kept from the file stands in the database.
    tombstones_write()
    return erased


def _who_asked() -> ClientQuerySet:
    rows = Client.objects.across_caseloads("whose time has come is erased, whose client they be")
    found: ClientQuerySet = rows.filter(restricted_at__isnull=False)
    return found


def _delete_rows(client: Client) -> Keys:
    """Returns the keys of what is gone.

    One statement at a time and nothing that follows from it: what pointed to a row and is not in
    the list makes the database refuse the whole at the end of the transaction.
    """
    gone: Keys = defaultdict(list)
    for model, path in PATHS:
        # Whatever a model's own manager hides.
        everybodys = model._base_manager.all()
        theirs = everybodys.filter(rows_of(model, path, client))
        gone[model] = [str(key) for key in theirs.values_list("pk", flat=True)]
        for some in _some(gone[model]):
            everybodys.filter(pk__in=some)._raw_delete(everybodys.db)
    return gone


def _forget_keys(gone: Keys) -> None:
    """What the ledger and the desk's own log say of rows that are not there any more."""
    names = [f"{name}:{key}" for model, name in LEDGER for key in gone[model]]
    for some in _some(names):
        Reminder.objects.filter(subject__in=some).delete()
        Reminder.objects.filter(person__in=some).delete()
    everything = [key for keys in gone.values() for key in keys]
    for some in _some(everything):
        LogEntry.objects.filter(object_id__in=some).delete()


def _some(keys: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(keys), _AT_ONCE):
        yield keys[first : first + _AT_ONCE]


def _accounts(client: Client) -> list[User]:
    """Theirs, and those of partners who may have one for this alone."""
    partners = client.partners.filter(user__isnull=False)
    keys = {client.user_id, *partners.values_list("user", flat=True)} - {None}
    return list(User.objects.filter(pk__in=keys).order_by("pk"))


def _addresses(client: Client) -> Iterator[str]:
    """By which something of theirs may be found that has no key."""
    yield client.email
    if client.user is not None:
        yield client.user.email
    for address in client.addresses.all():
        yield from filter(None, (address.value, address.former))
    yield from client.partners.values_list("email", flat=True)


def _after(addresses: Iterable[str]) -> None:
    tombstones_write()
    mailbox.forget(addresses)
