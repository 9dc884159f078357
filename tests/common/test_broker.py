from __future__ import annotations

import pytest
from kombu import Connection

from counsel import celery_app


@pytest.fixture
def broker(tmp_path):
    assert celery_app  # names our transport
    (tmp_path / "control").mkdir()
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    options = {**folders, "control_folder": str(tmp_path / "control")}
    with Connection("filesystem://", transport_options=options) as connection:
        yield connection.SimpleQueue(tmp_path.name)


def test_it_hands_over_what_was_put_in_order(broker):
    for number in range(12):
        broker.put({"number": number})

    assert [broker.get(timeout=1).payload["number"] for _ in range(12)] == list(range(12))


def test_it_never_shows_the_worker_half_a_message(broker, tmp_path):
    with pytest.raises(TypeError):
        broker.channel._put("ticks", {"body": object()})

    assert list(tmp_path.glob("*.msg")) == []


@pytest.mark.parametrize("left", ["", "{", "\0" * 64, "\xff", "1", "{}", '{"body": "W10="}'])
def test_what_a_power_cut_leaves_is_left_out(broker, tmp_path, left):
    broken = tmp_path / f"0_broken.{tmp_path.name}.msg"
    broken.write_text(left, encoding="latin-1")
    broker.put({"number": 1})

    assert broker.get(timeout=1).payload == {"number": 1}
    assert not broken.exists()
