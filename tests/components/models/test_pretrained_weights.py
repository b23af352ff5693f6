from __future__ import annotations

import errno
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from imlkit.components.models import weights_download
from imlkit.components.models.pretrained_weights import (
    FOLDER_VARIABLE,
    MIRROR_VARIABLE,
    PretrainedWeights,
    weights_folder,
)
from imlkit.errors import WeightsError
from imlkit.user_folders import cache_folder
from tests.components.models.weights_server import WeightsServer

HALF = 5_000_000


def test_weights_are_downloaded_once_with_progress_and_found_again(
    published: PretrainedWeights, server: WeightsServer, folder: Path
) -> None:
    told: list[tuple[int, int]] = []
    assert not published.present()
    path = published.weights_file(lambda done, total: told.append((done, total)))
    size = server.path.stat().st_size
    assert path == folder / server.path.name
    assert path.read_bytes() == server.content
    assert told[0] == (0, size)
    assert told[-1] == (size, size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert published.weights_file() == path
    assert len(server.asked) == 1
    assert [file.suffix for file in folder.iterdir() if file.suffix != ".lock"] == [".pth"]


def test_the_folder_is_in_the_cache_unless_the_variable_names_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "models"))
    assert weights_folder() == tmp_path / "models"
    monkeypatch.setenv(FOLDER_VARIABLE, " ")
    assert weights_folder() == cache_folder() / "models"


