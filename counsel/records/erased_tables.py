"""Where a client's data is: every table of it, in the order in which it is deleted.

`tests/records/test_erased_tables.py` refuses a model that stands neither here nor, with a reason,
among those that stay.
"""

from __future__ import annotations

from django.db.models import Model, Q

from clients.models import (
    Address,
    Client,
    Consent,
    ConsentRequest,
    Cover,
    EmergencyAccess,
    Handover,
    Invitation,
    LegalHold,
    PushDevice,
    SafetyPlan,
)
from counsel.accounts.models import Counsellor
from counsel.audit.models import AccessReview
from counsel.records.models import CorrectionRequest, Withholding
from exercises.models import (
    Assignment,
    AssignmentPause,
    Enrolment,
    Entry,
    EntryFact,
    Nudges,
    Partner,
    PinnedQuote,
    ProgressEvent,
    Reply,
    Review,
    RiskFlag,
    ScaleScore,
    Score,
    SmallShare,
    Standing,
)
from sessions.models import (
    CalendarFeed,
    ClientService,
    Consultation,
    ConsultationChange,
    ConsultationNote,
    Hold,
    NoteAddendum,
    ProcessNote,
    Series,
    TalkingPoint,
    WaitingEntry,
)

# How the rows of each lead to the client. What points to another comes before it.
PATHS: tuple[tuple[type[Model], str], ...] = (
    (Withholding, "client"),
    (CorrectionRequest, "client"),
    (PinnedQuote, "client"),
    (SmallShare, "partner__client"),
    (RiskFlag, "client"),
    (ScaleScore, "score__entry__client"),
    (Score, "entry__client"),
    (Review, "entry__client"),
    (Reply, "entry__client"),
    (EntryFact, "client"),
    (Entry, "client"),
    (AssignmentPause, "assignment__client"),
    (Assignment, "client"),
    (Enrolment, "client"),
    (Nudges, "client"),
    (Standing, "client"),
    (ProgressEvent, "client"),
    (Partner, "client"),
    (NoteAddendum, "note__consultation__client"),
    (ConsultationNote, "consultation__client"),
    (ProcessNote, "client"),
    (TalkingPoint, "client"),
    (ConsultationChange, "consultation__client"),
    (Hold, "consultation__client"),
    (WaitingEntry, "client"),
    (Consultation, "client"),
    (Series, "client"),
    (ClientService, "client"),
    (CalendarFeed, "client"),
    (Cover, "client"),
    (EmergencyAccess, "client"),
    (AccessReview, "client_id"),
    (Handover, "client"),
    (Consent, "client"),
    (ConsentRequest, "client"),
    (Invitation, "client"),
    (Address, "client"),
    (PushDevice, "client"),
    (LegalHold, "client"),
    (SafetyPlan, "client"),
    (Client, "pk"),
)
# What the ledger calls a row, as a subject or as a person.
LEDGER: tuple[tuple[type[Model], str], ...] = (
    (Client, "client"),
    (Client, "practice"),
    (Invitation, "invitation"),
    (EmergencyAccess, "emergency"),
    (ConsentRequest, "consent_request"),
    (Address, "address"),
    (Partner, "partner"),
    (RiskFlag, "flag"),
    (Consultation, "consultation"),
    (Series, "series"),
    (Hold, "hold"),
    (WaitingEntry, "waiting"),
)


def rows_of(model: type[Model], path: str, client: Client) -> Q:
    """Who asked for a time without signing in is known by the address they gave, too."""
    found = Q(**{path: client.pk})
    if model is Hold:
        waiting = rows_of(WaitingEntry, "client", client)
        found |= Q(waiting_entry__in=WaitingEntry._base_manager.filter(waiting))
    if model in {Hold, WaitingEntry}:
        found |= _by_address(client)
    return found


def _by_address(client: Client) -> Q:
    """With a counsellor they have, or have had."""
    emails = {client.email, client.user.email if client.user else client.email}
    given = Q()
    for email in emails:
        given |= Q(email__iexact=email)
    theirs = Q(pk=client.counsellor_id) | Q(consultations__client=client.pk)
    theirs |= Q(handovers_offered__client=client.pk)
    return given & Q(counsellor__in=Counsellor.objects.filter(theirs).values("pk"))
