"""PostgreSQL is restarted while people read and write: what was answered holds, and all goes on."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import count

import psycopg

from drills.practice import Practice, demand
from drills.web import Crowd, Person, ask, part, serve, sign_in, talk
from faults.waiting import until
from tools.children import Children

PEOPLE = 3
# How long people go on before and after it.
SECONDS = 4
_TEXTS = """
from sessions.talking import open_talking_point
from clients.models import Client
for client in Client._base_manager.filter(pk__in="{pks}".split()):
    point = open_talking_point(client)
    print(client.pk, point.text if point else "")
"""
_READ = "SELECT count(*) FROM audit_accessevent WHERE verb = 'read'"


def drill(practice: Practice) -> Iterator[str]:
    server = practice.server
    if server is None:
        yield "SQLite has no server that could be restarted"
        return
    practice.manage("load_library")
    practice.manage("seed_demo")
    with Children() as family:
        address = serve(practice, family)
        clients, counsellors = sign_in(practice, address, PEOPLE)
        before = practice.number(_READ)
        kept: dict[str, list[tuple[str, int]]] = defaultdict(list)
        with Crowd() as crowd:
            for person in clients:
                crowd.has(partial(_write, person, kept[person.client], count()))
            for person in counsellors:
                crowd.has(partial(person.get, f"/admin/clients/client/{person.client}/change/"))
            time.sleep(SECONDS)
            down = time.monotonic()
            server.stop()
            _tells_while_it_is_away(address)
            yield "while it is away the process lives, and says that it is not ready"
            server.start()
            until("it lets somebody in", partial(_lets_in, practice.env["DATABASE_URL"]))
            up = time.monotonic()
            time.sleep(SECONDS)
        family.check()
        yield _fails_only_between(down, up, [*clients, *counsellors])
        until("it is well again", lambda: part(address, "database") == "")
    yield _holds_what_was_answered(practice, kept)
    shown = sum(answer.status == 200 for person in counsellors for answer in person.answers)
    read = practice.number(_READ) - before
    demand(shown, "No record was shown at all.")
    demand(read >= shown, f"{shown} records were shown, and {read} readings recorded.")
    practice.manage("verify_audit")
    yield f"each of {shown} records that were shown has its access event, and the log is whole"


def _write(person: Person, kept: list[tuple[str, int]], numbers: Iterator[int]) -> None:
    words = f"Turn {next(numbers)}"
    kept.append((words, talk(person, words)))


def _tells_while_it_is_away(address: str) -> None:
    demand(ask(f"{address}/health/live").status == 200, "It said that it does not live.")
    until("it is not ready", lambda: ask(f"{address}/health/ready").status == 503)
    until("it is said why", lambda: part(address, "database") == "OperationalError")
    demand(ask(f"{address}/help/").status == 200, "The help page did not open.")


def _lets_in(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _fails_only_between(down: float, up: float, people: list[Person]) -> str:
    answers = [answer for person in people for answer in person.answers]
    failed = [answer for answer in answers if answer.status not in {200, 302}]
    outside = [it for it in failed if it.ended < down or it.began > up]
    demand(not outside, f"{len(outside)} failed before or after: {outside[:1]}")
    kinds = Counter(answer.status for answer in failed)
    demand(set(kinds) == {503}, f"Not all that failed was a plain page: {dict(kinds)}")
    after = sum(answer.began > up for answer in answers)
    demand(after > len(people), "Nobody went on afterwards.")
    return (
        f"of {len(answers)} requests {len(failed)} failed with a plain page, all in the "
        f"{up - down:.1f} s in which it was away, and none of {after} after them"
    )


def _holds_what_was_answered(practice: Practice, kept: dict[str, list[tuple[str, int]]]) -> str:
    said = practice.manage("shell", "--verbosity", "0", "-c", _TEXTS.format(pks=" ".join(kept)))
    stands = dict(line.split(" ", 1) for line in said.splitlines())
    for client, tried in kept.items():
        # A writing whose answer was lost may have been kept, or not: never half, and none older.
        last = max(number for number, (_words, status) in enumerate(tried) if status == 302)
        may = [words for words, _status in tried[last:]]
        demand(stands[client] in may, f"{stands[client]!r} stands there, and not {may[0]!r}.")
    done = sum(status == 302 for tried in kept.values() for _words, status in tried)
    return f"{done} writings were answered, and the last of each stands there"
