"""Plain makers of valid rows: each takes what the test cares about and fills in the rest."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from clients.models import (
    CaseloadView,
    Client,
    ConsentDocument,
    ConsentRequest,
    Cover,
    EmergencyAccess,
    Handover,
    LegalHold,
    PushDevice,
    SafetyPlan,
)
from counsel.accounts.models import Counsellor, User
from counsel.common.vapid import vapid_key_make
from counsel.records.models import CorrectionRequest, Withholding
from exercises.models import (
    Assignment,
    Entry,
    EntryFact,
    Exercise,
    ExerciseVersion,
    Partner,
    PinnedQuote,
    Programme,
    ProgrammeItem,
    ProgressEvent,
    Review,
    SmallShare,
)
from exercises.services.practising import facts_of
from sessions.models import (
    AvailabilityRule,
    Consultation,
    ConsultationNote,
    Hold,
    NoteAddendum,
    ProcessNote,
    Service,
    TalkingPoint,
    WaitingEntry,
)

PASSWORD = "a long enough password"
_count = itertools.count(1)


def make_user(**fields) -> User:
    password = fields.pop("password", PASSWORD)
    fields.setdefault("email", f"person{next(_count)}@example.org")
    return User.objects.create_user(password=password, **fields)


def make_counsellor(**fields) -> Counsellor:
    number = next(_count)
    if "user" not in fields:
        fields["user"] = make_user(
            email=fields.pop("email", f"counsellor{number}@example.org"),
            is_staff=True,
            time_zone=fields.get("time_zone", "Europe/London"),
        )
    fields.setdefault("slug", f"counsellor-{number}")
    fields.setdefault("display_name", f"Counsellor {number}")
    fields.setdefault("time_zone", "Europe/London")
    return Counsellor.objects.create(**fields)


def make_manager(**fields) -> User:
    """Who runs the practice and, as in most, the system too; see `make_technician`."""
    return make_user(**{"is_staff": True, "is_superuser": True, "runs_practice": True, **fields})


def make_technician(**fields) -> User:
    """Who runs the system and not the practice."""
    return make_user(is_staff=True, is_superuser=True, **fields)


def make_client(**fields) -> Client:
    """A client without a sign-in; `make_portal_client` makes one who can enter the portal."""
    number = next(_count)
    fields.setdefault("counsellor", None)
    fields["counsellor"] = fields["counsellor"] or make_counsellor()
    fields.setdefault("name", f"Person {number}")
    fields.setdefault("email", f"person{number}@example.org")
    fields.setdefault("time_zone", "Europe/London")
    fields.setdefault("status", Client.Status.ACTIVE)
    return Client.objects.create(**fields)


def make_portal_client(**fields) -> Client:
    client_record = make_client(**fields)
    client_record.user = make_user(
        email=client_record.email, time_zone=client_record.time_zone, name=client_record.name
    )
    client_record.save(update_fields=["user"])
    return client_record


def make_device(**fields) -> PushDevice:
    """A browser that gets notifications, with keys as browsers make them (nobody has theirs)."""
    number = next(_count)
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_portal_client()
    fields.setdefault("endpoint", f"https://push.example.net/{number}")
    fields.setdefault("p256dh", vapid_key_make().public)
    fields.setdefault("auth", "A" * 22)
    fields.setdefault("server_key", settings.VAPID_KEY.public if settings.VAPID_KEY else "")
    fields.setdefault("label", "Phone")
    return PushDevice.objects.create(**fields)


def make_consent_document(**fields) -> ConsentDocument:
    fields.setdefault("slug", "booking")
    fields.setdefault("version", next(_count))
    fields.setdefault("title", "How we keep what you tell us")
    fields.setdefault("text", "We keep it safe.")
    return ConsentDocument.objects.create(**fields)


def make_consent_request(**fields) -> ConsentRequest:
    """One that waits for an answer."""
    fields["client"] = fields.get("client") or make_portal_client()
    fields["document"] = fields.get("document") or make_consent_document()
    fields.setdefault("asked_by", fields["client"].counsellor)
    fields.setdefault("asked_at", timezone.now())
    return ConsentRequest.objects.create(**fields)


def make_service(**fields) -> Service:
    number = next(_count)
    fields.setdefault("counsellor", None)
    fields["counsellor"] = fields["counsellor"] or make_counsellor()
    fields.setdefault("name", "Consultation")
    fields.setdefault("slug", f"consultation-{number}")
    return Service.objects.create(**fields)


def make_rule(**fields) -> AvailabilityRule:
    fields.setdefault("weekday", 0)
    fields.setdefault("starts", time(9))
    fields.setdefault("ends", time(17))
    return AvailabilityRule.objects.create(**fields)


def make_consultation(**fields) -> Consultation:
    """A row as it is stored; the services are what books one for real."""
    client_record = fields.pop("client", None) or make_client()
    service = fields.pop("service", None) or make_service(counsellor=client_record.counsellor)
    starts_at = fields.pop("starts_at", datetime(2030, 1, 7, 10, tzinfo=UTC))
    ends_at = fields.pop("ends_at", starts_at + timedelta(minutes=service.length))
    fields.setdefault("status", "confirmed")
    fields.setdefault("held_from", starts_at - timedelta(minutes=service.buffer_before))
    fields.setdefault("held_until", ends_at + timedelta(minutes=service.buffer_after))
    fields.setdefault("time_zone", client_record.time_zone)
    fields.setdefault("place", service.place)
    fields.setdefault("cancel_notice", service.cancel_notice)
    return Consultation.objects.create(
        client=client_record,
        counsellor=client_record.counsellor,
        service=service,
        starts_at=starts_at,
        ends_at=ends_at,
        **fields,
    )


def make_hold(**fields) -> Hold:
    """A row as it is stored, kept until two hours from now; the services are what keep a time."""
    number = next(_count)
    service = fields.pop("service", None) or make_service()
    starts_at = fields.pop("starts_at", datetime(2030, 1, 7, 10, tzinfo=UTC))
    ends_at = fields.pop("ends_at", starts_at + timedelta(minutes=service.length))
    fields.setdefault("purpose", Hold.Purpose.BOOKING)
    fields.setdefault("held_from", starts_at - timedelta(minutes=service.buffer_before))
    fields.setdefault("held_until", ends_at + timedelta(minutes=service.buffer_after))
    fields.setdefault("expires_at", timezone.now() + timedelta(hours=2))
    fields.setdefault("name", f"Person {number}")
    fields.setdefault("email", f"person{number}@example.org")
    fields.setdefault("time_zone", "Europe/London")
    return Hold.objects.create(
        counsellor=service.counsellor,
        service=service,
        starts_at=starts_at,
        ends_at=ends_at,
        **fields,
    )


def make_version(**fields) -> ExerciseVersion:
    number = next(_count)
    if "exercise" not in fields:
        fields["exercise"] = Exercise.objects.create(
            slug=fields.pop("slug", f"exercise-{number}"),
            kind=fields.pop("kind", Exercise.Kind.PRACTICE),
            owner=fields.pop("owner", None),
        )
    fields.setdefault("number", 1)
    fields.setdefault("title", "Look around")
    fields.setdefault("summary", "Notice three things near you.")
    fields.setdefault("content_hash", f"{number:064d}")
    fields.setdefault(
        "steps",
        [
            {
                "key": "notice",
                "title": "Notice",
                "fields": [{"key": "words", "kind": "long_text", "label": "What do you notice?"}],
            }
        ],
    )
    return ExerciseVersion.objects.create(**fields)


def make_assignment(**fields) -> Assignment:
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_portal_client()
    fields.setdefault("version", None)
    fields["version"] = fields["version"] or make_version()
    fields.setdefault("rationale", "Because small steps count.")
    fields.setdefault("starts_on", date(2030, 1, 1))
    return Assignment.objects.create(**fields)


def make_programme(*items, **fields) -> Programme:
    """Each of `items` says how one exercise is given; without any there is one, daily."""
    fields.setdefault("owner", None)
    fields["owner"] = fields["owner"] or make_counsellor()
    fields.setdefault("title", f"Programme {next(_count)}")
    programme = Programme.objects.create(**fields)
    for position, item in enumerate(items or [{}]):
        exercise = item.get("exercise") or make_version().exercise
        given = {"rationale": "Because small steps count.", **item, "exercise": exercise}
        ProgrammeItem.objects.create(programme=programme, position=position, **given)
    return programme


def make_entry(**fields) -> Entry:
    """A submitted, private entry unless told otherwise."""
    if "assignment" in fields and fields["assignment"] is not None:
        fields.setdefault("client", fields["assignment"].client)
        fields.setdefault("version", fields["assignment"].version)
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_portal_client()
    fields.setdefault("version", None)
    fields["version"] = fields["version"] or make_version()
    fields.setdefault("happened_at", timezone.now())
    fields.setdefault("local_date", fields["happened_at"].astimezone(fields["client"].zone).date())
    fields.setdefault("state", Entry.State.SUBMITTED)
    if fields["state"] == Entry.State.SUBMITTED:
        fields.setdefault("logged_at", fields["happened_at"])
    entry = Entry.objects.create(**fields)
    if entry.state == Entry.State.SUBMITTED and entry.answers:
        EntryFact.objects.bulk_create(facts_of(entry, entry.steps()))
    return entry


def make_review(entry: Entry, **fields) -> Review:
    """The counsellor has opened it."""
    fields.setdefault("seen_at", timezone.now())
    entry.seen = True
    entry.save(update_fields=["seen"])
    return Review.objects.create(entry=entry, **fields)


def make_partner(**fields) -> Partner:
    """Somebody who has said yes; with `user=None` one who is only invited."""
    number = next(_count)
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_portal_client()
    fields.setdefault("name", f"Person {number}")
    fields.setdefault("email", f"partner{number}@example.org")
    fields.setdefault("expires_at", timezone.now() + timedelta(days=14))
    if "user" not in fields:
        fields["user"] = make_user(email=fields["email"])
    if fields["user"] is not None:
        fields.setdefault("accepted_at", timezone.now())
    return Partner.objects.create(**fields)


def make_small_share(**fields) -> SmallShare:
    fields.setdefault("partner", None)
    fields["partner"] = fields["partner"] or make_partner()
    fields.setdefault("text", "I liked our walk.")
    return SmallShare.objects.create(**fields)


def make_waiting_entry(**fields) -> WaitingEntry:
    """Somebody who has confirmed their address and waits for any time."""
    number = next(_count)
    service = fields.pop("service", None) or make_service()
    fields.setdefault("name", f"Person {number}")
    fields.setdefault("email", f"waiting{number}@example.org")
    fields.setdefault("time_zone", "Europe/London")
    fields.setdefault("state", WaitingEntry.State.WAITING)
    # In the order in which they were made, even where a test's clock stands still.
    fields.setdefault("created_at", timezone.now() + timedelta(microseconds=number))
    return WaitingEntry.objects.create(service=service, counsellor=service.counsellor, **fields)


def make_note(**fields) -> ConsultationNote:
    """A note as it is stored: a draft in free form, unless it is said to be signed."""
    consultation = fields.pop("consultation", None) or make_consultation(status="completed")
    fields.setdefault("author", consultation.counsellor)
    fields.setdefault("sections", [{"heading": "", "text": "We began."}])
    fields.setdefault("saved_at", consultation.ends_at)
    if fields.get("signed_at"):
        fields.setdefault("signed_by", fields["author"])
    return ConsultationNote.objects.create(consultation=consultation, **fields)


def make_addendum(**fields) -> NoteAddendum:
    fields.setdefault("author", fields["note"].author)
    fields.setdefault("text", "One thing more.")
    return NoteAddendum.objects.create(**fields)


def make_process_note(**fields) -> ProcessNote:
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_client()
    fields.setdefault("author", fields["client"].counsellor)
    fields.setdefault("text", "What this stirs in me.")
    fields.setdefault("saved_at", timezone.now())
    return ProcessNote.objects.create(**fields)


def make_talking_point(**fields) -> TalkingPoint:
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_client()
    fields.setdefault("text", "The call with my sister.")
    fields.setdefault("written_at", timezone.now())
    return TalkingPoint.objects.create(**fields)


def make_pin(**fields) -> PinnedQuote:
    fields.setdefault("client", fields["entry"].client)
    fields.setdefault("field", "words")
    fields.setdefault("place", 1)
    return PinnedQuote.objects.create(**fields)


def make_progress_event(**fields) -> ProgressEvent:
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_client()
    fields.setdefault("author", fields["client"].counsellor)
    fields.setdefault("day", date(2030, 1, 5))
    fields.setdefault("words", "Moved house")
    return ProgressEvent.objects.create(**fields)


def make_legal_hold(**fields) -> LegalHold:
    """One that stands from the first of January 2030 on."""
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_client()
    fields.setdefault("reason", "A complaint.")
    fields.setdefault("since", date(2030, 1, 1))
    fields.setdefault("set_by", fields["client"].counsellor.user)
    return LegalHold.objects.create(**fields)


def make_withholding(**fields) -> Withholding:
    """Of a note, unless told otherwise; the caller says of which."""
    fields.setdefault("kind", "note")
    fields.setdefault("reason", "It could set off a panic.")
    fields.setdefault("decided_by", fields["client"].counsellor)
    fields.setdefault("decided_at", timezone.now())
    return Withholding.objects.create(**fields)


def make_correction(**fields) -> CorrectionRequest:
    """One that waits for an answer."""
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_portal_client()
    fields.setdefault("text", "I have two brothers, not one.")
    fields.setdefault("asked_at", timezone.now())
    return CorrectionRequest.objects.create(**fields)


def make_cover(**fields) -> Cover:
    """A week from the first of January 2030 in which a colleague may read."""
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_client()
    fields.setdefault("lent_by", fields["client"].counsellor)
    fields["to"] = fields.get("to") or make_counsellor()
    fields.setdefault("starts_at", datetime(2030, 1, 1, tzinfo=UTC))
    fields.setdefault("ends_at", datetime(2030, 1, 8, tzinfo=UTC))
    fields.setdefault("consent_on", date(2029, 12, 20))
    fields.setdefault("consent_how", "spoken")
    return Cover.objects.create(**fields)


def make_emergency_access(**fields) -> EmergencyAccess:
    """For an hour of the morning of 7 January 2030, by somebody who is nobody's counsellor."""
    fields["client"] = fields.get("client") or make_client()
    fields["by"] = fields.get("by") or make_manager()
    fields.setdefault("began_at", datetime(2030, 1, 7, 8, tzinfo=UTC))
    fields.setdefault("ends_at", fields["began_at"] + timedelta(hours=1))
    fields.setdefault("reason", "They wrote that they are not safe.")
    return EmergencyAccess.objects.create(**fields)


def make_safety_plan(**fields) -> SafetyPlan:
    """One that its client keeps for themselves, unless told otherwise."""
    fields["client"] = fields.get("client") or make_portal_client()
    fields.setdefault("people", "My sister, 555 0101")
    fields.setdefault("changed_at", timezone.now())
    return SafetyPlan.objects.create(**fields)


def make_handover(**fields) -> Handover:
    fields.setdefault("client", None)
    fields["client"] = fields["client"] or make_client()
    fields.setdefault("offered_by", fields["client"].counsellor)
    fields["to"] = fields.get("to") or make_counsellor()
    fields.setdefault("consent_on", date(2029, 12, 20))
    fields.setdefault("consent_how", "written")
    return Handover.objects.create(**fields)


def make_caseload_view(**fields) -> CaseloadView:
    fields["owner"] = fields.get("owner") or make_counsellor()
    fields.setdefault("name", f"View {next(_count)}")
    fields.setdefault("query", "need=unread")
    return CaseloadView.objects.create(**fields)
