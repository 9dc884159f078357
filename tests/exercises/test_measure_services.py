from __future__ import annotations

import dataclasses
import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Reminder
from exercises.flag_mail import KIND, flag_mails_keep
from exercises.models import Entry, Exercise, ExerciseVersion, RiskFlag, ScaleScore, Score
from exercises.scoring import catalogue
from exercises.services import flags
from exercises.services.flags import flag_close
from exercises.services.measures import score_make, scores_renew
from exercises.services.practising import entry_share, entry_submit
from tests.exercises.measuring import answers, begun, give, hand_in, make_measure, risky

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def phq(ravi):
    return give(ravi, make_measure())


@pytest.fixture
def facts(monkeypatch):
    """Changes the scoring facts of PHQ-9."""

    def change(**fields):
        known = dict(catalogue.instruments())
        known["phq-9"] = dataclasses.replace(known["phq-9"], **fields)
        for module in ("services", "selectors"):
            monkeypatch.setattr(f"exercises.{module}.measures.instruments", lambda: known)

    return change


def values(entry):
    return {row.scale: row.value for row in ScaleScore.objects.filter(score__entry=entry)}


# --- Scores ------------------------------------------------------------------------------


def test_a_measure_is_scored_when_it_is_handed_in(phq):
    entry = hand_in(phq, answers(1, 2, 3, 0, 1))
    assert values(entry) == {"total": Decimal(7)}
    score = Score.objects.get()
    assert (score.instrument, score.scoring_version, score.missing) == ("phq-9", 1, 0)
    assert score.raw == {str(n): p for n, p in enumerate([1, 2, 3, 0, 1, 0, 0, 0, 0], start=1)}


def test_no_other_exercise_is_scored(assignment):
    hand_in(assignment, {"feelings": ["shame"]})
    assert not Score.objects.exists()


def test_our_own_check_in_works_as_it_is_loaded(ravi):
    call_command("load_library")
    version = ExerciseVersion.objects.get(scoring="closeness-this-week")
    entry = hand_in(give(ravi, version), {"item1": 7, "item3": 2}, sharing="private")
    assert values(entry) == {"close": Decimal(7), "seen": Decimal(2)}
    assert entry.sharing == "private"


def test_what_is_left_out_is_made_up_for_as_the_facts_say(phq):
    entry = hand_in(phq, answers(None, None, *[2] * 6, 0))
    assert values(entry) == {"total": Decimal(15)}  # 12 over 7 items, as if of 9
    assert Score.objects.get().prorated
    assert Score.objects.get().missing == 2


def test_too_much_left_out_is_no_score_and_no_fault(phq):
    entry = hand_in(phq, answers(None, None, None, *[2] * 6))
    assert values(entry) == {}
    assert Score.objects.get().missing == 3


def test_nothing_answered_is_an_entry_all_the_same(phq):
    hand_in(phq, {})
    assert Entry.objects.get().state == "submitted"
    assert values(Entry.objects.get()) == {}


def test_scoring_again_changes_nothing(phq):
    entry = hand_in(phq, risky(1))
    score_make(entry=entry, now=timezone.now())
    assert Score.objects.count() == ScaleScore.objects.count() == RiskFlag.objects.count() == 1


@pytest.mark.parametrize("bad", [{"item1": "v7"}, {"item1": "often"}, {"item12": "v1"}])
def test_answers_that_cannot_be_scored_cost_no_entry(phq, caplog, bad):
    caplog.set_level(logging.DEBUG)
    entry = hand_in(phq, {**answers(), **bad})
    assert (entry.state, values(entry)) == ("submitted", {})
    assert "cannot be scored" in caplog.text
    assert not {"v7", "often", "item"} & set(caplog.text.replace(":", " ").split())


def test_a_measure_without_facts_costs_no_entry(ravi):
    version = make_measure()
    ExerciseVersion.objects.filter(pk=version.pk).update(scoring="gone")
    version.refresh_from_db()
    entry = hand_in(give(ravi, version), answers())
    assert entry.state == "submitted"
    assert Score.objects.get().instrument == "gone"
    assert scores_renew() == 0


def test_new_facts_score_again_from_the_answers(phq, facts):
    entry = hand_in(phq, answers(1, 2))
    assert scores_renew() == 0
    facts(version=2, reverse=(1,))
    assert scores_renew() == 1
    assert values(entry) == {"total": Decimal(4)}
    assert Score.objects.get().scoring_version == 2
    assert scores_renew() == 0


def test_new_facts_raise_no_flag_for_what_is_past(phq, facts):
    hand_in(phq, answers(3))
    facts(version=2, risk_items=(dataclasses.replace(_risk(), item=1),))
    call_command("rescore")
    assert not RiskFlag.objects.exists()


def _risk():
    return catalogue.instrument("phq-9").risk_items[0]


# --- Flags -------------------------------------------------------------------------------


@pytest.mark.parametrize(("points", "count"), [(0, 0), (1, 1), (2, 1), (3, 1)])
def test_a_risk_item_above_its_line_raises_one_flag_and_one_mail_at_once(phq, points, count):
    entry = hand_in(phq, risky(points))
    assert RiskFlag.objects.filter(entry=entry, client=entry.client).count() == count
    due = Reminder.objects.filter(kind=KIND, due_at__lte=timezone.now())
    assert due.count() == count


