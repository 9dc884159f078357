"""Two whole caseloads, with a canary in every field that only one side may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from clients.models import (
    CaseloadView,
    Client,
    ConsentRequest,
    Cover,
    EmergencyAccess,
    Handover,
    Invitation,
    LegalHold,
    PushDevice,
    SafetyPlan,
)
from clients.stop_tokens import stop_token
from clients.tokens import invitation_token
from counsel.accounts.models import Counsellor
from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import record_access
from counsel.records.models import CorrectionRequest, Withholding
from counsel.reminders.models import Reminder
from counsel.reminders.services import reminder_plan
from exercises.models import (
    Assignment,
    Enrolment,
    Entry,
    ExerciseVersion,
    Partner,
    Programme,
    ProgressEvent,
    Reply,
    RiskFlag,
    SmallShare,
)
from exercises.partner_tokens import partner_token
from exercises.services.measures import score_make
from sessions.models import (
    AvailabilityException,
    AvailabilityRule,
    ClientService,
    Consultation,
    ConsultationNote,
    Hold,
    ImportedCalendar,
    NoteAddendum,
    NoteTemplate,
    ProcessNote,
    Series,
    Service,
    TalkingPoint,
    WaitingEntry,
)
from sessions.reminding import start_mark
from sessions.services import feed_make
from sessions.tokens.appointments import appointment_token, booked_token, moving_token, undo_token
from sessions.tokens.holds import asked_token, hold_token
from sessions.tokens.waiting import offer_token, waiting_token
from tests.exercises.measuring import make_measure, risky
from tests.factories import (
    make_addendum,
    make_assignment,
    make_caseload_view,
    make_client,
    make_consent_document,
    make_consent_request,
    make_consultation,
    make_correction,
    make_counsellor,
    make_cover,
    make_device,
    make_emergency_access,
    make_entry,
    make_handover,
    make_hold,
    make_legal_hold,
    make_note,
    make_partner,
    make_portal_client,
    make_process_note,
    make_programme,
    make_progress_event,
    make_rule,
    make_safety_plan,
    make_service,
    make_small_share,
    make_talking_point,
    make_version,
    make_waiting_entry,
    make_withholding,
)

START = datetime(2030, 1, 14, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Caseload:
    """One of each; the names are what `tests.access_table` writes between braces."""

    counsellor: Counsellor
    client: Client
    service: Service
    rule: AvailabilityRule
    exception: AvailabilityException
    agreement: ClientService
    consultation: Consultation
    series: Series
    version: ExerciseVersion
    assignment: Assignment
    shared: Entry
    programme: Programme
    enrolment: Enrolment
    waiting_assignment: Assignment
    private: Entry
    draft: Entry
    reply: Reply
    note: ConsultationNote
    addendum: NoteAddendum
    process_note: ProcessNote
    note_format: NoteTemplate
    measured: Entry
    flag: RiskFlag
    noted: ProgressEvent
    kept_view: CaseloadView
    device: PushDevice
    asking: ConsentRequest
    tie: Partner
    small_share: SmallShare
    talking: TalkingPoint
    # To third counsellors, so that the other caseload's stays a stranger to this one.
    cover: Cover
    handover: Handover
    # From third counsellors: a shared entry that may be read, and a client who is offered.
    lent: Entry
    offer: Handover
    legal_hold: LegalHold
    withheld: Withholding
    correction: CorrectionRequest
    emergency: EmergencyAccess
    plan: SafetyPlan
    reminder: Reminder
    event: AccessEvent
    hold: Hold
    waiting: WaitingEntry
    imported: ImportedCalendar
    feed_secret: str
    asked: str
    held: str
    place: str
    offered: str
    booked: str
    appointment: str
    moving: str
    undoing: str
    invitation: str
    partner_invitation: str
    stop: str


def make_caseload(canary: str) -> Caseload:
    counsellor = make_counsellor()
    client = make_portal_client(
        counsellor=counsellor,
        name=canary,
        pronouns=canary,
        email=f"{canary}@example.org".lower(),
        phone=canary,
        emergency_contact=canary,
    )
    service = make_service(counsellor=counsellor)
    consultation = make_consultation(client=client, service=service, starts_at=START)
    version = make_version(owner=counsellor, title=f"Exercise {canary}")
    assignment = make_assignment(
        client=client, version=version, rationale=canary, starts_on=date(2030, 1, 1)
    )
    programme = make_programme({}, owner=counsellor, title=f"Programme {canary}", summary=canary)
    enrolment = Enrolment.objects.create(
        client=client, programme=programme, starts_on=date(2030, 1, 1)
    )
    words = {"assignment": assignment, "answers": {"words": canary}, "because": canary}
    shared = make_entry(**words, sharing="shared")
    measured = _measured(client, canary)
    hold = make_hold(
        service=service,
        starts_at=START + HOUR,
        name=canary,
        email=f"new-{canary}@example.org",
        intake=[{"question": canary, "answer": canary}],
    )
    waiting = make_waiting_entry(
        service=service, name=canary, email=f"waiting-{canary}@example.org"
    )
    offer = make_hold(
        service=service,
        starts_at=START + 3 * HOUR,
        purpose="offer",
        name=canary,
        email=waiting.email,
        waiting_entry=waiting,
    )
    note = make_note(
        consultation=consultation,
        sections=[{"heading": canary, "text": canary}],
        agreed=canary,
        signed_at=START,
    )
    tie = make_partner(
        client=client, name=canary, signs_as=canary, email=f"partner-{canary}@example.org".lower()
    )
    return Caseload(
        counsellor=counsellor,
        client=client,
        service=service,
        rule=make_rule(counsellor=counsellor),
        exception=AvailabilityException.objects.create(
            counsellor=counsellor, kind="time_off", starts_at=START, ends_at=START + HOUR
        ),
        agreement=ClientService.objects.create(service=service, client=client),
        consultation=consultation,
        series=_series(consultation),
        version=version,
        assignment=assignment,
        shared=shared,
        programme=programme,
        enrolment=enrolment,
        waiting_assignment=make_assignment(
            client=client,
            version=version,
            rationale=canary,
            enrolment=enrolment,
            status="waiting",
            after=assignment,
            after_days=3,
        ),
        private=make_entry(**words),
        draft=make_entry(**words, state="draft"),
        reply=Reply.objects.create(entry=shared, author=counsellor, text=canary),
        note=note,
        addendum=make_addendum(note=note, text=canary),
        process_note=make_process_note(client=client, text=canary),
        # The practice's, and so for all of its staff.
        note_format=NoteTemplate.objects.create(name=f"As {counsellor.slug}", headings="Body"),
        measured=measured,
        flag=measured.risk_flag,
        noted=make_progress_event(client=client, words=canary),
        kept_view=make_caseload_view(owner=counsellor, name=canary),
        device=make_device(client=client, label=canary),
        asking=make_consent_request(client=client, document=make_consent_document(slug="data")),
        tie=tie,
        small_share=make_small_share(partner=tie, entry=shared, text=canary),
        talking=make_talking_point(client=client, text=canary),
        cover=make_cover(client=client, reason=canary),
        handover=make_handover(client=client, words=canary),
        lent=_lent(counsellor, canary),
        offer=make_handover(client=make_client(name=canary), to=counsellor, words=canary),
        emergency=make_emergency_access(client=client, reason=canary),
        plan=make_safety_plan(client=client, people=canary, is_shared=True),
        legal_hold=make_legal_hold(client=client, reason=canary),
        # Not one of its own rows: all else of this caseload can be taken out.
        withheld=make_withholding(client=client, item_id=uuid4(), reason=canary),
        correction=make_correction(client=client, text=canary),
        reminder=_reminder(consultation),
        event=record_access(verb=Verb.READ, subject=client, client_id=client.pk),
        hold=hold,
        asked=asked_token(hold),
        held=hold_token(hold),
        waiting=waiting,
        place=waiting_token(waiting),
        offered=offer_token(offer),
        imported=ImportedCalendar.objects.create(
            counsellor=counsellor, name=canary, address=f"https://calendar.example/{canary}.ics"
        ),
        feed_secret=feed_make(owner=counsellor),
        booked=booked_token(consultation),
        appointment=appointment_token(consultation),
        moving=moving_token(consultation),
        undoing=undo_token(consultation),
        invitation=_invitation(counsellor),
        partner_invitation=partner_token(tie),
        stop=stop_token(client),
    )


def _measured(client: Client, canary: str) -> Entry:
    """Handed in, shared, and asking to be looked at."""
    owner = client.counsellor
    version = make_measure(title=f"Measure {canary}", owner=owner, slug=f"phq-9-{owner.slug}")
    entry = make_entry(client=client, version=version, sharing="shared", answers=risky(1))
    score_make(entry=entry, now=entry.happened_at)
    return entry


def _lent(to: Counsellor, canary: str) -> Entry:
    entry = make_entry(answers={"words": canary}, sharing="shared")
    make_cover(client=entry.client, to=to, reason=canary)
    return entry


def _series(consultation: Consultation) -> Series:
    series = Series.objects.create(
        counsellor=consultation.counsellor,
        client=consultation.client,
        service=consultation.service,
        rhythm="weekly",
        time_zone="Europe/London",
        first_day=START.date(),
        at=START.time(),
        count=2,
    )
    consultation.series = series
    consultation.save(update_fields=["series"])
    return series


def _reminder(consultation: Consultation) -> Reminder:
    return reminder_plan(
        counsellor=consultation.counsellor,
        kind="consultation_reminder",
        subject=f"consultation:{consultation.pk}",
        person=f"client:{consultation.client_id}",
        due_at=START - timedelta(days=1),
        not_after=START,
        occurrence=start_mark(consultation),
    )


def _invitation(counsellor: Counsellor) -> str:
    newcomer = make_client(counsellor=counsellor, name="Newcomer")
    invitation = Invitation.objects.create(
        client=newcomer, expires_at=timezone.now() + timedelta(days=14)
    )
    return invitation_token(invitation)
