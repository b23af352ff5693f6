"""What an upload takes from a browser, which may say anything."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit.components.inputs.image_upload import UploadProgress
from imlkit.components.inputs.upload_zone import UploadZone


class Zone(UploadZone):
    """A zone that keeps what it tells the browser and what it was given."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.expected = 0
        self.received: list[tuple[str, Any]] = []
        super().__init__(self._expecting, self._receiving, "Images")
        self.hear(kind="ready")

    def _send_msg(self, data: Any) -> None:
        self.told.append(data)

    def _expecting(self, count: int) -> None:
        self.expected += count

    def _receiving(self, name: str, source: bytes = b"", *, problem: str = "") -> None:
        self.received.append((name, problem or source))

    def hear(self, **message: Any) -> None:
        self._handle_msg(message)

    def bring(
        self, file: int, offset: int, data: Any, size: Any = 6, name: Any = "a.png", batch: int = 1
    ) -> None:
        self.hear(kind="part", batch=batch, file=file, name=name, size=size, offset=offset, data=data)


@pytest.fixture
def zone() -> Zone:
    zone = Zone()
    zone.hear(kind="begin", batch=1, count=3)
    return zone


def test_parts_make_a_file_and_each_is_answered(zone: Zone) -> None:
    zone.bring(1, 0, b"abc")
    assert zone.told[-1] == {"taken": 1}
    zone.bring(1, 3, b"def")
    assert zone.received == [("a.png", b"abcdef")]
    assert zone.expected == 3


def test_an_empty_file_arrives_as_empty(zone: Zone) -> None:
    zone.bring(1, 0, b"", size=0)
    assert zone.received == [("a.png", b"")]


def test_the_next_file_waits_while_several_are_being_opened(zone: Zone) -> None:
    zone.tell(UploadProgress(done=0, received=5, total=9))
    zone.told.clear()
    zone.bring(1, 0, b"abcdef")
    zone.tell(UploadProgress(done=0, received=6, total=9))
    assert {"taken": 1} not in zone.told
    zone.tell(UploadProgress(done=4, received=6, total=9))
    assert zone.told.count({"taken": 1}) == 1


def test_parts_out_of_order_or_beyond_the_size_are_ignored(zone: Zone) -> None:
    zone.bring(1, 3, b"def")
    zone.bring(1, 0, b"abc")
    zone.bring(1, 4, b"ef")
    zone.bring(2, 3, b"def")
    zone.bring(1, 3, b"defghi")
    assert zone.received == []
    zone.bring(1, 3, b"def")
    assert zone.received == [("a.png", b"abcdef")]


def test_more_files_than_announced_are_not_taken(zone: Zone) -> None:
    for file in range(9):
        zone.bring(file, 0, b"abcdef")
    assert len(zone.received) == 3


@pytest.mark.parametrize(
    "message",
    [
        None,
        7,
        {"kind": "begin", "batch": 1, "count": -5},
        {"kind": "begin", "batch": 1, "count": 10**9},
        {"kind": "begin", "batch": 1, "count": "3"},
        {"kind": "part", "batch": 1, "file": 1, "name": "a", "size": 10**12, "offset": 0, "data": b""},
        {"kind": "part", "batch": 1, "file": 1, "name": "a", "size": -1, "offset": 0, "data": b""},
        {"kind": "part", "batch": 1, "file": 1, "name": ["a"], "size": 1, "offset": 0, "data": b"a"},
        {"kind": "part", "batch": 1, "file": 1, "name": "a", "size": 1, "offset": 0, "data": "a"},
        {"kind": "part", "batch": 1, "file": 1, "name": "a", "size": 1, "offset": 0, "data": b"ab"},
        {"kind": "failed", "batch": 1, "name": 5, "why": "large"},
    ],
)
def test_a_message_that_makes_no_sense_brings_nothing(zone: Zone, message: Any) -> None:
    zone._handle_msg(message)
    assert zone.received == []
    assert zone.expected == 3


def test_what_the_browser_could_not_send_is_told_by_name(zone: Zone) -> None:
    zone.hear(kind="failed", batch=1, name="film.png", why="large")
    zone.hear(kind="failed", batch=1, name="folder", why="unreadable")
    assert [name for name, _ in zone.received] == ["film.png", "folder"]
    assert "100 MB" in zone.received[0][1]
    assert "if it is a folder" in zone.received[1][1]


def test_after_cancelling_what_was_on_its_way_is_ignored(zone: Zone) -> None:
    zone.bring(1, 0, b"abc")
    zone.stop(1)
    assert zone.told[-1] == {"stop": 1}
    zone.bring(1, 3, b"def")
    zone.bring(2, 0, b"abcdef")
    assert zone.received == []
    zone.hear(kind="begin", batch=2, count=1)
    zone.bring(3, 0, b"abcdef", batch=2)
    assert zone.received == [("a.png", b"abcdef")]


def test_leaving_the_page_midway_says_how_many_are_missing(zone: Zone) -> None:
    zone.bring(1, 0, b"abcdef")
    zone.bring(2, 0, b"abc")
    zone.hear(kind="left")
    assert zone.expected == 3 - 2 + 1
    assert "2 files did not arrive" in zone.received[-1][1]
    zone.hear(kind="ready")
    assert len(zone.received) == 2
