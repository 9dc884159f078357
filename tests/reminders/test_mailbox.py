from __future__ import annotations

import stat
import time

import pytest
from django.core.mail import EmailMessage, get_connection

from counsel.reminders import mailbox
from tests.factories import make_counsellor, make_manager, make_portal_client

LIST = "/admin/mailbox/"


@pytest.fixture
def folder(tmp_path, settings):
    settings.EMAIL_BACKEND = mailbox.BACKEND
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


@pytest.fixture
def counsellor(client, db):
    client.force_login(make_counsellor().user)


def send(subject="Your appointment", body="Hello\n", files=()):
    mail = EmailMessage(subject, body, "Appointments <a@example.org>", ["anna@example.org"])
    for file in files:
        mail.attach(*file)
    assert get_connection().send_messages([mail]) == 1


def newest():
    return mailbox.newest()[0].name


def test_it_keeps_each_mail_in_a_private_file(folder):
    send()
    send()

    assert len(list(folder.iterdir())) == 2
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_it_closes_a_folder_that_stood_open(folder):
    folder.mkdir(mode=0o755)
    send()

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_leaves_no_half_a_mail(folder, monkeypatch):
    send()
    monkeypatch.setattr("os.fdopen", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send()

    assert len(mailbox.newest()) == 1


def test_it_lists_the_newest_first(folder, client, counsellor):
    for number in range(3):
        send(f"Mail {number}")
        time.sleep(0.001)

    page = client.get(LIST).content.decode()
    assert page.index("Mail 2") < page.index("Mail 1") < page.index("Mail 0")
    assert "anna@example.org" in page


def test_an_empty_mailbox_says_so(folder, client, counsellor):
    assert "No mail yet" in client.get(LIST).content.decode()


def test_links_in_a_mail_can_be_followed(folder, client, counsellor):
    link = "http://127.0.0.1:8000/appointments/0c:AbC-9_x/"
    send(body=f"Hello,\n\nto look at it:\n{link}\n")

    page = client.get(f"{LIST}{newest()}/").content.decode()
    assert f'<a href="{link}"' in page


def test_a_mail_is_shown_as_text_only(folder, client, counsellor):
    send("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")

    for path in (LIST, f"{LIST}{newest()}/"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page and "<img" not in page


def test_its_pages_keep_the_strict_policy(folder, client, counsellor):
    send()
    for path in (LIST, f"{LIST}{newest()}/"):
        response = client.get(path)
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert " style=" not in response.content.decode()
        assert "no-store" in response["Cache-Control"]


def test_a_calendar_file_is_shown_and_can_be_saved(folder, client, counsellor):
    ics = "BEGIN:VCALENDAR\r\nSUMMARY:Appointment\r\nEND:VCALENDAR\r\n"
    send(files=[("appointment.ics", ics, "text/calendar; method=REQUEST")])
    page = client.get(f"{LIST}{newest()}/").content.decode()
    response = client.get(f"{LIST}{newest()}/0/")

    assert "SUMMARY:Appointment" in page and f"{LIST}{newest()}/0/" in page
    assert response.content == ics.encode()
    assert response["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert response["Content-Type"] == "text/calendar"


@pytest.mark.parametrize("tail", ["none/", "..%2f..%2fetc%2fpasswd/", "20260101T000000000000-0/"])
def test_no_other_name_opens_anything(folder, client, counsellor, tail):
    assert client.get(LIST + tail).status_code == 404


def test_a_file_that_is_not_there_is_404(folder, client, counsellor):
    send()
    assert client.get(f"{LIST}{newest()}/0/").status_code == 404
    assert client.get(f"{LIST}20260101T000000000000-00000000/").status_code == 404


def test_it_is_gone_where_mails_go_out(client, counsellor):
    for path in (LIST, f"{LIST}20260101T000000000000-00000000/"):
        assert client.get(path).status_code == 404


def test_it_is_for_staff_only(folder, client, db):
    send()
    paths = [LIST, f"{LIST}{newest()}/", f"{LIST}{newest()}/0/"]
    assert [client.get(path).status_code for path in paths] == [302] * 3
    client.force_login(make_portal_client().user)
    assert [client.get(path).status_code for path in paths] == [403] * 3


def test_a_manager_may_read_it(folder, client, db):
    client.force_login(make_manager())
    assert client.get(LIST).status_code == 200


def test_it_changes_nothing(folder, client, counsellor):
    assert client.post(LIST).status_code == 405


@pytest.mark.parametrize("address", ["https://practice.example", "http://192.168.0.4:8000"])
def test_it_is_closed_where_others_can_come_in(folder, client, counsellor, settings, address):
    send(body="The code is 123456.\n")
    settings.BASE_URL = address
    for page in (LIST, f"{LIST}{newest()}/"):
        assert client.get(page).status_code == 404
