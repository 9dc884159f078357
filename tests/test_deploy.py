"""What deploy/ opens, and what it does not."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from redis import AuthenticationError, Redis

from faults.waiting import until
from tests.plain_yaml import read
from tools.children import ROOT, Children
from tools.servers import PostgreSQL, _postgresql_program, _wait_for, free_port

DEPLOY = ROOT / "deploy"
COMPOSE = read(DEPLOY / "compose.yaml")
SERVICES = COMPOSE["services"]
UNITS = ("web", "worker", "beat")
# Their value is a password, or holds one.
_SECRET = re.compile(r"PASSWORD|SECRET|KEYS|TOKEN|_URL")


def unit(name: str) -> list[tuple[str, str]]:
    text = (DEPLOY / f"systemd/counsel-{name}.service").read_text()
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str
    parser.read_string(text)
    return dict(parser["Service"])


def test_nothing_but_the_proxy_has_a_port():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert SERVICES["proxy"]["ports"] == ["80:80", "443:443"]
    assert not [name for name, service in SERVICES.items() if "network_mode" in service]


def test_database_and_redis_are_on_a_network_without_a_way_out():
    assert COMPOSE["networks"]["inside"] == {"internal": "true"}
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]
    assert "inside" not in SERVICES["proxy"]["networks"]


def test_each_secret_is_a_file_that_only_its_services_are_given():
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if _SECRET.search(key):
                assert key.endswith("_FILE") and value.startswith("/run/secrets/"), (name, key)
                assert value.removeprefix("/run/secrets/") in service["secrets"], (name, key)
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        # Only what migrates may change the tables.
        assert ("owner_database_url" in service.get("secrets", [])) == (name == "prepare")
    assert "postgres_password" in SERVICES["postgres"]["secrets"]
    assert "redis_password" in SERVICES["redis"]["secrets"]
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/deploy/secrets/", "/deploy/practice.env"} <= set(ignored)


def test_what_is_set_is_explained():
    explained = (ROOT / "docs/operate.md").read_text()
    example = (DEPLOY / "practice.env.example").read_text()
    names = set(re.findall(r"^(COUNSEL_\w+)=", example, re.M)) - {"COUNSEL_HOST"}
    names |= {key.removesuffix("_FILE") for key in SERVICES["web"]["environment"]}
    assert [name for name in sorted(names) if f"`{name}`" not in explained] == []


def test_the_proxy_limits_what_comes_in():
    rules = (DEPLOY / "Caddyfile").read_text()
    for limit in ("max_size 2MB", "max_header_size 16KB", "read_header 10s", "read_body 30s"):
        assert limit in rules
    # Some addresses are keys in themselves.
    assert not re.search(r"^\s*log\b", rules, re.M)
    assert SERVICES["web"]["environment"]["COUNSEL_TRUSTED_PROXIES"] == "1"


def test_the_units_run_what_the_containers_run_as_nobody_of_note():
    for name in UNITS:
        found = unit(name)
        program, *arguments = found["ExecStart"].removeprefix("/srv/counsel/.venv/bin/").split()
        wanted = [re.sub(r"0\.0\.0\.0", "127.0.0.1", word) for word in SERVICES[name]["command"]]
        assert [program, *arguments] == wanted
        assert found["User"] == "counsel" and found["NoNewPrivileges"] == "true"
        assert found["ProtectSystem"] == "strict" and found["CapabilityBoundingSet"] == ""
        assert SERVICES[name]["cap_drop"] == ["ALL"] and SERVICES[name]["read_only"] == "true"


@pytest.fixture
def secrets(tmp_path):
    """What secrets.sh makes, in a folder that others may enter."""
    shutil.copy(DEPLOY / "secrets.sh", tmp_path)
    for _ in range(2):
        subprocess.run(["sh", tmp_path / "secrets.sh"], check=True)
    tmp_path.chmod(0o711)
    folder = tmp_path / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    return folder


def test_the_secrets_are_made_once_and_long(secrets):
    made = {file.name: file.read_text() for file in secrets.iterdir()}
    assert set(made) == set(COMPOSE["secrets"])
    subprocess.run(["sh", secrets.parent / "secrets.sh"], check=True)
    assert made == {file.name: file.read_text() for file in secrets.iterdir()}
    words = [made[f"{name}_password"].split()[-1] for name in ("postgres", "owner", "app", "redis")]
    assert len(set(words)) == 4 and all(len(word) == 64 for word in words)
    assert words[2] in made["app_database_url"] and words[3] in made["redis_url"]


@pytest.mark.services
def test_redis_asks_for_the_password_and_throws_nothing_away(secrets, tmp_path):
    rules = (DEPLOY / "redis.conf").read_text().replace("/run/secrets", str(secrets))
    (tmp_path / "redis.conf").write_text(rules.replace("dir /data", f"dir {tmp_path}"))
    port = free_port()
    command = ["redis-server", tmp_path / "redis.conf", "--port", str(port), "--bind", "127.0.0.1"]
    with Children() as family:
        family.start("redis", command, os.environ, tmp_path / "redis.log")
        _wait_for(family, "redis", port)
        with Redis(port=port) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
        url = (secrets / "redis_url").read_text().replace("redis:6379", f"127.0.0.1:{port}")
        with Redis.from_url(url) as ours:
            assert ours.info("memory")["maxmemory_policy"] == "noeviction"


@pytest.mark.services
def test_postgresql_lets_in_two_roles_and_no_superuser(secrets):
    with tempfile.TemporaryDirectory() as folder, Children() as family:
        # PostgreSQL runs as somebody else where we are root.
        Path(folder).chmod(0o711)
        server = PostgreSQL(family, Path(folder))
        server.start()
        until("PostgreSQL lets somebody in", lambda: _lets_in(server.url()), seconds=60)
        with psycopg.connect(server.url(), autocommit=True) as first:
            first.execute("CREATE ROLE postgres SUPERUSER LOGIN PASSWORD 'known'")
        boss = {"host": "127.0.0.1", "port": server.port, "user": "postgres", "password": "known"}
        with psycopg.connect(**boss, dbname="postgres", autocommit=True) as administrator:
            # Ours is called as the role that is to be made.
            administrator.execute("ALTER ROLE counsel RENAME TO first")
            _make_roles(server, secrets)
            administrator.execute("SELECT pg_reload_conf()")
        with pytest.raises(psycopg.OperationalError, match="rejects"):
            psycopg.connect(**boss, dbname="postgres")
        for name in ("owner_database_url", "app_database_url"):
            url = (
                (secrets / name).read_text().replace("@postgres:5432", f"@127.0.0.1:{server.port}")
            )
            with psycopg.connect(url) as ours:
                assert ours.execute("SHOW is_superuser").fetchone() == ("off",)
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(re.sub(r":\w+@", ":@", url))


def _lets_in(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_roles(server: PostgreSQL, secrets: Path) -> None:
    env = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGPASSWORD": "known"}
    env |= {"PGDATA": str(server.data), "SECRETS": str(secrets)}
    env["PATH"] = f"{Path(_postgresql_program('psql')).parent}:{env['PATH']}"
    subprocess.run(["sh", DEPLOY / "postgres-roles.sh"], env=env, check=True)


@pytest.mark.services
def test_the_web_server_starts_as_it_is_written_there(counsel_env, tmp_path):
    port = free_port()
    program, *arguments = SERVICES["web"]["command"]
    arguments = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in arguments]
    [probe] = [line for line in SERVICES["web"]["healthcheck"]["test"] if "urlopen" in line]
    env = {**counsel_env, "COUNSEL_ALLOWED_HOSTS": "practice.example,localhost"}
    env["COUNSEL_BASE_URL"] = "https://practice.example"
    with Children() as family:
        command = [Path(sys.executable).with_name(program), *arguments]
        family.start("web", command, env, tmp_path / "log")
        _wait_for(family, "web", port)
        subprocess.run([sys.executable, "-c", probe.replace("8000", str(port))], check=True)
