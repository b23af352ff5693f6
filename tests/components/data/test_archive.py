from __future__ import annotations

import io
import json
import stat
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imlkit.components.data.archive import MANIFEST, TABLE, Progress
from imlkit.components.data.archive_reader import read_archive
from imlkit.components.data.archive_safety import Limits
from imlkit.components.data.class_folders import ClassFolders
from imlkit.components.data.dataset import Dataset
from imlkit.errors import ArchiveError, StoreUnavailableError
from imlkit.stores.memory import MemoryStore
from tests.contracts.dataset_contract import LABELS, image


@pytest.fixture
def dataset() -> Dataset:
    dataset = Dataset("drawings", MemoryStore())
    dataset.create({"id": "before", "y": "kept"})
    return dataset


def packed(*files: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_STORED) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return file


def picture(seed: int = 0, kind: str = "PNG", side: int = 8) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image(seed, side)).save(file, kind)
    return file.getvalue()


def downloaded(count: int = 3) -> io.BytesIO:
    source = Dataset("source", MemoryStore())
    source.create(
        [{"y": f"class {n % 2}", "x": np.arange(5.0) + n, "thumbnail": image(n)} for n in range(count)]
    )
    file = io.BytesIO()
    source.download(file)
    return file


def rewritten(file: io.BytesIO, **changed: bytes | None) -> io.BytesIO:
    """Return an archive with the content of some entries changed, or the entries taken out (None)."""
    with zipfile.ZipFile(file) as archive:
        files: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    files |= {{"table": TABLE, "manifest": MANIFEST}[name]: content for name, content in changed.items()}
    return packed(*((name, content) for name, content in files.items() if content is not None))


def refused(dataset: Dataset, file: Any, words: str, **options: Any) -> None:
    with pytest.raises(ArchiveError, match=words):
        read_archive(dataset, file, **options)
    assert [instance["id"] for instance in dataset.find()] == ["before"]


def test_a_download_has_a_folder_a_class_that_other_programs_read(dataset: Dataset) -> None:
    file = downloaded()
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert {"class 0/000001.png", "class 1/000002.png", "class 0/000003.png"} <= set(names)
        shown = np.array(Image.open(io.BytesIO(archive.read("class 1/000002.png"))))
        assert np.array_equal(shown, image(1))
        rows = [json.loads(line) for line in archive.read(TABLE).splitlines()]
    assert [row["y"] for row in rows] == ["class 0", "class 1", "class 0"]


def test_folders_of_odd_labels_are_safe_and_told_apart() -> None:
    folders = ClassFolders("fields")
    names = [folders.folder(label) for label in [*LABELS, 3, "3", 3.0, None, "x" * 10_000]]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name not in ("", ".", "..", "fields")
        assert not set(name) & set('/\\:*?"<>|\x00\n')
        assert len(name.encode()) < 255
        assert name == name.strip(". ")
    assert [folders.folder(label) for label in LABELS] == names[: len(LABELS)]


def test_a_file_appears_only_when_it_is_complete(dataset: Dataset, tmp_path: Path) -> None:
    dataset.create([{"y": "a"} for _ in range(5)])
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if progress.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dataset.download(tmp_path / "drawings.zip", stop)
    assert list(tmp_path.iterdir()) == []
    assert [(progress.done, progress.total) for progress in seen] == [(1, 6), (2, 6), (3, 6)]
    dataset.download(tmp_path / "drawings.zip")
    assert [file.name for file in tmp_path.iterdir()] == ["drawings.zip"]


def test_a_download_to_nowhere_says_so(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="cannot be written"):
        dataset.download(tmp_path / "missing" / "drawings.zip")


def test_folders_packed_by_hand_become_classes(dataset: Dataset) -> None:
    file = packed(
        ("pets/cat/1.png", picture(1)),
        ("pets/cat/2.jpg", picture(2, "JPEG", 600)),
        ("pets/dog/1.webp", picture(3, "WEBP")),
        ("alone.png", picture(4)),
        ("pets/cat/.DS_Store", b"x"),
        ("__MACOSX/pets/cat/._1.png", b"x"),
        ("pets/Thumbs.db", b"x"),
    )
    report = dataset.upload(file)
    assert (report.created, report.skipped) == (4, ())
    assert dataset.distinct("y") == {"kept": 1, "cat": 2, "dog": 1}
    cat = dataset.find({"y": "cat"})
    assert np.array_equal(cat[0]["x"], image(1))
    assert cat[1]["x"].shape == (600, 600, 3)
    assert cat[1]["thumbnail"].shape == (256, 256, 3)
    assert dataset.upload(file).created == 0
    assert dataset.count() == 5


