"""An asked-for port is that one or a sentence; otherwise the next free one will do."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tools import ports
from tools.say import Sorry


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        yield somebody.getsockname()[1]


def test_taken_port_is_refused_when_asked_for(taken: int) -> None:
    with pytest.raises(Sorry, match=f"port {taken} is taken"):
        ports.choose(taken, 8069)


def test_taken_default_gives_way_to_a_later_one(taken: int) -> None:
    assert taken < ports.choose(None, taken) < taken + ports.TRIES


def test_all_taken_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda *_: False)
    with pytest.raises(Sorry, match="--port"):
        ports.choose(None, 8069)
