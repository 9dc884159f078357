"""Run by another process of Counsel: several acts one after the other, so that it starts once.

`python -m tests.records.somebody make left "restore /folder"`: each prints a line of its own, and
what was refused the words with which it was.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime

import django
from django.core.management import CommandError, call_command
from django.db import connection

CANARY, OTHER = "Canary-7Q", "Canary-8R"
# In no other field of anybody's.
WREN = "Wren-7Q"


def make():
    from clients.models import Client
    from tests.caseloads import make_caseload
    from tests.factories import make_consent_document

    make_consent_document()
    for canary in (CANARY, OTHER):
        make_caseload(canary)
    Client._base_manager.filter(pk=client_of(CANARY).pk).update(name=WREN)
    return "made"


def client_of(canary):
    from clients.models import Client

    return Client._base_manager.filter(email=f"{canary}@example.org".lower()).first()


def erase():
    from clients.models import LegalHold
    from clients.services import client_restrict
    from counsel.records.cleaning import clean_up

    if connection.vendor == "sqlite":
        # As where SQLite was built to leave what was deleted in the gaps of its file.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = OFF")
    anna = client_of(CANARY)
    LegalHold._base_manager.filter(client=anna).delete()
    client_restrict(client=anna, by="client")
    return clean_up(datetime(2041, 1, 1, tzinfo=UTC))


def damage():
    """One sealed value does not open any more."""
    from clients.models import Client
    from counsel.common.fields import Sealed

    broken = Sealed("v1:k1:" + "A" * 60)
    return Client._base_manager.filter(pk=client_of(OTHER).pk).update(phone=broken)


def left():
    """Whether each of the two is there, and what only a key opens of the other."""
    there = [client_of(canary) is not None for canary in (CANARY, OTHER)]
    other = client_of(OTHER)
    return *there, other.emergency_contact if other else ""


def write():
    """Until it is stopped."""
    from tests.factories import make_entry, make_portal_client

    anna = make_portal_client()
    print("writing", flush=True)  # noqa: T201
    while True:
        make_entry(client=anna, answers={"words": "x" * 2_000})


ACTS = {"make": make, "erase": erase, "damage": damage, "left": left, "write": write}


def act(words):
    name, *arguments = words.split()
    if name in ACTS:
        return ACTS[name]()
    said = io.StringIO()
    try:
        call_command(name, *arguments, stdout=said)
    except CommandError as error:
        return f"refused: {error}"
    return said.getvalue().strip()


if __name__ == "__main__":
    django.setup()
    django.conf.settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for words in sys.argv[1:]:
        print(act(words), flush=True)  # noqa: T201
