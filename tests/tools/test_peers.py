"""What the bench compares Counsel with is installed once, and anew when it is locked anew."""

from __future__ import annotations

import pytest

from tools import peers


@pytest.fixture
def ran(monkeypatch, tmp_path):
    commands = []

    def run(command):
        commands.append(command)
        peers.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        peers.PYTHON.touch()

    locked = tmp_path / "bench.txt"
    locked.write_text("django-appointment==1 --hash=sha256:1\n")
    monkeypatch.setattr(peers, "_run", run)
    monkeypatch.setattr(peers, "requirements", lambda kind: locked)
    for name, path in {"VENV": "", "PYTHON": "bin/python", "STAMP": "stamp"}.items():
        monkeypatch.setattr(peers, name, tmp_path / "venv" / path)
    return commands, locked


def test_it_installs_once_with_hashes_and_again_for_another_lock(ran):
    commands, locked = ran
    assert peers.ensure() == peers.ensure() == peers.PYTHON
    assert len(commands) == 2
    assert {"--require-hashes", str(locked)} <= set(commands[1])
    locked.write_text("django-appointment==2 --hash=sha256:2\n")
    peers.ensure()
    assert len(commands) == 4
