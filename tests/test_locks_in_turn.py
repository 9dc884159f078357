"""Two who change one record at the same moment wait for each other, and never both at once.

The one holds what it takes first while the other begins, and takes what it takes last while the
other waits. Whoever took them the other way round would stop both, and lose one of the two.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client, Cover, Handover, PushDevice
from clients.services import device_remove
from counsel.audit.services import record_access
from exercises.models import Assignment, Enrolment, Entry, Nudges
from exercises.services.assigning import assignment_create
from exercises.services.correcting import entry_correct
from exercises.services.nudging import nudges_followed, nudges_stop
from exercises.services.practising import entry_begin, entry_share, entry_submit
from exercises.services.programmes import assignment_release, programme_give
from exercises.services.resting import practice_pause
from exercises.services.standing import standing_touch
from sessions.models import ProcessNote, TalkingPoint
from sessions.notes import as_line, one_text, seen_of
from tests.exercises.measuring import make_measure, risky
from tests.factories import (
    make_assignment,
    make_cover,
    make_device,
    make_entry,
    make_handover,
    make_portal_client,
    make_process_note,
    make_programme,
    make_talking_point,
    make_version,
)

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
LONG_ENOUGH = 0.7


@pytest.fixture
def anna():
    anna = make_portal_client()
    standing_touch(client_id=anna.pk)
    return anna


def beside(first, act, then):
    """`act` begins after `first`; `then` follows in the transaction of `first`."""
    wrong = []

    def run():
        try:
            act()
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        time.sleep(LONG_ENOUGH)
        then()
    thread.join(timeout=30)
    assert wrong == []


def touched(anna):
    return lambda: standing_touch(client_id=anna.pk)


def kept(anna):
    """As whoever changes how she is reached keeps her record."""
    return lambda: Client.objects.select_for_update(no_key=True).get(pk=anna.pk)


def locked(row):
    return lambda: type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)


def looked_at(thing, client_id):
    return lambda: record_access(verb="change", subject=thing, client_id=client_id)


def post(user, name, *args, **sent):
    def act():
        browser = Browser()
        browser.force_login(user)
        assert browser.post(reverse(f"admin:{name}", args=args), sent).status_code == 302

    return act


def test_all_rests_while_the_client_answers_one_of_it(anna):
    given = [make_assignment(client=anna) for _ in range(3)]
    pause = lambda: practice_pause(client=anna, until=None)  # noqa: E731
    beside(locked(max(given, key=lambda one: one.pk)), pause, touched(anna))


def test_all_is_ticked_while_the_client_takes_one_of_it_back(anna):
    days = [datetime(2030, 1, day, tzinfo=UTC) for day in (1, 2)]
    older, newer = (make_entry(client=anna, sharing="shared", happened_at=day) for day in days)
    tick = post(anna.counsellor.user, "clients_client_talked", anna.pk, entry=[older.pk, newer.pk])
    for entry in (older, newer):
        Entry.objects.update(seen=False)
        beside(locked(entry), tick, touched(anna))


def test_something_is_assigned_while_an_entry_is_saved(anna):
    version = make_version()
    give = {"rationale": "Small.", "rhythm": "daily", "starts_on": date(2030, 1, 7)}

    def saved():
        make_entry(client=anna)
        standing_touch(client_id=anna.pk)

    assign = lambda: assignment_create(client=anna, version=version, **give)  # noqa: E731
    beside(saved, assign, lambda: None)


def test_what_waits_is_opened_while_it_is_changed(anna):
    after = {"release": "after_one_before", "days": 1}
    programme = make_programme({}, after, owner=anna.counsellor)
    programme_give(programme=programme, client=anna, starts_on=date.today())
    waiting = Assignment.objects.get(status="waiting")
    beside(locked(waiting), lambda: assignment_release(assignment=waiting), touched(anna))


def test_a_flag_is_raised_while_the_programme_ends(anna):
    after = {"release": "after_one_before", "days": 1}
    measure = make_measure()
    programme = make_programme({"exercise": measure.exercise}, after, owner=anna.counsellor)
    programme_give(programme=programme, client=anna, starts_on=date.today())
    given = Assignment.objects.get(status="active")
    draft = entry_begin(client=anna, version=given.version, assignment=given)
    draft.answers = risky(1)
    draft.save()
    submit = lambda: entry_submit(entry=draft, sharing="shared")  # noqa: E731
    beside(locked(Enrolment.objects.get()), submit, touched(anna))


def test_what_is_changed_is_taken_back_while_it_is_seen(anna):
    entry = make_entry(client=anna, sharing="shared")
    newer = entry_correct(entry=entry)
    back = lambda: entry_share(entry=entry, sharing="private")  # noqa: E731
    beside(locked(newer), back, touched(anna))


def test_an_offer_is_taken_back_while_it_is_answered(anna):
    offer = make_handover(client=anna)
    back = post(anna.counsellor.user, "clients_client_handover_take_back", anna.pk, offer.pk)
    beside(locked(Handover.objects.get()), back, looked_at(offer, anna.pk))
    offer = make_handover(client=anna)
    decline = post(offer.to.user, "handover_offer", offer.pk, answer="decline")
    beside(locked(offer), decline, looked_at(offer, anna.pk))


def test_a_cover_is_ended_while_the_client_is_handed_over(anna):
    cover = make_cover(client=anna)
    end = post(anna.counsellor.user, "clients_client_cover_end", anna.pk, cover.pk)
    beside(locked(Cover.objects.get()), end, looked_at(cover, anna.pk))


def test_a_process_note_is_removed_while_it_is_written(anna):
    note = make_process_note(client=anna)
    remove = post(
        anna.counsellor.user,
        "clients_client_process_note",
        *(anna.pk, note.pk),
        remove="yes",
        _was=as_line(seen_of(note.version, one_text(note.text))),
    )
    beside(locked(ProcessNote.objects.get()), remove, looked_at(note, anna.pk))


def test_words_are_ticked_while_the_consultation_is_noted_as_held(anna):
    point = make_talking_point(client=anna)
    settle = post(anna.counsellor.user, "clients_client_talk_settle", anna.pk, seen=point.mark)
    beside(locked(TalkingPoint.objects.get()), settle, looked_at(point, anna.pk))


def test_all_is_assigned_to_several_while_one_of_them_is_given_something(anna):
    bea = make_portal_client(counsellor=anna.counsellor)
    last = max((anna, bea), key=lambda one: one.pk)
    for one in (anna, bea):
        make_assignment(client=one)
    given = Assignment.objects.get(client=last)
    soon = date.today() + timedelta(days=7)
    rest = post(anna.counsellor.user, "clients_client_rest", client=[anna.pk, bea.pk], until=soon)
    beside(locked(given), rest, looked_at(given, last.pk))
    how = {"rationale": "Small.", "rhythm": "daily", "starts_on": soon}
    sent = {"client": [anna.pk, bea.pk], "exercise": make_version().pk, **how}
    assign = post(anna.counsellor.user, "clients_client_assign_several", **sent)
    hold = lambda: Client.objects.select_for_update(no_key=True).get(pk=last.pk)  # noqa: E731
    beside(hold, assign, looked_at(last, last.pk))


def test_a_device_is_removed_while_it_is_turned_on_anew(anna):
    device = make_device(client=anna)
    Client.objects.filter(pk=anna.pk).update(push_wording="neutral")
    remove = lambda: device_remove(device=device)  # noqa: E731
    again = lambda: PushDevice.objects.filter(client=anna).update(label="Phone")  # noqa: E731
    beside(kept(anna), remove, again)


@pytest.mark.parametrize("act", ["followed", "stop"])
def test_the_client_chooses_about_messages_while_their_reminders_end_or_begin(anna, act):
    now = datetime(2030, 1, 7, 9, tzinfo=UTC)
    Nudges.objects.create(client=anna, ignored=3, until=date(2030, 1, 6))
    if act == "followed":
        entry = make_entry(client=anna, sharing="shared")
        Client.objects.filter(pk=anna.pk).update(homework_stopped_at=now)
        run = transaction.atomic(lambda: nudges_followed(entry=entry, now=now))
    else:
        run = lambda: nudges_stop(client=anna, day=now.date(), now=now)  # noqa: E731
    # What is planned anew counts what has gone out meanwhile.
    beside(kept(anna), run, lambda: Nudges.objects.filter(client=anna).update(ignored=1))
