"""A network between a client and a server that can be cut, and healed again."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

__all__ = ["FaultyNetwork", "faulty_network"]

_PIECE = 1 << 16


class FaultyNetwork:
    """Passes on what a client and a server say to each other, while it is whole.

    Args:
        url: the server's address.

    Attributes:
        url: the address under which clients reach it through this network.
        sent: bytes that clients have sent through it.
        received: bytes that they have got.
        faults: how often it has failed by itself.
    """

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._server = (address.hostname, address.port)
        self._loop = asyncio.new_event_loop()
        self._connections: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._refusing = False
        self._mute = False
        self._passing = asyncio.Event()
        self._passing.set()
        self._until: tuple[int, float, Callable[[], None]] | None = None
        self._lose: list[Callable[[], object]] = []
        self.sent = 0
        self.received = 0
        self.faults = 0
        self.url = ""
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,))
        self._thread.start()
        started.wait(10)

    def cut(self) -> None:
        """End every connection as a cable that is pulled out does, and let none be made."""
        self._call(self._cut)

    def cut_after(self, sent: int, seconds: float) -> None:
        """Cut it for some time as soon as clients have sent so many more bytes."""
        self._until = (self.sent + sent, seconds, self._cut)

    def stall(self) -> None:
        """Let nothing pass any more, without a word."""
        self._call(self._passing.clear)

    def stall_after(self, sent: int, seconds: float) -> None:
        """Let nothing pass for some time as soon as clients have sent so many more bytes."""
        self._until = (self.sent + sent, seconds, self._passing.clear)

    def mute(self) -> None:
        """Let pass what clients say, and nothing of what they are answered."""
        self._mute = True

    def lose_answer(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Cut the connection of the next answer, which its client never gets.

        Args:
            meanwhile: is called before the client learns of the cut.
        """
        self._lose.append(meanwhile)

    @contextlib.contextmanager
    def away(self) -> Iterator[None]:
        """Let nobody through inside the block."""
        self.cut()
        yield
        self.heal()

    def heal(self) -> None:
        """Let everything pass again."""
        self._call(self._heal)

    def close(self) -> None:
        """Take it down."""
        self._call(self._cut)
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)

    def _call(self, action: Callable[[], object]) -> None:
        done = threading.Event()

        def act() -> None:
            action()
            done.set()

        self._loop.call_soon_threadsafe(act)
        done.wait(10)

    def _heal(self) -> None:
        self._refusing = self._mute = False
        self._passing.set()

    def _cut(self) -> None:
        self._refusing = True
        for pair in list(self._connections):
            for writer in pair:
                writer.transport.abort()

    def _run(self, started: threading.Event) -> None:
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve(started))

    async def _serve(self, started: threading.Event) -> None:
        self._ended = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        started.set()
        await self._ended.wait()
        server.close()
        own = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not own]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(*self._server)
        except OSError:
            writer.transport.abort()
            return
        for each in (writer, back):
            each.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = (writer, back)
        self._connections.add(pair)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(self._passed(reader, back, True), self._passed(there, writer, False))
        finally:
            self._connections.discard(pair)
            for each in pair:
                each.transport.abort()

    async def _passed(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, from_client: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(_PIECE):
                await self._passing.wait()
                if from_client:
                    self.sent += len(piece)
                    if self._until is not None and self.sent >= self._until[0]:
                        (_, seconds, act), self._until = self._until, None
                        act()
                        self.faults += 1
                        self._loop.call_later(seconds, self._heal)
                elif self._lose and piece.startswith(b"HTTP/1.1 "):
                    # Whoever acts meanwhile may do so through this network.
                    await asyncio.to_thread(self._lose.pop(0))
                    writer.transport.abort()
                    break
                elif self._mute:
                    continue
                else:
                    self.received += len(piece)
                writer.write(piece)
                await writer.drain()
        writer.close()


@contextlib.contextmanager
def faulty_network(url: str) -> Iterator[FaultyNetwork]:
    """Put a network before a server, and take it down at the end."""
    between = FaultyNetwork(url)
    try:
        yield between
    finally:
        between.close()
