"""The commands behind `make`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from tools import audit as auditing
from tools import checks, environment, practice, services
from tools.browser import chromium
from tools.say import Problem


def main(arguments: list[str]) -> int:
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        print(f"Say one of: {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[name](rest)
    except (Problem, OSError) as problem:  # the latter: a full disk, say
        print(f"Counsel: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(rest: list[str]) -> int:
    return practice.run()


def test(rest: list[str]) -> int:
    return _become_pytest(rest or _whole_suite())


def test_services(rest: list[str]) -> int:
    return services.run([*_pytest(), "-m", "not e2e", *(rest or _whole_suite())])


def e2e(rest: list[str]) -> int:
    chromium()
    return _become_pytest(["-m", "e2e", *(rest or [*_all_journeys(), "tests/e2e"])])


def check(rest: list[str]) -> int:
    return checks.run(environment.ensure("dev"))


def audit(rest: list[str]) -> int:
    return auditing.run(rest)


def bench(rest: list[str]) -> int:
    return services.run([environment.ensure("dev"), "-m", "bench", *rest], durable=True)


def faults(rest: list[str]) -> int:
    return _become_module("faults", rest)


def fuzz(rest: list[str]) -> int:
    """So many sendings, and the seed of the chance that makes them: on PostgreSQL, the stricter."""
    count, *more = rest or ["10000"]
    os.environ["COUNSEL_FUZZ"] = count
    if more:
        os.environ["COUNSEL_FUZZ_SEED"] = more[0]
    return services.run([*_pytest(), "-s", "--show-capture=no", "tests/test_fuzz.py"])


def drill(rest: list[str]) -> int:
    return _become_module("drills", rest)


def _become_module(name: str, rest: list[str]) -> int:
    command = [str(environment.ensure("dev")), "-m", name, *rest]
    os.execv(command[0], command)


def _whole_suite() -> list[str]:
    """In parallel where it pays: a part of the suite is faster alone than the workers' start."""
    return _workers(at_most=4)


def _all_journeys() -> list[str]:
    """On two practices. One journey at a time is handed out, so that both end at about once."""
    return [*_workers(at_most=2), "--maxschedchunk", "1"]


def _workers(at_most: int) -> list[str]:
    processors = min(os.cpu_count() or 1, at_most)
    return ["-n", str(processors)] if processors > 1 else []


def _become_pytest(rest: list[str]) -> int:
    command = [*_pytest(), *rest]
    os.execv(command[0], command)


def _pytest() -> list[str]:
    # Without bytecode each worker, and each process a test starts, compiles us anew for seconds.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return [str(environment.ensure("dev")), "-m", "pytest"]


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "test-services": test_services,
    "e2e": e2e,
    "check": check,
    "audit": audit,
    "bench": bench,
    "faults": faults,
    "fuzz": fuzz,
    "drill": drill,
}
