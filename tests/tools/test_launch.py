"""What stops `make run` is said in one line, and whatever it started ends with it."""

from __future__ import annotations

import ast
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from tools import children, environment
from tools.home import Home
from tools.say import Problem

LAUNCH = children.ROOT / "tools" / "launch.py"


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def launch(tmp_path, free_port):
    """Runs `tools/launch.py run` until it ends; returns its one line of error."""

    def run(**env):
        env = {**os.environ, "COUNSEL_VAR": str(tmp_path / "var"), "PORT": str(free_port), **env}
        done = subprocess.run(
            [sys.executable, LAUNCH, "run"], env=env, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        return line

    return run


def too_old_python(path):
    """The launcher as Python 3.9 would see it, with only `path` to look for others."""
    code = (
        "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); "
        f"sys.argv = ['launch.py', 'run']; runpy.run_path({str(LAUNCH)!r}, None, '__main__')"
    )
    env = {**os.environ, "PATH": str(path)}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)


def fake_python(folder, name, body):
    program = folder / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def test_an_old_python_can_read_the_launcher():
    assert ast.parse(LAUNCH.read_text(), feature_version=(3, 4))


def test_it_says_in_one_line_that_python_is_too_old(tmp_path):
    done = too_old_python(tmp_path)

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "Python 3.11 or newer" in line
    assert "3.9" in line


def test_it_hands_over_to_the_newest_python_that_works(tmp_path):
    fake_python(tmp_path, "python3.11", "echo 3.11 took over")
    fake_python(tmp_path, "python3.12", '[ "$1" = -c ] || echo "3.12 took over: $2"')
    fake_python(tmp_path, "python3.13", "exit 127")

    assert too_old_python(tmp_path).stdout == "3.12 took over: run\n"


@pytest.fixture
def venv(tmp_path, monkeypatch):
    """Where the environment is looked for; returns how often its pip was run."""
    folder = tmp_path / ".venv"
    for name, path in {
        "VENV": "",
        "PYTHON": "bin/python",
        "STAMP": "s",
        "INSTALL_LOG": "l",
    }.items():
        monkeypatch.setattr(environment, name, folder / path)
    return folder


def fake_pip(venv, body):
    """An environment whose pip is `body`; returns the file that names what it was to install."""
    (venv / "bin").mkdir(parents=True)
    record = f'[ "$2" = pip ] || exit 0; echo "$8" >> {venv}/ran'
    fake_python(venv / "bin", "python", f"{record}; {body}")
    return venv / "ran"