def test_features_of_plain_images_are_computed(dataset: Dataset) -> None:
    dataset.upload(packed(("cat/1.png", picture(1))), process=lambda picture: picture.mean(axis=(0, 1)))
    assert np.allclose(dataset.find({"y": "cat"})[0]["x"], image(1).mean(axis=(0, 1)))


def test_files_that_are_no_images_are_reported_one_by_one(dataset: Dataset) -> None:
    report = dataset.upload(
        packed(
            ("cat/1.png", picture(1)),
            ("cat/text.png", b"just text"),
            ("cat/cut.png", picture(2)[:60]),
            ("readme.txt", b"hello"),
            ("cat/again.png", picture(1)),
        )
    )
    assert report.created == 1
    assert [name for name, _ in report.skipped] == [
        "cat/text.png",
        "cat/cut.png",
        "readme.txt",
        "cat/again.png",
    ]
    assert "not an image" in report.skipped[0][1]
    assert "1 instance added. 4 files were left out: cat/text.png (" in report.message


def test_an_archive_without_any_image_is_refused(dataset: Dataset) -> None:
    refused(dataset, packed(("notes.txt", b"hello")), "holds no image.*notes.txt")
    refused(dataset, packed(), "holds no image")


@pytest.mark.parametrize(
    "path",
    [
        "../evil.png",
        "cat/../../evil.png",
        "/etc/evil.png",
        "C:/evil.png",
        "..\\evil.png",
        "cat\\..\\..\\e.png",
    ],
)
def test_paths_that_climb_out_are_refused(dataset: Dataset, path: str) -> None:
    refused(dataset, packed(("cat/1.png", picture()), (path, picture(1))), "leads out of it")


def test_links_are_refused(dataset: Dataset) -> None:
    link = zipfile.ZipInfo("cat/link.png")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    refused(dataset, packed(("cat/1.png", picture()), (link, b"/etc/passwd")), "link or device")


def test_bombs_are_refused_before_they_are_opened(dataset: Dataset) -> None:
    zeros = packed(("cat/zeros.png", bytes(80 << 20)), compression=zipfile.ZIP_DEFLATED)
    refused(dataset, zeros, "claims to unpack to")
    many = packed(*((f"cat/{n}.png", b"") for n in range(20)))
    refused(dataset, many, "holds 20 files, more than the 10", limits=Limits(entries=10))
    large = packed(("cat/1.png", bytes(2000)))
    refused(dataset, large, "would unpack to", limits=Limits(entry=1000))
    refused(dataset, large, "would unpack to", limits=Limits(total=1000))


def test_an_entry_that_lies_about_its_size_fills_no_memory(dataset: Dataset) -> None:
    file = packed(
        ("cat/1.png", picture()), ("cat/zeros.png", bytes(5 << 20)), compression=zipfile.ZIP_DEFLATED
    )
    honest = (5 << 20).to_bytes(4, "little")
    lie = file.getvalue().replace(honest, (100).to_bytes(4, "little"))
    report = dataset.upload(io.BytesIO(lie))
    assert [name for name, _ in report.skipped] == ["cat/zeros.png"]
    assert "damaged" in report.skipped[0][1]


def test_an_image_of_too_many_pixels_is_reported(dataset: Dataset) -> None:
    header = bytearray(picture())
    header[16:24] = (20_000).to_bytes(4, "big") + (10_000).to_bytes(4, "big")
    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    report = dataset.upload(packed(("cat/1.png", picture()), ("cat/huge.png", bytes(header))))
    assert "too large" in report.skipped[0][1]


@pytest.mark.parametrize("length", [0, 10, 500, -1, -30])
def test_a_truncated_archive_is_refused(dataset: Dataset, length: int) -> None:
    refused(dataset, io.BytesIO(downloaded().getvalue()[:length]), "no whole zip archive")


