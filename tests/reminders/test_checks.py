from __future__ import annotations

from datetime import timedelta

import pytest
from celery.schedules import crontab
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from counsel.reminders import checks


def ids(check):
    return [message.id for message in check(app_configs=None)]


def test_our_own_settings_pass():
    assert ids(checks.check_limits) == ids(checks.check_tick) == ids(checks.check_words) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("soft", "hard"), [(210, 300), (110, 240), (240, 240), (250, 240)])
def test_it_refuses_time_limits_that_outlast_the_lease(settings, soft, hard):
    settings.CELERY_TASK_SOFT_TIME_LIMIT, settings.CELERY_TASK_TIME_LIMIT = soft, hard
    with pytest.raises(SystemCheckError, match=r"reminders\.E001"):
        call_command("check")


@pytest.mark.parametrize("seconds", [None, 0, 121])
def test_it_refuses_a_mail_server_without_an_end(settings, seconds):
    settings.EMAIL_TIMEOUT = seconds
    assert ids(checks.check_limits) == ["reminders.E002"]


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": crontab(minute="*")},
        {"schedule": timedelta(minutes=1)},
        {"schedule": 600.0},
        {"options": {}},
        {"options": {"expires": 61}},
        {"task": "something.else"},
    ],
)
@pytest.mark.parametrize("name", ["reminders", "plans"])
def test_it_refuses_another_tick(settings, name, change):
    schedule = settings.CELERY_BEAT_SCHEDULE
    settings.CELERY_BEAT_SCHEDULE = {**schedule, name: {**schedule[name], **change}}
    assert ids(checks.check_tick) == ["reminders.E003"]


def test_it_warns_of_mails_that_stay_at_home(settings):
    assert ids(checks.check_mailbox) == []
    settings.EMAIL_BACKEND = "counsel.reminders.mailbox.EmailBackend"
    assert ids(checks.check_mailbox) == ["reminders.W001"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEFAULT_FROM_EMAIL", "Anna's Therapy <a@example.org>"),
        ("DEFAULT_FROM_EMAIL", "a@clinic.example"),
        ("BASE_URL", "https://counsel.example.org"),
    ],
)
def test_it_warns_of_names_that_tell(settings, name, value):
    setattr(settings, name, value)
    assert ids(checks.check_words) == ["reminders.W002"]