def test_a_mirror_is_asked_instead_of_the_publisher(
    published: PretrainedWeights, server: WeightsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = replace(published, url=f"http://127.0.0.1:9/{server.path.name}")
    monkeypatch.setenv(MIRROR_VARIABLE, server.base + "/")
    assert elsewhere.address == server.url
    assert elsewhere.weights_file().read_bytes() == server.content
    assert replace(elsewhere, mirror="http://other.test/x/").address.startswith("http://other.test/x/mob")


def test_what_broke_off_goes_on_where_it_ended(published: PretrainedWeights, server: WeightsServer) -> None:
    server.break_after = HALF
    with pytest.raises(WeightsError, match=r"could not be downloaded from http://127.*broke off"):
        published.weights_file()
    assert not published.path.exists()
    part = published.path.with_name(published.path.name + ".part")
    got = part.stat().st_size
    assert 0 < got < len(server.content)
    server.break_after = None
    assert published.weights_file().read_bytes() == server.content
    assert server.asked == ["", f"bytes={got}-"]
    assert not part.exists()


def test_a_server_that_cannot_go_on_begins_anew(published: PretrainedWeights, server: WeightsServer) -> None:
    server.ranges = False
    part = published.path.with_name(published.path.name + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"another beginning")
    assert published.weights_file().read_bytes() == server.content
    assert len(server.asked) == 1


def test_a_beginning_of_another_file_is_thrown_away(
    published: PretrainedWeights, server: WeightsServer
) -> None:
    part = published.path.with_name(published.path.name + ".part")
    part.parent.mkdir(parents=True)
    for rubbish in (b"another beginning", bytes(len(server.content)), bytes(len(server.content) + 5)):
        part.write_bytes(rubbish)
        assert published.weights_file().read_bytes() == server.content
        assert server.asked[-1] == ""
        published.path.unlink()


def test_a_whole_part_needs_no_second_download(published: PretrainedWeights, server: WeightsServer) -> None:
    part = published.path.with_name(published.path.name + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(server.content)
    assert published.weights_file().read_bytes() == server.content
    assert server.asked == [f"bytes={len(server.content)}-"]


def test_a_wrong_checksum_is_told_and_nothing_is_kept(
    published: PretrainedWeights, server: WeightsServer, folder: Path
) -> None:
    server.content = b"<html>Please sign in to the network</html>"
    with pytest.raises(WeightsError, match=r"SHA-256 does not begin with .*sign-in page"):
        published.weights_file()
    assert {file.suffix for file in folder.iterdir()} <= {".lock"}


def test_a_damaged_file_in_the_folder_is_downloaded_anew(
    published: PretrainedWeights, server: WeightsServer
) -> None:
    published.weights_file()
    published.path.write_bytes(server.content[:HALF])
    assert not published.present()
    assert published.weights_file().read_bytes() == server.content


def test_without_a_connection_the_message_says_exactly_what_to_do(folder: Path) -> None:
    url = "http://127.0.0.1:9/models/mobilenet_v3_small-0123abcd.pth"
    with pytest.raises(WeightsError) as raised:
        PretrainedWeights(url, "MobileNetV3-small").weights_file()
    said = str(raised.value)
    assert isinstance(raised.value, OSError)
    for words in (
        "mobilenet_v3_small-0123abcd.pth could not be downloaded",
        f"from {url} (no connection to the server)",
        f"get {url} elsewhere",
        f"into the folder {folder};",
        'weights="path/to/file.pth"',
        "use HogFeatures instead",
    ):
        assert words in said


def test_a_server_that_does_not_have_it_is_told(published: PretrainedWeights, server: WeightsServer) -> None:
    server.status = 403
    with pytest.raises(WeightsError, match="the server answered 403 Forbidden"):
        published.weights_file()


def test_a_server_that_falls_silent_is_not_waited_for(
    published: PretrainedWeights, server: WeightsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_download, "READ_SECONDS", 0.2)
    server.pause_after = HALF
    with pytest.raises(WeightsError, match="did not answer in time"):
        published.weights_file()


def test_a_server_that_sends_without_end_is_cut_off(
    published: PretrainedWeights, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(weights_download, "MOST_BYTES", HALF)
    with pytest.raises(WeightsError, match="more than any network has"):
        published.weights_file()
    assert not published.path.exists()


def test_a_cancelled_download_leaves_no_file_and_goes_on_next_time(
    published: PretrainedWeights, server: WeightsServer
) -> None:
    class Cancelled(Exception):  # noqa: N818
        pass

    def cancel(done: int, total: int) -> None:
        if done >= HALF:
            raise Cancelled

    with pytest.raises(Cancelled):
        published.weights_file(cancel)
    assert not published.path.exists()
    assert published.weights_file().read_bytes() == server.content
    assert server.asked[1].startswith("bytes=")


def test_two_downloads_at_once_fetch_the_file_once(
    published: PretrainedWeights, server: WeightsServer
) -> None:
    server.pause_after = HALF
    got: list[Path] = []
    waits = threading.Event()
    first = threading.Thread(target=lambda: got.append(published.weights_file()))
    first.start()
    assert server.half_sent.wait(10)
    second = threading.Thread(target=lambda: got.append(published.weights_file(lambda *_: waits.set())))
    second.start()
    assert waits.wait(10)
    server.go_on.set()
    first.join(10)
    second.join(10)
    assert got == [published.path] * 2
    assert len(server.asked) == 1


@pytest.mark.skipif(not Path("/proc/sys").exists(), reason="needs /proc")
def test_a_folder_where_not_even_the_superuser_may_write_is_told(published: PretrainedWeights) -> None:
    with pytest.raises(WeightsError, match=r"cannot be written .*IMLKIT_MODELS .*HogFeatures"):
        replace(published, folder=Path("/proc/sys/weights")).weights_file()


def test_a_folder_that_cannot_be_made_is_told(published: PretrainedWeights, folder: Path) -> None:
    folder.write_text("a file stands where the folder should be")
    with pytest.raises(WeightsError, match=r"cannot be written .*IMLKIT_MODELS .*HogFeatures"):
        published.weights_file()


def test_a_full_disk_is_told() -> None:
    full = weights_download._unwritable(Path("/models/a.pth"), OSError(errno.ENOSPC, "No space left"))
    assert "no space left for a.pth in /models: make room" in str(full)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_disk_that_fills_up_midway_is_told(published: PretrainedWeights, folder: Path) -> None:
    folder.mkdir()
    published.path.with_name(published.path.name + ".part").symlink_to("/dev/full")
    with pytest.raises(WeightsError, match="no space left"):
        published.weights_file()
    assert not published.path.exists()


def test_a_given_file_is_taken_and_nothing_downloaded(
    published: PretrainedWeights, server: WeightsServer, tmp_path: Path
) -> None:
    own = tmp_path / "my-20240101.pth"
    own.write_bytes(b"anything")
    assert replace(published, file=own).weights_file() == own
    assert server.asked == []


def test_a_given_file_that_is_missing_a_folder_or_cut_short_is_told(
    published: PretrainedWeights, server: WeightsServer, tmp_path: Path
) -> None:
    with pytest.raises(WeightsError, match=r"lost\.pth does not exist.*HogFeatures"):
        replace(published, file=tmp_path / "lost.pth").weights_file()
    with pytest.raises(WeightsError, match="is a folder"):
        replace(published, file=tmp_path).weights_file()
    short = tmp_path / server.path.name
    short.write_bytes(server.content[:HALF])
    with pytest.raises(WeightsError, match="damaged or cut short"):
        replace(published, file=short).weights_file()
    assert server.asked == []


def test_reasons_are_in_plain_words() -> None:
    assert weights_download._reason(requests.exceptions.SSLError("x")) == "the connection is not secure"
    assert weights_download._reason(requests.ReadTimeout("x")) == "the server did not answer in time"
