"""Everything that may happen to a counsellor's time, in any order, with the clock running.

After each step the database is asked, in plain SQL, whether anything stands twice; the mails
that went out are counted. The clock starts in the night of a clock change.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from icalendar import Calendar

from clients.models import Client
from clients.selectors import current_consent
from clients.services import MessageChoices, consent_documents_load, messages_choose
from counsel.accounts.practice import Practice, practice
from counsel.accounts.settled import follow
from counsel.common.errors import DomainError
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Channel, Reminder, State
from counsel.reminders.timing import QuietHours, consultation_reminder_windows, due_before
from sessions.models import (
    HOLDING,
    AvailabilityException,
    AvailabilityRule,
    Consultation,
    ConsultationChange,
    Hold,
    Side,
    Status,
)
from sessions.planning import GRACE
from sessions.selectors import open_slots
from sessions.series.asked import Asked
from sessions.services import (
    consultation_book,
    consultation_cancel,
    consultation_complete,
    consultation_confirm,
    consultation_decline,
    consultation_mark_no_show,
    consultation_request,
    consultation_reschedule,
    consultation_undo,
    consultations_swap,
    counsellor_move_zone,
    hold_confirm,
    hold_place,
    hold_release,
    hours_save,
    series_book,
    series_cancel,
    series_change,
    waiting_join,
)
from sessions.services.hours import Proposal
from tests.factories import make_client, make_counsellor, make_rule, make_service

pytestmark = pytest.mark.django_db

NIGHTS = {
    "Europe/London": [
        datetime(2030, 3, 30, 12, tzinfo=UTC),
        datetime(2030, 10, 26, 12, tzinfo=UTC),
    ],
    "Australia/Lord_Howe": [datetime(2030, 4, 6, tzinfo=UTC), datetime(2030, 10, 5, tzinfo=UTC)],
    "America/New_York": [
        datetime(2030, 3, 9, 12, tzinfo=UTC),
        datetime(2030, 11, 2, 12, tzinfo=UTC),
    ],
}
PEOPLE = ("anna", "ben", "cleo")
HALF_HOURS = st.integers(0, 10 * 48)
ONE_OF_FEW = st.integers(0, 7)
HOURS = st.integers(0, 23)
LEADS = st.sampled_from([None, [], [24 * 60], [48 * 60, 24 * 60, 120], [12 * 60, 15]])
RHYTHMS = st.sampled_from(["weekly", "fortnightly", "monthly"])

OVERLAPS = {
    "consultations of one counsellor": (
        "SELECT count(*) FROM consultations_consultation a JOIN consultations_consultation b "
        "ON a.counsellor_id = b.counsellor_id AND a.id < b.id "
        "WHERE a.status IN ('pending', 'confirmed') AND b.status IN ('pending', 'confirmed') "
        "AND a.overlap_reason = '' AND b.overlap_reason = '' "
        "AND a.held_from < b.held_until AND b.held_from < a.held_until"
    ),
    "consultations of one client": (
        "SELECT count(*) FROM consultations_consultation a JOIN consultations_consultation b "
        "ON a.client_id = b.client_id AND a.id < b.id "
        "WHERE a.status IN ('pending', 'confirmed') AND b.status IN ('pending', 'confirmed') "
        "AND a.overlap_reason = '' AND b.overlap_reason = '' "
        "AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
    ),
    "kept times": (
        "SELECT count(*) FROM consultations_hold a JOIN consultations_hold b "
        "ON a.counsellor_id = b.counsellor_id AND a.id < b.id "
        "WHERE a.state = 'open' AND b.state = 'open' "
        "AND a.held_from < b.held_until AND b.held_from < a.held_until"
    ),
    "a kept time and a consultation": (
        "SELECT count(*) FROM consultations_hold a JOIN consultations_consultation b "
        "ON a.counsellor_id = b.counsellor_id "
        "WHERE a.state = 'open' AND b.status IN ('pending', 'confirmed') "
        "AND b.overlap_reason = '' "
        "AND a.held_from < b.held_until AND b.held_from < a.held_until"
    ),
}


class Diary(RuleBasedStateMachine):
    @initialize(zone=st.sampled_from(sorted(NIGHTS)), autumn=st.booleans(), instant=st.booleans())
    def open(self, zone, autumn, instant):
        self.undone = transaction.atomic()
        self.undone.__enter__()
        mail.outbox.clear()
        self.clock = time_machine.travel(NIGHTS[zone][autumn], tick=False)
        self.traveller = self.clock.start()
        consent_documents_load()
        self.consent = current_consent("booking", "en-gb")
        self.counsellor = make_counsellor(time_zone=zone)
        for weekday in range(7):
            make_rule(counsellor=self.counsellor, weekday=weekday, starts=time(0), ends=time(0))
        self.service = make_service(
            counsellor=self.counsellor,
            instant=instant,
            length=50,
            step=30,
            buffer_before=0,
            buffer_after=10,
            minimum_notice=1,
            cancel_notice=24,
            reschedule_notice=2,
        )
        self.clients = [
            make_client(counsellor=self.counsellor, email=f"{name}@example.org", time_zone=zone)
            for name in PEOPLE
        ]
        self.versions = {}

    def teardown(self):
        if hasattr(self, "clock"):
            self.clock.stop()
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    # --- What people do -----------------------------------------------------------------------

    @rule(half_hours=HALF_HOURS, person=ONE_OF_FEW, again=st.booleans())
    def somebody_asks(self, half_hours, person, again):
        asked = self._asked(half_hours, person)
        first = self.attempt(consultation_request, **asked)
        if again and first:
            assert self.attempt(consultation_request, **asked).pk == first.pk

    @rule(half_hours=HALF_HOURS, person=ONE_OF_FEW)
    def somebody_unknown_asks(self, half_hours, person):
        self.attempt(hold_place, **self._asked(half_hours, person), language="en-gb")

    @rule(which=ONE_OF_FEW)
    def they_confirm_their_address(self, which):
        if hold := self.one_of(Hold.objects.order_by("pk"), which):
            self.attempt(hold_confirm, hold=hold)

    @rule(which=ONE_OF_FEW)
    def they_give_it_back(self, which):
        if hold := self.one_of(Hold.objects.order_by("pk"), which):
            self.attempt(hold_release, hold=hold)

    @rule(half_hours=HALF_HOURS, person=ONE_OF_FEW, reason=st.sampled_from(["", "agreed"]))
    def staff_book(self, half_hours, person, reason):
        self.attempt(
            consultation_book,
            service=self.service,
            client=self.clients[person % len(self.clients)],
            starts_at=self.time(half_hours),
            overlap_reason=reason,
        )

    @rule(which=ONE_OF_FEW, stale=st.booleans(), what=st.integers(0, 5))
    def it_is_settled(self, which, stale, what):
        consultation = self.any_consultation(which)
        if consultation is None:
            return
        change = (
            consultation_confirm,
            consultation_decline,
            consultation_complete,
            consultation_mark_no_show,
            lambda consultation: consultation_cancel(consultation=consultation, by="client"),
            lambda consultation: consultation_cancel(consultation=consultation, by="counsellor"),
        )[what]
        if stale:
            outdated = Consultation.objects.get(pk=consultation.pk)
            outdated.version -= 1
            assert self.attempt(change, consultation=outdated) is None
        self.attempt(change, consultation=consultation)

    @rule(which=ONE_OF_FEW, half_hours=HALF_HOURS, side=st.sampled_from(list(Side)))
    def it_is_moved(self, which, half_hours, side):
        if consultation := self.any_consultation(which):
            self.attempt(
                consultation_reschedule,
                consultation=consultation,
                starts_at=self.time(half_hours),
                by=side,
            )

    @rule(one=ONE_OF_FEW, other=ONE_OF_FEW)
    def two_are_swapped(self, one, other):
        first, second = self.any_consultation(one), self.any_consultation(other)
        if first and second and first != second:
            before = first.starts_at, second.starts_at
            if self.attempt(consultations_swap, first=first, second=second):
                first.refresh_from_db()
                second.refresh_from_db()
                assert (second.starts_at, first.starts_at) == before

    @rule(which=ONE_OF_FEW, side=st.sampled_from(list(Side)))
    def it_is_undone(self, which, side):
        if consultation := self.any_consultation(which):
            self.attempt(consultation_undo, consultation=consultation, by=side)

    @rule(person=ONE_OF_FEW, weekdays=st.sampled_from([[], [0, 6]]))
    def somebody_waits(self, person, weekdays):
        client = self.clients[person % len(self.clients)]
        self.attempt(
            waiting_join,
            service=self.service,
            name=client.name,
            email=client.email,
            time_zone="Asia/Kolkata",
            language="en-gb",
            weekdays=weekdays,
            client=client,
        )

    @rule(person=ONE_OF_FEW, day=st.integers(0, 9), hour=st.integers(0, 23), rhythm=RHYTHMS)
    def a_series_is_booked(self, person, day, hour, rhythm):
        today = datetime.now(UTC).astimezone(self.counsellor.zone).date()
        asked = Asked(
            self.service,
            self.clients[person % len(self.clients)],
            rhythm,
            today + timedelta(days=day),
            time(hour, 30),
            count=3,
        )
        if series := self.attempt(series_book, asked=asked):
            starts = [c.starts_at for c in series.consultations.order_by("starts_at")]
            shown = {s.astimezone(self.counsellor.zone).time() for s in starts}
            # Where the clocks skip that time, it is the first after it.
            assert len(starts) == 3
            assert len(shown) == 1 or min(shown) == time(hour, 30)

    @rule(which=ONE_OF_FEW, scope=st.sampled_from(["following", "all"]))
    def a_series_is_cancelled(self, which, scope):
        rows = Consultation.objects.filter(series__isnull=False)
        rows = rows.select_related("client", "service", "counsellor", "series")
        if consultation := self.one_of(rows.order_by("starts_at", "pk"), which):
            self.attempt(series_cancel, consultation=consultation, scope=scope)

    @rule(
        which=ONE_OF_FEW,
        scope=st.sampled_from(["following", "all"]),
        weekday=st.integers(0, 6),
        hour=st.integers(0, 23),
    )
    def a_series_is_moved(self, which, scope, weekday, hour):
        rows = Consultation.objects.filter(series__isnull=False)
        rows = rows.select_related("client", "service", "counsellor", "series")
        if consultation := self.one_of(rows.order_by("starts_at", "pk"), which):
            wanted = {"scope": scope, "weekday": weekday, "at": time(hour, 30)}
            self.attempt(series_change, consultation=consultation, **wanted)

    # --- What the counsellor does with the hours ----------------------------------------------

    @rule(half_hours=HALF_HOURS, hours=st.integers(1, 30))
    def time_off_is_taken(self, half_hours, hours):
        starts_at = self.time(half_hours)
        off = AvailabilityException(
            counsellor=self.counsellor,
            kind="time_off",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
        )
        hours_save(counsellor=self.counsellor, proposal=Proposal(exceptions=(off,)))

    @rule(weekday=st.integers(0, 6), starts=st.integers(0, 22))
    def hours_change(self, weekday, starts):
        AvailabilityRule.objects.filter(counsellor=self.counsellor, weekday=weekday).update(
            starts=time(starts)
        )

    @rule(zone=st.sampled_from(sorted(NIGHTS)))
    def the_counsellor_moves(self, zone):
        before = list(Consultation.objects.order_by("pk").values_list("pk", "starts_at"))
        counsellor_move_zone(counsellor=self.counsellor, time_zone=zone)
        self.counsellor.refresh_from_db()
        self.service.counsellor = self.counsellor
        assert list(Consultation.objects.order_by("pk").values_list("pk", "starts_at")) == before

    # --- What decides when reminders go -----------------------------------------------------------

    @rule(which=ONE_OF_FEW, offsets=LEADS)
    def a_client_chooses_when_to_be_reminded(self, which, offsets):
        if client := self.one_of(Client.objects.order_by("created_at", "pk"), which):
            wordings = {f"{channel}_wording": client.wording_on(channel) for channel in Channel}
            choices = MessageChoices(**wordings, reminder_offsets=offsets)
            messages_choose(client=client, choices=choices)

    @rule(offsets=LEADS.filter(bool), starts=HOURS, ends=HOURS)
    def the_practice_decides(self, offsets, starts, ends):
        decided = {"reminder_offsets": offsets, "quiet_from": starts, "quiet_until": ends}
        row, _new = Practice.objects.update_or_create(pk=1, defaults=decided)
        follow(row, datetime.now(UTC))

    # --- Time passes ----------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 2, 5, 31, 60, 600, 24 * 60, 7 * 24 * 60]))
    def time_passes(self, minutes):
        self.traveller.shift(timedelta(minutes=minutes))
        run_due()
        for consultation in Consultation.objects.filter(starts_at__gt=datetime.now(UTC)):
            if not consultation.changes.filter(at__gt=datetime.now(UTC) - GRACE).exists():
                self.is_told_as_it_is(consultation)

    def is_told_as_it_is(self, consultation):
        """What is past undoing stands so in the client's calendar, and a day ahead they hear."""
        told = self.told().get(str(consultation.pk))
        if consultation.status == Status.CONFIRMED:
            assert told == ("PUBLISH", consultation.starts_at)
        elif consultation.status not in HOLDING and told:
            assert told[0] == "CANCEL"
        self.is_reminded_as_chosen(consultation)

    def is_reminded_as_chosen(self, consultation):
        """All that are still to come wait, each at its time, and nothing else does.

        One whose own time was over when it was booked or chosen may be left out, though quiet
        hours would only bring it now.
        """
        now, starts_at = datetime.now(UTC), consultation.starts_at
        rows = Reminder.objects.filter(
            subject=f"consultation:{consultation.pk}",
            kind="consultation_reminder",
            state=State.QUEUED,
            due_at__gt=now,
        )
        waiting = {(row.occurrence, -row.offset_minutes, row.due_at) for row in rows}
        client, ours = consultation.client, practice()
        offsets = client.reminder_offsets
        windows = consultation_reminder_windows(
            starts_at,
            ours.reminder_offsets if offsets is None else offsets,
            datetime(2000, 1, 1, tzinfo=UTC),
            QuietHours(client.zone, ours.quiet_from, ours.quiet_until),
        )
        is_on = consultation.status == Status.CONFIRMED
        coming = {
            (f"{starts_at:%Y%m%dT%H%M%SZ}", minutes, due_at)
            for minutes, (due_at, _latest) in windows.items()
            if is_on and due_at > now
        }
        assert waiting <= coming
        assert all(due_before(starts_at, minutes) <= now for _m, minutes, _d in coming - waiting)

    def told(self):
        """Of each appointment the method and the start that were mailed last."""
        files = [file for message in mail.outbox for file in message.attachments]
        calendars = [Calendar.from_ical(file.content) for file in files]
        return {
            str(event["UID"]): (str(calendar["METHOD"]), event.decoded("DTSTART"))
            for calendar in calendars
            for event in calendar.walk("VEVENT")
        }

    # --- What must hold ---------------------------------------------------------------------------

    @invariant()
    def nothing_stands_twice(self):
        with connection.cursor() as cursor:
            for what, query in OVERLAPS.items():
                cursor.execute(query)
                assert cursor.fetchone() == (0,), what

    @invariant()
    def versions_only_grow_and_each_is_accounted_for(self):
        all_changes = defaultdict(list)
        for change in ConsultationChange.objects.order_by("version"):
            all_changes[change.consultation_id].append(change)
        for consultation in Consultation.objects.all():
            assert consultation.starts_at < consultation.ends_at
            assert consultation.version >= self.versions.get(consultation.pk, 1)
            self.versions[consultation.pk] = consultation.version
            changes = all_changes[consultation.pk]
            assert [change.version for change in changes] == list(
                range(2, consultation.version + 1)
            )
            if latest := changes and changes[-1]:
                assert latest.to_status == consultation.status
                assert latest.to_starts_at == consultation.starts_at

    @invariant()
    def no_open_time_is_held(self):
        if not hasattr(self, "service"):
            return
        now = datetime.now(UTC)
        day = now.astimezone(ZoneInfo(self.counsellor.time_zone)).date()
        held = list(Consultation.objects.filter(status__in=HOLDING))
        held += Hold.objects.filter(state=Hold.State.OPEN, expires_at__gt=now)
        for slot in open_slots(self.service, day, day + timedelta(days=2), now):
            until = slot.end + timedelta(minutes=self.service.buffer_after)
            assert slot.start >= now + timedelta(hours=1)
            assert all(row.held_until <= slot.start or row.held_from >= until for row in held)

    @invariant()
    def no_mail_goes_out_twice(self):
        names = Counter(message.extra_headers["Message-ID"] for message in mail.outbox)
        assert not [name for name, count in names.items() if count > 1]
        assert not Reminder.objects.filter(state__in=[State.FAILED, State.UNCERTAIN]).exists()

    # --- How they are asked -----------------------------------------------------------------------

    def attempt(self, do, /, **asked):
        """What the service answers; None where it refused, in words and without a trace."""
        try:
            with transaction.atomic():
                return do(**asked)
        except DomainError as error:
            assert str(error.message)
            return None

    def time(self, half_hours):
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        return now + timedelta(minutes=30 * half_hours)

    def any_consultation(self, which):
        rows = Consultation.objects.select_related("client", "service", "counsellor")
        return self.one_of(rows.order_by("starts_at", "pk"), which)

    def one_of(self, rows, which):
        found = list(rows)
        return found[which % len(found)] if found else None

    def _asked(self, half_hours, person):
        name = PEOPLE[person % len(PEOPLE)]
        starts_at = self.time(half_hours)
        return {
            "service": self.service,
            "starts_at": starts_at,
            "name": name.title(),
            "email": f"{name}@example.org",
            "time_zone": "Asia/Kolkata",
            "consent": self.consent,
            "idempotency_key": f"{name}-{starts_at:%Y%m%d%H%M}-key",
        }


def test_nothing_ever_stands_twice_whatever_happens():
    walks = settings().max_examples // 6
    run_state_machine_as_test(
        Diary, settings=settings(parent=settings(), max_examples=walks, stateful_step_count=20)
    )
