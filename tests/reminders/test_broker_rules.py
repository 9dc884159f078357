"""What may and what may not be put into a broker."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads, prepare_accept_content

from counsel import celery_app
from tools.children import ROOT

APPS = ("counsel", "clients", "sessions", "exercises")


def test_none_of_our_tasks_takes_anything_along():
    celery_app.autodiscover_tasks(force=True)
    tasks = {name: task for name, task in celery_app.tasks.items() if name.startswith(APPS)}
    assert tasks
    taking = {name for name, task in tasks.items() if inspect.signature(task.run).parameters}
    assert taking == set()


def _keywords(path: Path) -> set[str | None]:
    tree = ast.parse(path.read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {keyword.arg for call in calls for keyword in call.keywords}


def test_nothing_waits_in_a_broker_for_its_time():
    """Its time would come again and again once a broker's own patience ends."""
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    assert len(files) > 100
    waiting = [path for path in files if _keywords(path) & {"eta", "countdown"}]
    assert waiting == []


def test_it_takes_json_and_nothing_that_could_run():
    taken = prepare_accept_content(celery_app.conf.accept_content)
    assert _read(dumps({"number": 1}, serializer="json"), taken) == {"number": 1}

    with pytest.raises(ContentDisallowed):
        _read(dumps({"number": 1}, serializer="pickle"), taken)


def _read(message, taken):
    content_type, encoding, body = message
    return loads(body, content_type, encoding, accept=taken)
