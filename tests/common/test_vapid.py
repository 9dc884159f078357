from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from counsel import env
from counsel.common.vapid import from_base64url, vapid_key_make, vapid_key_read


def pem(key, how=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how or NoEncryption()).decode()


def test_a_key_is_the_same_however_it_is_written():
    key = ec.generate_private_key(ec.SECP256R1())
    from_pem = vapid_key_read(pem(key))
    assert vapid_key_read(from_pem.private) == vapid_key_read(from_pem.private + "=") == from_pem
    assert len(from_base64url(from_pem.private)) == 32
    point = from_base64url(from_pem.public)
    assert (len(point), point[0]) == (65, 4)


def test_what_is_shown_of_it_is_public():
    key = vapid_key_make()
    assert key.private not in f"{key} {key!r}"


WRONG = [
    "hello",
    "ü" * 43,
    "A" * 42,
    "A" * 43,  # nothing
    "_" * 42 + "8",  # beyond the curve
    "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----",
    pem(ec.generate_private_key(ec.SECP384R1())),
    pem(ed25519.Ed25519PrivateKey.generate()),
    pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"word")),
]


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_no_key_stops_the_start_in_words_that_hold_none_of_it(monkeypatch, text):
    monkeypatch.setenv("COUNSEL_VAPID_KEY", text)
    with pytest.raises(ImproperlyConfigured, match="COUNSEL_VAPID_KEY is no private key") as error:
        env.vapid_key("COUNSEL_VAPID_KEY")
    assert text not in str(error.value)


def test_none_is_fine(monkeypatch):
    monkeypatch.delenv("COUNSEL_VAPID_KEY", raising=False)
    assert env.vapid_key("COUNSEL_VAPID_KEY") is None


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("somebody@diary.example", "mailto:somebody@diary.example"),
        ("mailto:somebody@diary.example", "mailto:somebody@diary.example"),
        ("practice@localhost", "mailto:practice@localhost"),
        ("https://diary.example/contact", "https://diary.example/contact"),
    ],
)
def test_it_reads_whom_to_write_to(monkeypatch, text, contact):
    monkeypatch.setenv("COUNSEL_VAPID_CONTACT", text)
    assert env.contact("COUNSEL_VAPID_CONTACT") == contact


@pytest.mark.parametrize("text", [None, "", "somebody", "http://diary.example", "https://"])
def test_a_contact_that_is_none_stops_the_start(monkeypatch, text):
    monkeypatch.delenv("COUNSEL_VAPID_CONTACT", raising=False)
    if text is not None:
        monkeypatch.setenv("COUNSEL_VAPID_CONTACT", text)
    with pytest.raises(ImproperlyConfigured, match="COUNSEL_VAPID_CONTACT"):
        env.contact("COUNSEL_VAPID_CONTACT")


def test_the_command_prints_settings_that_fit(capsys):
    call_command("make_vapid_keys")
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]
    printed = dict(line.split("=", 1) for line in lines)
    assert list(printed) == ["COUNSEL_VAPID_KEY", "COUNSEL_VAPID_CONTACT"]
    assert vapid_key_read(printed["COUNSEL_VAPID_KEY"]).private == printed["COUNSEL_VAPID_KEY"]
