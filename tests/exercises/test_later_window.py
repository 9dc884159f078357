"""When words that came after a day's hour are told of: properties, in zones with odd clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clients.models import Client
from counsel.accounts.models import Practice
from counsel.common.zones import local_date
from counsel.reminders.timing import QuietHours
from exercises.telling import LATEST, later_window, window

ZONES = [
    *("Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"),
    *("Antarctica/Troll", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Niue"),
]
hours = st.integers(0, 23)
instants = st.datetimes(datetime(2011, 12, 1), datetime(2031, 12, 31), timezones=st.just(UTC))
clients = st.builds(Client, time_zone=st.sampled_from(ZONES), reminder_hour=hours)
practices = st.builds(Practice, quiet_from=hours, quiet_until=hours)


@given(clients, practices, st.lists(instants, min_size=1, max_size=3))
def test_at_once_where_it_is_not_quiet_on_that_day_and_after_its_hour(client, ours, written):
    day = local_date(written[0], client.zone)
    times = later_window(day, written, client, ours)
    if times is None:
        return
    due_at, not_after = times
    quiet = QuietHours(client.zone, ours.quiet_from, ours.quiet_until)
    assert window(day, client)[0] <= due_at <= not_after <= due_at + LATEST
    assert any(at <= due_at for at in written)
    assert local_date(due_at, client.zone) == local_date(not_after, client.zone) == day
    assert not quiet.covers(due_at)
    assert not quiet.covers(not_after)


@given(clients, practices, instants, st.integers(-3, 3))
def test_none_before_the_hour_and_none_on_another_day(client, ours, at, days):
    day = local_date(at, client.zone) + timedelta(days=days)
    times = window(day, client)
    found = later_window(day, [at], client, ours)
    if times is None or at < times[0]:
        assert found is None
    elif found is not None:
        # Words of the evening before may become the next day's only where its hour has passed.
        assert found[0] >= times[0]
