"""A practice in which every kind of reminder waits to be sent, full of words that must not tell.

Whoever registers a kind brings it about here, in every wording it has.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from clients.codes import code_of
from clients.models import Client
from clients.services import (
    address_give,
    address_verify,
    consent_ask,
    emergency_access_open,
    invitation_send,
)
from counsel.accounts.models import Counsellor, User
from counsel.reminders.models import Reminder
from exercises.planning import practice_plan
from exercises.services.flags import flag_raise
from exercises.services.partners import partner_invite
from exercises.services.small_shares import small_share_send
from sessions.models import Consultation, Service, Status
from sessions.morning import morning_lists_plan
from sessions.planning import plan_request
from sessions.series.asked import Asked
from sessions.services import (
    consultation_book,
    consultation_cancel,
    consultation_confirm,
    consultation_decline,
    hold_place,
    offers_make,
    series_book,
    series_cancel,
    series_change,
    waiting_confirm,
    waiting_join,
)
from sessions.services import consultation_reschedule as move
from tests.factories import (
    make_assignment,
    make_client,
    make_consent_document,
    make_consultation,
    make_counsellor,
    make_entry,
    make_manager,
    make_partner,
    make_portal_client,
    make_rule,
    make_service,
    make_version,
)

# When the practice below is set up: the morning, so that today's practice still lies ahead.
MORNING = datetime(2030, 1, 3, 8, tzinfo=UTC)
BREAKS = "Eve\r\nBcc: eve@example.org\r\nATTENDEE:mailto:eve@example.org"
TRAPS = ("Quellwasser", "Kastanie", "Felsental", "Lindenhof", "8675309", "Weissdorn")


def everything():
    named = {"slug": "dr-kastanie", "display_name": "Dr Kastanie"}
    counsellor = make_counsellor(**named, morning_hour=MORNING.hour)
    client = make_client(counsellor=counsellor, name="Anna Quellwasser", pronouns="Felsental")
    service = make_service(
        counsellor=counsellor, name="Trauma therapy", place_details="Lindenhof", fee="8675309"
    )

    def book(day):
        starts_at = MORNING + timedelta(days=day)
        return consultation_book(service=service, client=client, starts_at=starts_at)

    def ask(day):
        starts_at = MORNING + timedelta(days=day)
        made = {"starts_at": starts_at, "status": Status.PENDING}
        asked = make_consultation(client=client, service=service, **made)
        plan_request(asked, timezone.now())
        return asked

    book(4)
    words = "Dr Kastanie: I am ill. Bring Weissdorn to Lindenhof."
    consultation_cancel(consultation=book(5), by="client")
    consultation_cancel(consultation=book(11), by="counsellor", words=words)
    ask(6)
    consultation_decline(consultation=ask(7), words=words)
    consultation_confirm(consultation=ask(12), words=words)
    firm = book(8)
    Reminder.objects.filter(kind="consultation_confirmed").update(
        state="sent", finished_at=timezone.now()
    )
    move(consultation=firm, starts_at=MORNING + timedelta(days=9))
    asked = ask(13)
    Reminder.objects.filter(kind="consultation_requested", subject__endswith=str(asked.pk)).update(
        state="sent", finished_at=timezone.now()
    )
    move(consultation=asked, starts_at=MORNING + timedelta(days=14))
    book(10)
    invitation_send(client=client)
    _ask(service)
    _repeat(service, client, time(12))
    _repeat(service, make_portal_client(counsellor=counsellor), time(15))
    _wait(service)
    _practise(counsellor)
    _ask_to_agree(counsellor)
    emergency_access_open(by=make_manager(), who=client.email, reason="Weissdorn")
    flag_raise(entry=make_entry(client=client, because="Weissdorn"), now=timezone.now())
    _tell_a_partner(counsellor)
    _give_another_address(counsellor)
    morning_lists_plan(timezone.now())


def let_all_have(wording):
    """From now on every client reads messages in that wording, on each channel."""
    Client.objects.update(email_wording=wording, sms_wording=wording, push_wording=wording)


def let_names_break_lines():
    """From now on everybody's name, and what is offered where, tries to be more than one line."""
    for one in Client._base_manager.all():
        one.name, one.pronouns, one.phone = BREAKS, BREAKS[:40], BREAKS[:40]
        one.save(update_fields=["name", "pronouns", "phone"])
    User.objects.update(name=BREAKS)
    Counsellor.objects.update(display_name=BREAKS)
    Service.objects.update(name=BREAKS, place_details=BREAKS)
    for consultation in Consultation.objects.all():
        consultation.words = BREAKS
        consultation.save(update_fields=["words"])


def _repeat(service, client, at):
    first_day = MORNING.date() + timedelta(days=4)
    series_book(asked=Asked(service, client, "weekly", first_day, at, count=4))
    rows = list(client.consultations.filter(series__isnull=False).order_by("starts_at"))
    series_cancel(consultation=rows[2], scope="following")
    series_change(consultation=rows[0], scope="all", weekday=2, at=at)


def _ask(service):
    make_rule(counsellor=service.counsellor, weekday=3, starts=time(9), ends=time(17))
    hold_place(
        service=service,
        starts_at=MORNING + timedelta(days=14, hours=3),
        name="Cora Quellwasser",
        email="cora@example.org",
        time_zone="Europe/London",
        language="en-gb",
        consent=make_consent_document(title="Felsental", text="Lindenhof"),
        idempotency_key="k" * 32,
        intake=[{"question": "Kastanie?", "answer": "Weissdorn"}],
    )


def _wait(service):
    who = {"name": "Dora Quellwasser", "time_zone": "Europe/London", "language": "en-gb"}
    waiting_join(service=service, email="dora@example.org", **who)
    asked = waiting_join(service=service, email="emma@example.org", **who, weekdays=[3])
    waiting_confirm(entry=asked)
    offers_make(timezone.now())


def _practise(counsellor):
    """A message of a day in each of its forms."""
    forms = ("practice", "measure", "news", "reply", "reply practice", "practice gently", "last")
    version = make_version(title="Shame and Weissdorn", summary="Weissdorn")
    for about in forms:
        portal_client = make_portal_client(
            counsellor=counsellor, name="Berta Quellwasser", reminder_hour=18
        )
        make_assignment(
            client=portal_client,
            version=version,
            rationale="Because of Weissdorn.",
            starts_on=MORNING.date(),
            reminders=True,
        )
        practice_plan(timezone.now(), client=portal_client)
        Reminder.objects.filter(person=f"client:{portal_client.pk}").update(about=about)


def _ask_to_agree(counsellor):
    person = make_portal_client(counsellor=counsellor, name="Berta Quellwasser")
    text = make_consent_document(slug="felsental", title="Felsental", text="Weissdorn")
    consent_ask(client=person, document=text)


def _tell_a_partner(counsellor):
    names = {"name": "Kastanie", "signs_as": "Quellwasser"}
    asking = make_portal_client(counsellor=counsellor, name="Clara Quellwasser")
    partner_invite(client=asking, email="frank@example.org", **names)
    telling = make_portal_client(counsellor=counsellor, name="Doris Quellwasser")
    tie = make_partner(client=telling, **names)
    small_share_send(partner=tie, text="Felsental, Weissdorn and Lindenhof")


def _give_another_address(counsellor):
    person = make_portal_client(counsellor=counsellor, name="Emil Quellwasser")
    given = address_give(client=person, channel="email", value="emil@example.org")
    address_verify(address=given, code=code_of(given))