def test_text_and_missing_files_are_refused_in_words(dataset: Dataset, tmp_path: Path) -> None:
    refused(dataset, io.BytesIO(b"this is text"), "no whole zip archive")
    refused(dataset, tmp_path / "missing.zip", "cannot be read")


def test_a_damaged_entry_of_a_download_refuses_all_of_it(dataset: Dataset) -> None:
    content = downloaded().getvalue()
    damaged = content.replace(b"\x89PNG", b"\x00PNG", 1)
    refused(dataset, io.BytesIO(damaged), "damaged")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b'{"id": "1"}\nnot json\n', "Line 2"),
        (b'{"y": "no id"}\n', "no instance with an id"),
        (b'{"id": "1", "y": " "}\n', "Give the instance a label first"),
        (b'{"id": "1", "x": {"$array": "../../etc/passwd"}}\n', "missing"),
        (b'{"id": "1", "x": {"$array": ["a"]}}\n', "missing"),
        (b'{"id": "1", "x": {"$array": "imlkit.json"}}\n', "missing"),
        (b'{"id": "1", "x": {"$array": "class 0/000001.png"}}\n', "Line 1"),
        (b'{"id": "1", "x": {"$date": "yesterday"}}\n', "Line 1"),
        (b'{"id": "1"}\n{"id": "1"}\n', "stands twice"),
        (b'{"id": "1"}\n', "holds 1 of the 3 instances"),
        (b"\xff\xfe\n", "Line 1"),
        (b"[" * 100_000, "Line 1"),
    ],
)
def test_a_table_that_was_tampered_with_is_refused(dataset: Dataset, table: bytes, words: str) -> None:
    refused(dataset, rewritten(downloaded(), table=table), words)


def test_an_array_of_python_objects_is_never_unpickled(dataset: Dataset) -> None:
    file = io.BytesIO()
    np.save(file, np.array([object], dtype=object), allow_pickle=True)
    table = b'{"id": "1", "x": {"$array": "fields/evil.npy"}}\n'
    manifest = json.dumps({"version": 1, "instances": 1}).encode()
    archive = packed((MANIFEST, manifest), (TABLE, table), ("fields/evil.npy", file.getvalue()))
    refused(dataset, archive, "never read")


def test_an_array_header_cannot_ask_for_memory_it_does_not_fill(dataset: Dataset) -> None:
    file = io.BytesIO()
    np.lib.format.write_array_header_2_0(file, {"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)})
    table = b'{"id": "1", "x": {"$array": "fields/huge.npy"}}\n'
    manifest = json.dumps({"version": 1, "instances": 1}).encode()
    archive = packed((MANIFEST, manifest), (TABLE, table), ("fields/huge.npy", file.getvalue()))
    refused(dataset, archive, "Line 1")


def test_an_archive_of_a_newer_imlkit_is_refused(dataset: Dataset) -> None:
    manifest = json.dumps({"version": 99, "instances": 3}).encode()
    refused(dataset, rewritten(downloaded(), manifest=manifest), "newer imlkit")
    refused(dataset, rewritten(downloaded(), manifest=None), "no imlkit.json")


@pytest.mark.parametrize("task", ["Checking", "Storing"])
def test_an_upload_that_is_stopped_leaves_nothing(dataset: Dataset, task: str) -> None:
    def stop(progress: Progress) -> None:
        if (progress.task, progress.done) == (task, 120):
            raise InterruptedError

    with pytest.raises(InterruptedError):
        dataset.upload(downloaded(130), progress=stop)
    assert [instance["id"] for instance in dataset.find()] == ["before"]


def test_progress_tells_of_every_instance(dataset: Dataset) -> None:
    seen: list[Progress] = []
    dataset.upload(downloaded(3), progress=seen.append)
    assert seen == [Progress(task, n, 3) for task in ("Checking", "Storing") for n in (1, 2, 3)]


def test_an_empty_dataset_downloads_and_uploads() -> None:
    file = io.BytesIO()
    Dataset("empty", MemoryStore()).download(file)
    assert Dataset("copy", MemoryStore()).upload(file).created == 0
