"""The upload without a page: files opened in order, damaged ones told, none held up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imlkit import ImageUpload
from imlkit.components.inputs.image_upload import UploadProblem, UploadProgress
from imlkit.images import open_image
from imlkit.plain_text import PlainAlert
from imlkit.session import Session
from tests.awaiting import awaited

Encode = Callable[..., bytes]


def until_done(upload: ImageUpload) -> None:
    awaited(upload.progress, lambda progress: progress.total > 0 and not progress.busy)


def test_files_are_opened_in_order_with_their_names(encode: Encode, tmp_path: Path) -> None:
    upload = ImageUpload()
    images: list[Any] = []
    files: list[Any] = []
    upload.images.subscribe(images.append)
    upload.files.subscribe(lambda file: files.append(file[0]))
    (tmp_path / "third.png").write_bytes(encode((3, 0, 0)))
    upload.add(encode((1, 0, 0)), "first.png")
    upload.add(encode((2, 0, 0)), "second.png")
    upload.add(tmp_path / "third.png")
    awaited(upload.files, lambda file: file[0] == "third.png")
    assert [image[0, 0, 0] for image in images] == [1, 2, 3]
    assert files == ["first.png", "second.png", "third.png"]


def test_images_are_opened_off_the_caller_s_thread(encode: Encode, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def watched(*arguments: Any, **named: Any) -> Any:
        threads.append(threading.current_thread())
        return open_image(*arguments, **named)

    monkeypatch.setattr("imlkit.components.inputs.image_upload.open_image", watched)
    upload = ImageUpload()
    upload.add(encode(), "a.png")
    until_done(upload)
    assert threads
    assert threads[0] is not threading.current_thread()


def test_images_are_brought_to_the_size_asked_for(encode: Encode) -> None:
    for fit, shape in (("inside", (15, 30, 3)), ("pad", (30, 30, 3)), ("crop", (30, 30, 3))):
        upload = ImageUpload(size=(30, 30), fit=fit)  # type: ignore[arg-type]
        upload.add(encode(), "a.png")
        until_done(upload)
        assert upload.images.value.shape == shape


def test_a_damaged_file_is_told_by_name_and_the_others_come_through(encode: Encode, session: Session) -> None:
    upload = ImageUpload()
    names: list[str] = []
    upload.files.subscribe(lambda file: names.append(file[0]))
    upload.expect(5)
    upload.receive("good.png", encode())
    upload.receive("cut.jpg", encode(format="JPEG")[:200])
    upload.receive("text.png", b"just words")
    upload.receive("empty.png", b"")
    upload.receive("also good.gif", encode(format="GIF"))
    until_done(upload)
    assert names == ["good.png", "also good.gif"]
    assert [problem.name for problem in upload.problems.value] == ["cut.jpg", "text.png", "empty.png"]
    for problem in upload.problems.value:
        assert f"“{problem.name}”" in problem.message
    assert not session.errors.has_value  # told beside the upload, not again in a notification


def test_a_new_upload_begins_with_no_problems(encode: Encode) -> None:
    upload = ImageUpload()
    upload.add(b"words", "text.png")
    until_done(upload)
    assert len(upload.problems.value) == 1
    upload.add(encode(), "good.png")
    awaited(upload.images, lambda _: True)
    assert upload.problems.value == ()


def test_progress_counts_what_is_chosen_arrived_and_opened(encode: Encode) -> None:
    upload = ImageUpload()
    seen: list[UploadProgress] = []
    upload.progress.subscribe(seen.append)
    upload.expect(2)
    upload.receive("a.png", encode())
    upload.receive("b.png", encode())
    awaited(upload.progress, lambda progress: progress.done == 2)
    assert seen[0] == UploadProgress()
    assert seen[1] == UploadProgress(total=2)
    assert seen[-1] == UploadProgress(done=2, received=2, total=2)
    assert all(progress.done <= progress.received <= progress.total for progress in seen)


def test_cancelling_forgets_what_is_still_to_be_opened(encode: Encode) -> None:
    upload = ImageUpload()
    names: list[str] = []
    held, go_on = threading.Event(), threading.Event()

    def hold(file: Any) -> None:
        names.append(file[0])
        held.set()
        assert go_on.wait(10)

    upload.files.subscribe(hold)
    upload.expect(4)
    for n in range(3):
        upload.receive(f"{n}.png", encode())
    assert held.wait(10)
    upload.cancel()
    assert upload.progress.value == UploadProgress()
    assert upload.cancelled.value == 1
    go_on.set()
    upload.add(encode(), "next.png")
    until_done(upload)
    assert names == ["0.png", "next.png"]


def test_cancelling_when_nothing_is_under_way_does_nothing() -> None:
    upload = ImageUpload()
    upload.cancel()
    assert not upload.cancelled.has_value


def test_a_subscriber_that_fails_stops_no_file(encode: Encode, session: Session) -> None:
    upload = ImageUpload()

    def fail(_: Any) -> None:
        raise RuntimeError("no room")

    upload.images.subscribe(fail)
    upload.expect(2)
    upload.receive("a.png", encode())
    upload.receive("b.png", encode())
    until_done(upload)
    assert session.errors.value.message == "no room"


def test_arguments_that_cannot_be_met_are_named() -> None:
    with pytest.raises(ValueError, match="'fill'"):
        ImageUpload(size=(5, 5), fit="fill")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'5x5'"):
        ImageUpload(size="5x5")  # type: ignore[arg-type]


def test_names_are_shown_as_text_and_a_long_list_is_cut() -> None:
    upload = ImageUpload()
    view: Any = upload.view()
    alert = view[2]
    assert alert.visible is False
    upload.problems.set(tuple(UploadProblem("x", f"“<b>{n}</b>*” is damaged") for n in range(9)))
    assert alert.visible is True
    assert alert.title == "9 files could not be opened"
    assert isinstance(alert, PlainAlert)
    assert "and 4 more" in alert.object


def test_an_image_is_three_channels_of_bytes(encode: Encode) -> None:
    upload = ImageUpload()
    upload.add(encode("blue", format="JPEG"), "a.jpg")
    until_done(upload)
    assert upload.images.value.dtype == np.uint8
    assert upload.images.value.shape == (20, 40, 3)
