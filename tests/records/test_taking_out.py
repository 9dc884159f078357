"""A record taken out: whole, in four forms, by who has just shown who they are."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from fhir.resources.R4B.bundle import Bundle

from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import record_access
from counsel.records import taking_out
from counsel.records.format import SCHEMA, read_record, schema, written
from counsel.records.selectors import record_of
from counsel.records.taking_out import files_of, zip_of
from counsel.reminders.models import Reminder
from exercises.models import Reply
from tests.caseloads import make_caseload
from tests.exercises.measuring import answers, give, hand_in, make_measure
from tests.factories import (
    make_addendum,
    make_assignment,
    make_consent_document,
    make_consultation,
    make_counsellor,
    make_entry,
    make_manager,
    make_note,
    make_partner,
    make_portal_client,
    make_process_note,
    make_safety_plan,
    make_service,
    make_small_share,
    make_talking_point,
)

pytestmark = pytest.mark.django_db
GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2030, 3, 9, 20, tzinfo=UTC)
HELD = datetime(2030, 3, 1, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna():
    """One of each; nothing in it is counted up by the factories."""
    counsellor = make_counsellor(display_name="Ines Brandt", slug="ines")
    anna = make_portal_client(
        **{"counsellor": counsellor, "name": "Anna", "email": "anna@example.org", "phone": "1"},
        **{"pronouns": "she", "emergency_contact": "Her sister", "time_zone": "Asia/Kolkata"},
    )
    service = make_service(counsellor=counsellor, fee=Decimal("80.00"), currency="EUR")
    held = make_consultation(
        client=anna,
        service=service,
        starts_at=HELD,
        status="completed",
        fee=Decimal("80.00"),
        currency="EUR",
        intake=[{"question": "What brings you?", "answer": "Sleep."}],
        words="See you then.",
    )
    make_consultation(client=anna, service=service, status="cancelled_late")
    note = make_note(consultation=held, agreed="A walk.", signed_at=HELD)
    make_addendum(note=note, text="She called.")
    make_process_note(client=anna, text="Stirs.")
    make_talking_point(client=anna, text="My father.")
    make_safety_plan(client=anna, people="Her sister, 2")
    given = make_assignment(client=anna, rationale="Evenings are hard.", starts_on=date(2030, 3, 1))
    shared = make_entry(
        assignment=given, answers={"words": "A bird <&>."}, sharing="shared", happened_at=HELD
    )
    Reply.objects.create(entry=shared, author=counsellor, text="I like birds.")
    days = [HELD + timedelta(days=n) for n in (1, 2)]
    alone = {"answers": {"words": "Mine alone."}, "happened_at": days[0]}
    make_entry(client=anna, version=given.version, **alone)
    could_not = {"outcome": "could_not", "because": "Travelling.", "happened_at": days[1]}
    make_entry(assignment=given, **could_not, sharing="shared")
    hand_in(give(anna, make_measure("gad-7")), answers(2, key="gad-7"), sharing="shared")
    text = make_consent_document(version=1)
    anna.consents.create(document=text, text_hash=text.text_hash, given_at=HELD)
    partner = make_partner(client=anna, name="Boris", email="boris@example.org", signs_as="A.")
    make_small_share(partner=partner, text="I liked our walk.")
    Reminder.objects.create(
        **{"counsellor": counsellor, "kind": "invitation", "subject": f"client:{anna.pk}"},
        **{"person": f"client:{anna.pk}", "due_at": HELD, "not_after": NOW, "try_at": HELD},
        **{"state": "sent", "finished_at": HELD, "handed_over_at": HELD},
    )
    record_access(verb=Verb.READ, subject=anna, client_id=anna.pk, actor=counsellor.user)
    return anna


def steady(text):
    """Ids are random: each is called by the order in which it comes."""
    known = {}
    found = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    return re.sub(found, lambda it: known.setdefault(it[0], f"id-{len(known) + 1}"), text)


@pytest.mark.parametrize("name", ["record.json", "record.html", "fhir.json"])
def test_it_is_as_it_was(anna, monkeypatch, name):
    monkeypatch.setattr(taking_out, "pdf_of", lambda page: None)
    with ZipFile(io.BytesIO(zip_of(anna))) as archive:
        found = steady(archive.read(name).decode())
    golden = GOLDEN / name
    # To take a new one when it is meant to change: remove the file and run this test.
    if not golden.exists():
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


def test_what_was_taken_out_is_read_again_with_the_same_values(anna):
    content = json.dumps(record_of(anna))
    record = read_record(content)
    assert read_record(written(record)) == record
    (held,) = anna.consultations.filter(status="completed")
    found = record.consultations[1]
    assert (found.id, found.starts_at, found.fee) == (held.pk, held.starts_at, held.fee)
    assert {it.id for it in record.entries} == set(anna.entries.values_list("pk", flat=True))
    assert record.profile.id == anna.pk
    assert record.taken_out_at == NOW
    with pytest.raises(ValueError, match="extra"):
        read_record(content.replace('"pronouns"', '"pronoun"'))


def test_the_schema_that_is_published_is_the_one_it_is_read_by():
    assert Path(SCHEMA).read_text(encoding="utf-8") == schema()


def test_a_record_with_a_bit_of_everything_follows_the_schema():
    caseload = make_caseload("Canary-7Q")
    for by_counsellor in (False, True):
        read_record(json.dumps(record_of(caseload.client, by_counsellor=by_counsellor)))


def test_the_bundle_follows_fhir_and_names_only_what_is_in_it(anna):
    bundle = json.loads(files_of(record_of(anna))["fhir.json"])
    Bundle.model_validate(bundle)
    kinds = [it["resource"]["resourceType"] for it in bundle["entry"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        **{"Patient": 1, "Appointment": 2, "CarePlan": 1, "QuestionnaireResponse": 4}
    }
    named = set(re.findall(r'"reference": "([^"]+)"', json.dumps(bundle)))
    assert named == {f"urn:uuid:{anna.pk}"}
    assert named <= {it["fullUrl"] for it in bundle["entry"]}


def test_what_the_counsellor_takes_out_holds_nothing_that_is_the_clients_alone(anna):
    make_entry(client=anna, state="draft", answers={"words": "Half a thought."})
    told = "".join(str(file) for file in files_of(record_of(anna, by_counsellor=True)).values())
    for hidden in (
        "Mine alone.",
        "Her sister, 2",
        "Half a thought.",
        "I liked our walk.",
        "Boris",
        "Stirs.",
    ):
        assert hidden not in told
    for there in ("A bird", "I like birds.", "She called.", "Sleep.", "My father."):
        assert there in told
    assert "Private entries and drafts" in told


def test_other_peoples_names_and_what_is_thought_alone_stay_out_of_the_clients_own(anna):
    record = record_of(anna)
    assert "Boris" not in str(record) and "boris@" not in str(record)
    assert "Stirs." not in str(record)
    assert [it["what"] for it in record["left_out"]] == [
        "Notes of consultations that are not signed",
        "Process notes",
        "What is about other people",
    ]


def test_on_paper_it_is_a_pdf_unless_it_is_very_long(anna, monkeypatch):
    assert files_of(record_of(anna))["record.pdf"].startswith(b"%PDF")
    monkeypatch.setattr(taking_out, "MOST_ON_PAPER", 2)
    files = files_of(record_of(anna))
    assert "record.pdf" not in files
    assert "There is no PDF" in files["record.html"]


def test_no_export_leaves_before_it_is_shown_once_more_who_takes_it(anna):
    measured = anna.entries.get(version__exercise__kind="measure")
    of_client = "admin:clients_client_"
    tries = [
        (anna.user, "post", reverse("records:download"), {}),
        (anna.user, "post", reverse("records:pages"), {"shape": "page"}),
        (anna.counsellor.user, "get", reverse(f"{of_client}brief_paper", args=[anna.pk]), {}),
        (
            *(anna.counsellor.user, "post"),
            *(reverse(f"{of_client}response", args=[anna.pk, measured.pk]), {}),
        ),
        (make_manager(), "post", reverse("admin:practice_export"), {"span": "12m"}),
    ]
    for user, method, url, data in tries:
        browser = Browser()
        browser.force_login(user)
        answer = getattr(browser, method)(url, data)
        asked = answer.get("Location", "") or answer.content.decode()
        assert "/accounts/reauthenticate/" in asked, url
        assert "Content-Disposition" not in answer
    assert not AccessEvent.objects.filter(verb=Verb.EXPORT).exists()