def test_a_risk_item_left_out_raises_none(phq):
    hand_in(phq, answers(*[1] * 8, None))
    assert not RiskFlag.objects.exists()


def test_a_fault_in_another_answer_does_not_hide_it(phq):
    hand_in(phq, {**risky(2), "item1": "v7"})
    assert RiskFlag.objects.exists()


def test_it_is_raised_where_there_is_no_score(phq):
    hand_in(phq, {"item9": "v1"})
    assert RiskFlag.objects.exists()


def test_two_tabs_raise_one(phq):
    draft = begun(phq, risky(1))
    entry_submit(entry=draft, sharing="shared")
    with pytest.raises(ConflictError):
        entry_submit(entry=draft, sharing="shared")
    assert RiskFlag.objects.count() == 1
    assert Reminder.objects.filter(kind=KIND, occurrence="first").count() == 1


def test_a_draft_raises_none(phq):
    begun(phq, risky(3))
    flag_mails_keep(timezone.now())
    assert not RiskFlag.objects.exists()


def test_a_planner_that_fails_costs_neither_entry_nor_flag(phq, monkeypatch, caplog):
    def fail(flag):
        raise RuntimeError("Item 9 and a name")

    monkeypatch.setattr(flags, "flag_mails_plan", fail)
    entry = hand_in(phq, risky(1))
    assert Entry.objects.get().state == "submitted"
    assert RiskFlag.objects.get().entry == entry
    assert "Item 9" not in caplog.text and "RuntimeError" in caplog.text
    assert not Reminder.objects.filter(kind=KIND).exists()
    flag_mails_keep(timezone.now())
    assert Reminder.objects.filter(kind=KIND).count() == 2


def test_a_mail_server_that_is_down_costs_neither(phq, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    hand_in(phq, risky(1))
    run_due(timezone.now())
    assert RiskFlag.objects.filter(closed_at=None).count() == 1
    assert Reminder.objects.get(kind=KIND, occurrence="first").state == "queued"


def test_the_counsellor_is_asked_at_once_once_more_after_a_day_and_never_again(phq, mailoutbox):
    hand_in(phq, risky(1))
    sent = []
    for hours in (0, 1, 23, 24, 25, 48, 24 * 8, 24 * 30):
        now = NOW + timedelta(hours=hours)
        with time_machine.travel(now, tick=False):
            run_due(now)
        sent.append(len(mailoutbox))
    assert sent == [1, 1, 1, 2, 2, 2, 2, 2]
    counsellor = phq.client.counsellor.user
    assert {tuple(mail.to) for mail in mailoutbox} == {(counsellor.email,)}
    assert mailoutbox[0].subject == "Please look at your desk"
    assert phq.client.name not in mailoutbox[0].body


def test_closing_it_takes_the_second_mail_back(phq, mailoutbox):
    hand_in(phq, risky(1))
    run_due(NOW)
    flag_close(flag=RiskFlag.objects.get(), by=phq.client.counsellor, done="Called.")
    later = NOW + timedelta(days=2)
    with time_machine.travel(later, tick=False):
        run_due(later)
    assert len(mailoutbox) == 1


def test_a_mail_that_is_just_going_asks_whether_it_is_closed(phq, mailoutbox):
    hand_in(phq, risky(1))
    RiskFlag.objects.update(closed_at=NOW, closed_by=phq.client.counsellor)
    run_due(NOW)
    assert not mailoutbox
    assert Reminder.objects.get(occurrence="first").state == "skipped"


@pytest.mark.parametrize("done", ["", "  \n", "a\x00b"])
def test_only_words_of_what_was_done_close_it(phq, done):
    hand_in(phq, risky(1))
    with pytest.raises(DomainError) as refused:
        flag_close(flag=RiskFlag.objects.get(), by=phq.client.counsellor, done=done)
    assert refused.value.field == "done"
    assert RiskFlag.objects.get().closed_at is None


def test_it_stays_closed_as_it_was(phq):
    hand_in(phq, risky(1))
    flag = RiskFlag.objects.get()
    flag_close(flag=flag, by=phq.client.counsellor, done="Called.")
    with pytest.raises(ConflictError):
        flag_close(flag=flag, by=phq.client.counsellor, done="Not called.")
    flag.refresh_from_db()
    assert (flag.done, flag.closed_by, flag.closed_at) == ("Called.", phq.client.counsellor, NOW)


# --- Who reads it ------------------------------------------------------------------------


def test_with_a_risk_item_it_is_shared_whatever_was_sent(phq):
    assert hand_in(phq, risky(0), sharing="private").sharing == "shared"


@pytest.mark.parametrize("sharing", ["private", "shared"])
def test_without_one_it_is_shared_as_the_client_says(ravi, sharing):
    gad = give(ravi, make_measure("gad-7"))
    assert hand_in(gad, answers(key="gad-7"), sharing=sharing).sharing == sharing
    assert not RiskFlag.objects.exists()


def test_it_can_be_taken_back_and_the_flag_stays_open(phq):
    entry = hand_in(phq, risky(2))
    entry_share(entry=entry, sharing="private")
    assert not Entry.objects.shared().exists()
    assert RiskFlag.objects.get().closed_at is None


def test_a_measure_is_told_by_its_scoring_alone(phq):
    assert phq.version.exercise.kind == Exercise.Kind.MEASURE
    entry = hand_in(phq, answers(1))
    assert entry.facts.count() == 0
