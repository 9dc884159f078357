from __future__ import annotations

import pytest

from counsel.common.vapid import vapid_key_read
from tools.home import Home


def values(folder):
    lines = (folder / "env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture
def made(tmp_path):
    Home.at(tmp_path)
    return values(tmp_path)


def test_its_secrets_are_made_once_and_for_nobody_else(tmp_path, made):
    Home.at(tmp_path)
    assert values(tmp_path) == made
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600
    assert vapid_key_read(made["COUNSEL_VAPID_KEY"]).private == made["COUNSEL_VAPID_KEY"]


def test_an_older_folder_gets_what_it_lacks_and_keeps_what_it_has(tmp_path, made):
    old = [f"{name}={value}" for name, value in made.items() if "VAPID" not in name]
    (tmp_path / "env").write_text("# Kept.\n" + "\n".join(old))
    Home.at(tmp_path)
    now = values(tmp_path)
    assert set(now) == set(made)
    assert {name: now[name] for name in ("COUNSEL_SECRET_KEY", "COUNSEL_CONTENT_KEYS")} == {
        name: made[name] for name in ("COUNSEL_SECRET_KEY", "COUNSEL_CONTENT_KEYS")
    }


def test_a_lost_content_key_is_not_made_anew(tmp_path):
    (tmp_path / "env").write_text("# Somebody cut it out.\nCOUNSEL_SECRET_KEY=x\n")
    Home.at(tmp_path)
    assert "COUNSEL_CONTENT_KEYS" not in values(tmp_path)