def test_it_says_what_to_install_where_venv_is_missing(venv, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    with pytest.raises(Problem, match="apt install python3-venv"):
        environment.ensure("run")


def test_it_installs_again_only_when_the_locked_requirements_changed(venv):
    ran = fake_pip(venv, "exit 0")

    environment.ensure("dev")
    environment.ensure("run")
    assert ran.read_text() == f"{environment.requirements('dev')}\n"

    stamp = json.loads(environment.STAMP.read_text())
    environment.STAMP.write_text(json.dumps({**stamp, "run": "changed"}))
    environment.ensure("run")
    assert ran.read_text().splitlines()[1:] == [str(environment.requirements("run"))]


def test_it_says_why_an_installation_failed_and_tries_again(venv):
    ran = fake_pip(venv, "echo Collecting amqp==5.4.2; echo ERROR: no space left; exit 1")

    for _ in range(2):
        with pytest.raises(Problem, match="Installing failed: no space left"):
            environment.ensure("run")
    assert len(ran.read_text().splitlines()) == 2


def test_it_says_that_the_port_is_in_use(launch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        assert f"Port {port} is in use" in launch(PORT=str(port))


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1", "８０"])
def test_it_says_that_the_port_is_no_port(launch, port):
    assert "PORT must be a number" in launch(PORT=port)


def test_it_says_that_the_folder_cannot_be_written_to(launch, tmp_path):
    (tmp_path / "file").touch()

    assert "cannot be written to" in launch(COUNSEL_VAR=str(tmp_path / "file" / "var"))


def test_it_refuses_a_second_instance_on_the_same_folder(launch, tmp_path):
    (tmp_path / "var").mkdir()
    with (tmp_path / "var" / "run.lock").open("w") as lock:
        lock.write("http://127.0.0.1:8000")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert "already runs" in (line := launch())
        assert "http://127.0.0.1:8000" in line


def test_it_makes_its_secrets_once_and_for_nobody_else(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNSEL_VAR", str(tmp_path / "var"))
    first = Home.open().environ("http://127.0.0.1:8000")
    again = Home.open().environ("http://127.0.0.1:8000")

    assert len(first["COUNSEL_SECRET_KEY"]) >= 64
    for name in ("COUNSEL_SECRET_KEY", "COUNSEL_CONTENT_KEYS"):
        assert first[name] == again[name] != os.environ[name]
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "var" / "env").stat().st_mode & 0o777 == 0o600


def test_it_never_follows_the_shell_to_another_database(tmp_path, monkeypatch):
    monkeypatch.setenv("COUNSEL_VAR", str(tmp_path / "var"))
    for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "COUNSEL_BASE_URL"):
        monkeypatch.setenv(name, "elsewhere")

    assert "elsewhere" not in Home.open().environ("http://127.0.0.1:8000").values()


def test_it_shows_how_far_the_installation_is(capsys):
    pip = ["Ignoring colorama: markers …\n", "Collecting django-csp==4.0 (from …)\n"]
    pip += ["  Using cached amqp.whl\n", "Processing /a/six-1.17.0-py2.whl\n", "ERROR: disk full\n"]

    assert environment._show_progress(iter(pip), 3) == ["disk full"]
    assert capsys.readouterr().out == "Installing 1 of 2: django-csp\nInstalling 2 of 2: six\n"


def lives(pid):
    try:
        # A process nobody has waited for is dead all the same.
        return "\nState:\tZ" not in (children.Path(f"/proc/{pid}/status")).read_text()
    except OSError:
        return False


def ends_soon(pid):
    until = time.monotonic() + 10
    while lives(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not lives(pid)


def number_in(log):
    until = time.monotonic() + 10
    while not log.exists() or not log.read_text().endswith("\n"):
        assert time.monotonic() < until
        time.sleep(0.01)
    return int(log.read_text())


def shell_with_grandchild(family, tmp_path, script):
    family.start("shell", ["sh", "-c", script], os.environ, tmp_path / "log")
    return number_in(tmp_path / "log")


@pytest.fixture
def signals():
    """Ending the children leaves signals ignored, for the launcher is on its way out."""
    kept = {name: signal.getsignal(name) for name in children.POLITE}
    yield
    for name, handler in kept.items():
        signal.signal(name, handler)


def test_it_ends_the_children_of_its_children(tmp_path, signals):
    with children.Children() as family:
        grandchild = shell_with_grandchild(family, tmp_path, "sleep 600 & echo $!; wait")
        assert lives(grandchild)

    assert not lives(grandchild)


def test_it_ends_a_child_that_will_not_listen(tmp_path, signals, monkeypatch):
    monkeypatch.setattr(children, "GRACE_SECONDS", 0.2)
    with children.Children() as family:
        stubborn = shell_with_grandchild(family, tmp_path, "trap '' TERM; echo $$; sleep 600")

    assert not lives(stubborn)


def test_it_ends_the_orphans_of_a_killed_child(tmp_path, signals):
    with children.Children() as family:
        grandchild = shell_with_grandchild(family, tmp_path, "sleep 600 & echo $!; wait")
        family.running["shell"].kill()
        family.running["shell"].wait()

    assert not lives(grandchild)


@pytest.mark.skipif(not shutil.which("setpriv"), reason="only Linux ends children by itself")
def test_it_leaves_nothing_running_when_it_is_killed_outright(tmp_path):
    code = (
        "import os, sys, time; from pathlib import Path; from tools.children import Children; "
        "Children().start('child', ['sh', '-c', 'echo $$; exec sleep 600'], os.environ, "
        "Path(sys.argv[1])); time.sleep(600)"
    )
    launcher = subprocess.Popen([sys.executable, "-c", code, tmp_path / "log"], cwd=children.ROOT)
    child = number_in(tmp_path / "log")
    launcher.kill()
    launcher.wait()

    assert ends_soon(child)


def test_it_says_which_child_died_and_where_its_log_is(tmp_path, signals):
    with (
        pytest.raises(Problem, match=r"The worker has ended by itself \(exit status 3\).*/log$"),
        children.Children() as family,
    ):
        family.start("worker", ["sh", "-c", "exit 3"], os.environ, tmp_path / "log")
        family.running["worker"].wait()
        family.check()
