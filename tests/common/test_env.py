from __future__ import annotations

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from counsel import env

KEY = base64.b64encode(b"k" * 32).decode()


def test_it_reads_a_value_from_the_file_named_for_it(tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("from the file\n")
    monkeypatch.setenv("COUNSEL_X_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("COUNSEL_X", "from the shell")
    assert env.text("COUNSEL_X") == "from the file"


def test_it_refuses_a_file_it_cannot_read(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNSEL_X_FILE", str(tmp_path / "nothing"))
    with pytest.raises(ImproperlyConfigured, match="COUNSEL_X_FILE"):
        env.text("COUNSEL_X")


def test_it_refuses_a_missing_value(monkeypatch):
    monkeypatch.delenv("COUNSEL_X", raising=False)
    with pytest.raises(ImproperlyConfigured, match="COUNSEL_X must be set"):
        env.text("COUNSEL_X")
    assert env.text("COUNSEL_X", "default") == "default"


@pytest.mark.parametrize(
    ("value", "meant"), [("1", True), ("TRUE", True), (" on ", True), ("no", False), ("", False)]
)
def test_it_reads_yes_and_no(monkeypatch, value, meant):
    monkeypatch.setenv("COUNSEL_X", value)
    assert env.flag("COUNSEL_X", default=not meant) is meant


def test_it_refuses_a_flag_that_is_neither(monkeypatch):
    monkeypatch.setenv("COUNSEL_X", "flase")
    with pytest.raises(ImproperlyConfigured, match="true or false"):
        env.flag("COUNSEL_X", default=False)


def test_it_refuses_a_number_that_is_none(monkeypatch):
    monkeypatch.setenv("COUNSEL_X", "two")
    with pytest.raises(ImproperlyConfigured, match="whole number"):
        env.number("COUNSEL_X", 1)


def test_it_splits_words(monkeypatch):
    monkeypatch.setenv("COUNSEL_X", " a.example, ,b.example ")
    assert env.words("COUNSEL_X") == ["a.example", "b.example"]


@pytest.mark.parametrize("value", ["", "https://weather.example/today?x=1"])
def test_it_reads_a_page_elsewhere(monkeypatch, value):
    monkeypatch.setenv("COUNSEL_LEAVE_TO", value)
    assert env.address("COUNSEL_LEAVE_TO") == value


@pytest.mark.parametrize("value", ["http://weather.example", "weather", "javascript:x", "https://"])
def test_it_refuses_what_is_no_page_elsewhere(monkeypatch, value):
    monkeypatch.setenv("COUNSEL_LEAVE_TO", value)
    with pytest.raises(ImproperlyConfigured):
        env.address("COUNSEL_LEAVE_TO")


def test_it_keeps_content_keys_in_order(monkeypatch):
    monkeypatch.setenv("COUNSEL_X", f"k2:{KEY},k1:{KEY}")
    assert list(env.content_keys("COUNSEL_X")) == ["k2", "k1"]


@pytest.mark.parametrize(
    "value", ["", "k1", "k1:", "k1:not base64!", "k1:" + KEY[:-8], f":{KEY}", f"k 1:{KEY}"]
)
def test_it_refuses_content_keys_that_are_none(monkeypatch, value):
    monkeypatch.setenv("COUNSEL_X", value)
    with pytest.raises(ImproperlyConfigured) as error:
        env.content_keys("COUNSEL_X")
    assert KEY not in str(error.value)


def test_it_reads_an_sqlite_address():
    assert env.database("sqlite:////var/x.sqlite3")["NAME"] == "/var/x.sqlite3"
    assert env.database("sqlite://")["NAME"] == ":memory:"


def test_it_reads_a_postgresql_address():
    read = env.database("postgresql://me:p%40ss@db:5433/practice?sslmode=require")
    assert (read["USER"], read["PASSWORD"], read["PORT"]) == ("me", "p@ss", "5433")
    assert (read["NAME"], read["OPTIONS"]["sslmode"]) == ("practice", "require")


@pytest.mark.parametrize(("reader", "url"), [(env.database, "mysql://x"), (env.mail, "gopher://x")])
def test_it_refuses_an_address_it_does_not_know(reader, url):
    with pytest.raises(ImproperlyConfigured):
        reader(url)


@pytest.mark.parametrize(
    ("url", "tls", "ssl"),
    [
        ("smtp://m:25", False, False),
        ("smtp+tls://m:587", True, False),
        ("smtps://m:465", False, True),
    ],
)
def test_it_reads_a_mail_address(url, tls, ssl):
    read = env.mail(url)
    assert (read["EMAIL_HOST"], read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == ("m", tls, ssl)


def test_it_reads_a_mail_provider():
    read = env.mail("anymail+postmark://?SERVER_TOKEN=a%26b&message_stream=x")
    assert read["EMAIL_BACKEND"] == "anymail.backends.postmark.EmailBackend"
    assert read["ANYMAIL"]["POSTMARK_SERVER_TOKEN"] == "a&b"
    assert read["ANYMAIL"]["POSTMARK_MESSAGE_STREAM"] == "x"


@pytest.mark.parametrize(
    "url", ["anymail+nobody://", "anymail+.x://", "anymail+postmark://?API_URL=http://far.example/"]
)
def test_it_refuses_a_provider_it_does_not_know(url):
    with pytest.raises(ImproperlyConfigured, match="COUNSEL_MAIL_URL"):
        env.mail(url)


@pytest.mark.parametrize(
    "value", ["", "https://texts.example/v1?a=1", "http://127.0.0.1:8025/", "http://[::1]/in"]
)
def test_it_reads_where_a_bridge_listens(monkeypatch, value):
    monkeypatch.setenv("COUNSEL_SMS_URL", value)
    assert env.bridge("COUNSEL_SMS_URL") == value


@pytest.mark.parametrize(
    "value",
    [
        *("http://texts.example/", "ftp://127.0.0.1/", "texts.example", "https://"),
        *("https://me:word@texts.example/", "http://127.0.0.1.texts.example/"),
    ],
)
def test_it_refuses_a_bridge_that_others_could_listen_to(monkeypatch, value):
    monkeypatch.setenv("COUNSEL_SMS_URL", value)
    with pytest.raises(ImproperlyConfigured, match="COUNSEL_SMS_URL"):
        env.bridge("COUNSEL_SMS_URL")
