"""`docs/roles.md` is true: every cell of the matrix is tried by every role.

A role that may gets through by one of a cell's addresses at least, one that may not by none. And
no page of the desk shows any role more than the matrix says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.apps import apps
from django.db import transaction

from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.wall import whole_practice
from counsel.records import taking_out
from exercises.models import Reply, RiskFlag
from tests.access_table import ROWS
from tests.caseloads import make_caseload
from tests.factories import (
    make_assignment,
    make_consent_document,
    make_consent_request,
    make_consultation,
    make_counsellor,
    make_cover,
    make_emergency_access,
    make_entry,
    make_legal_hold,
    make_manager,
    make_note,
    make_process_note,
    make_small_share,
    make_technician,
    make_version,
    make_waiting_entry,
)
from tests.matrix import KINDS, ROLES
from tests.proving import proved
from tests.thorough import THOROUGH
from tests.visiting import Visits, told_by

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
INSIDE = ("admin/", "my/", "with/")
# Who is turned away at each address is shown for these by `tests/test_access_table.py`, too.
WALKED = frozenset() if THOROUGH else frozenset({"client", "colleague"})


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One caseload with a mark in one record of every kind, and somebody in every role."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=False),
        transaction.atomic(),
    ):
        make_consent_document()
        caseload = make_caseload("Canary")
        names = {**vars(caseload), **_marked(caseload)}
        client = caseload.client
        people = {
            "client": client.user,
            "counsellor": caseload.counsellor.user,
            "cover": make_cover(client=client, reason="Mark-Lent").to.user,
            "emergency": make_counsellor().user,
            "colleague": make_counsellor().user,
            "manager": make_manager(is_superuser=False),
            "technician": make_technician(),
        }
        names["emergency"] = make_emergency_access(
            client=client, by=people["emergency"], reason="Mark-Emergency"
        )
        names["event"] = record_access(
            verb=Verb.READ,
            subject=client,
            client_id=client.pk,
            actor=people["counsellor"],
            reason="by the book",
        )
        assert people.keys() == ROLES.keys()
        yield SimpleNamespace(names=names, told={}, visits=Visits(people, sign_in=proved))
        transaction.set_rollback(True)


def _marked(caseload):
    """Beside what every caseload has, one of each kind with its mark."""
    client, counsellor = caseload.client, caseload.counsellor
    client.name, client.emergency_contact = "Mark-Name", "Mark-Contact"
    client.save()
    counsellor.display_name = "Mark-Public"
    counsellor.save()
    counsellor.user.email = "mark-staff@example.org"
    counsellor.user.save()
    caseload.talking.text = "Mark-Talk"
    caseload.talking.save()
    caseload.consultation.place_details = "Mark-Place"
    caseload.consultation.save()
    caseload.plan.people = "Mark-Plan"
    caseload.plan.save()
    caseload.withheld.reason = "Mark-Withheld"
    caseload.withheld.save()
    held, later = (
        make_consultation(
            client=client, service=caseload.service, starts_at=NOW - days * DAY, status="completed"
        )
        for days in (3, 2)
    )
    why = make_assignment(client=client, version=caseload.version, rationale="Mark-Why")
    words = {"assignment": why, "happened_at": NOW - DAY}
    shared = make_entry(**words, answers={"words": "Mark-Shared"}, sharing="shared")
    Reply.objects.create(entry=shared, author=counsellor, text="Mark-Reply")
    text = make_consent_document(slug="video", title="Mark-Text")
    return {
        "held": held,
        "later": later,
        "note": make_note(consultation=held, sections=_said("Mark-Signed"), signed_at=NOW),
        "unsigned": make_note(consultation=later, sections=_said("Mark-Unsigned")),
        "process_note": make_process_note(client=client, text="Mark-Process", version=2),
        "assignment": why,
        "shared": shared,
        "private": make_entry(**words, answers={"words": "Mark-Private"}),
        "draft": make_entry(**words, answers={"words": "Mark-Draft"}, state="draft"),
        "small": make_small_share(partner=caseload.tie, text="Mark-Small"),
        "asking": make_consent_request(client=client, document=text),
        "hold": make_legal_hold(client=client, reason="Mark-Hold"),
        "waiting": make_waiting_entry(service=caseload.service, name="Mark-Waiting"),
        "own": make_version(owner=counsellor, title="Mark-Exercise").exercise,
        "short": str(client.pk)[:8],
    }


def _said(words):
    return [{"heading": "", "text": words}]


@pytest.fixture
def tries(world, monkeypatch):
    """Whether this role gets through by this way; what it changed is taken back."""
    # The same words as on the page beside it, and slow to make.
    monkeypatch.setattr(taking_out, "pdf_of", lambda page: None)

    def tries(role, way, mark):
        if way.changes:
            return _changes(world, role, way)
        key = (role, way.at, way.sent is None)
        if key not in world.told:
            with transaction.atomic():
                response = _ask(world, role, way)
                world.told[key] = told_by(response) if response.status_code == 200 else ""
                transaction.set_rollback(True)
        return _named(world, way.shows or mark) in world.told[key]

    return tries


def _changes(world, role, way):
    tables = [apps.get_model(label)._base_manager for label in way.changes]
    with transaction.atomic():
        if way.settled:
            _settle(world.names["client"])
        before = _rows(tables)
        _ask(world, role, way)
        after = _rows(tables)
        transaction.set_rollback(True)
    return before != after


def _rows(tables):
    # On PostgreSQL the last visitor would see their own alone.
    with whole_practice():
        return [list(table.values()) for table in tables]


def _ask(world, role, way):
    sent = way.sent and {_named(world, it): _named(world, to) for it, to in way.sent.items()}
    method = "get" if way.sent is None else "post"
    response = world.visits(method, role, f"/{_named(world, way.at)}", sent)
    assert response.status_code < 500
    return response


def _named(world, word):
    return word.format(**world.names) if isinstance(word, str) else word


def _settle(client):
    client.consultations.update(status="completed")
    flags = RiskFlag.objects.filter(client=client)
    flags.update(closed_at=NOW, closed_by=client.counsellor)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_cell_is_as_the_matrix_says(tries, kind):
    wrong = []
    for cell in kind.cells:
        for role in ROLES:
            if role in WALKED - cell.may:
                continue
            through = [way.at for way in cell.ways if tries(role, way, kind.mark)]
            if bool(through) != (role in cell.may):
                wrong.append((role, "may" if role in cell.may else "may not", cell.verb, through))
    assert not wrong, wrong


def _seen_by(role, world):
    """All that any page behind a sign-in tells this role; a link from a mail is itself a key."""
    for row in ROWS:
        if not row.at.startswith(INSIDE):
            continue
        with transaction.atomic():
            yield told_by(world.visits("get", role, "/" + row.at.format(**world.names)))
            transaction.set_rollback(True)


@pytest.mark.services
@pytest.mark.parametrize("role", ROLES)
def test_no_page_at_all_shows_more(world, role):
    """Also pages that no cell names."""
    pages = list(_seen_by(role, world))
    seen = {kind.mark for kind in KINDS if any(kind.mark in page for page in pages)}
    may = {
        kind.mark
        for kind in KINDS
        for cell in kind.cells
        if role in cell.may
        if cell.verb != "write"
    }
    assert seen <= may
