from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from bokeh.document import Document
from bokeh.document.events import ModelChangedEvent
from bokeh.models.widgets.markups import Div
from bokeh.protocol import Protocol
from bokeh.server.connection import ServerConnection
from panel.io import document as writes

from imlkit.pending_writes import send_all


class Socket:
    """A connection's socket that is busy until it is told otherwise."""

    def __init__(self) -> None:
        self.written: list[Any] = []
        self.done: list[asyncio.Future[None]] = []

    def write(self, message: Any) -> list[asyncio.Future[None]]:
        self.written += [event["new"] for event in message.content["events"]]
        self.done.append(asyncio.get_running_loop().create_future())
        return self.done[-1:]


class Connection(ServerConnection):
    def __init__(self) -> None:
        self._protocol = Protocol()
        self._socket: Any = Socket()


@pytest.mark.parametrize("steps", range(6))
def test_what_is_put_off_while_an_earlier_write_ends_is_sent(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setitem(
        writes.extra_socket_handlers, Socket, lambda connection, msg: connection._socket.write(msg)
    )
    send_all()
    document, text, connection = Document(), Div(), Connection()
    document.add_root(text)
    numbers = itertools.count()

    def put_off() -> None:
        event = ModelChangedEvent(document, text, "text", str(next(numbers)))
        writes.schedule_write_events(document, [connection], [event])

    async def change() -> None:
        socket = connection._socket
        put_off()
        await asyncio.sleep(0)
        socket.done[0].set_result(None)
        for _ in range(steps):
            await asyncio.sleep(0)
        put_off()
        while writes._write_tasks.get(document):
            for done in socket.done:
                if not done.done():
                    done.set_result(None)
            await asyncio.sleep(0)

    asyncio.run(change())
    assert connection._socket.written == ["0", "1"]
    assert not writes._WRITE_MSGS.get(document)


def test_it_is_arranged_once() -> None:
    send_all()
    arranged = writes._dispatch_msgs
    send_all()
    assert writes._dispatch_msgs is arranged
