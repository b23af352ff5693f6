"""Where a pretrained network's weights come from, and where they are kept."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imlkit.errors import WeightsError
from imlkit.user_folders import cache_folder, named_folder

from .weights_status import FOR_SCRIPTS

__all__ = ["FOLDER_VARIABLE", "MIRROR_VARIABLE", "PretrainedWeights", "weights_folder", "weights_mirror"]

FOLDER_VARIABLE = "IMLKIT_MODELS"
MIRROR_VARIABLE = "IMLKIT_MODELS_URL"

CHECKSUM = re.compile(r"-([0-9a-f]{8,64})\.")
"""As in PyTorch's hub: the digits after the dash begin the file's SHA-256."""

Progress = Callable[[int, int], object]
"""Told the bytes that are there and those there will be, 0 while unknown; what it raises ends the work."""


def weights_folder() -> Path:
    """Return the folder that keeps weights: what IMLKIT_MODELS names, else ``models`` in the cache."""
    return named_folder(FOLDER_VARIABLE) or cache_folder() / "models"


def weights_mirror() -> str:
    """Return the address that IMLKIT_MODELS_URL gives instead of the publisher's; empty for none."""
    return os.environ.get(MIRROR_VARIABLE, "").strip().rstrip("/")


@dataclass(frozen=True)
class PretrainedWeights:
    """The weights of one network: an address to have them from, or a file that is here.

    Args:
        url: where they are published. The file's name ends in a dash and the first digits of its
            SHA-256, as in PyTorch's hub: ``mobilenet_v3_small-047dcff4.pth``.
        network: what people call the network.
        size: of the file, in bytes; 0 if unknown. Only told, never checked.
        file: take this file and download nothing.
        folder: keep the file here rather than where :func:`weights_folder` says.
        mirror: an address that holds the same file, instead of the publisher's; left out, what
            :func:`weights_mirror` says.
    """

    url: str
    network: str = "the network"
    size: int = 0
    file: Path | None = None
    folder: Path | None = None
    mirror: str | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.url.rpartition("/")[2]

    @property
    def address(self) -> str:
        """Where the file is downloaded from."""
        mirror = weights_mirror() if self.mirror is None else self.mirror.rstrip("/")
        return f"{mirror}/{self.name}" if mirror else self.url

    @property
    def path(self) -> Path:
        """Where the file is, or will be when it has been downloaded."""
        return self.file if self.file is not None else (self.folder or weights_folder()) / self.name

    @property
    def checksum(self) -> str:
        """The first digits of the file's SHA-256, in hexadecimal; empty where its name tells none."""
        found = CHECKSUM.search(self.name)
        return found[1] if found else ""

    @property
    def size_in_words(self) -> str:
        """The file's size for people, such as ``"10 MB"``; empty if unknown."""
        return f"{max(1, round(self.size / 1e6))} MB" if self.size else ""

    def present(self) -> bool:
        """Whether the file is there and whole."""
        path = self.path
        return path.is_file() and self._fits(path)

    def weights_file(self, progress: Progress | None = None) -> Path:
        """Return the file, after downloading it if it is not there or not whole.

        Args:
            progress: see :data:`Progress`. Raise from it to cancel: what has come so far is kept,
                and the next download goes on from there.

        Raises:
            WeightsError: the file cannot be had; the message says what to do.
        """
        path = self.path
        if self.file is not None:
            self._check_given(path)
        elif not self.present():
            from .weights_download import download

            download(self.address, path, self.checksum, self.remedy(), progress)
        return path

    def remedy(self) -> str:
        """Return what a person can do who has no such file, as sentences."""
        return (
            f"Connect to the internet and try again; or get {self.address} elsewhere and put the file "
            f"{self.name} into the folder {self.path.parent}{FOR_SCRIPTS}"
        )

    def absence(self) -> str:
        """Return that the weights are not here yet, and what to do, as sentences."""
        size = f" ({self.size_in_words})" if self.size else ""
        return (
            f"The weights of {self.network}{size} are not on this machine yet. They are downloaded once from "
            f"{self.address} and kept in {self.path.parent}. Without a connection, put the file {self.name} "
            f'there, or pass weights="path/to/file.pth", or use HogFeatures instead, which needs no weights.'
        )

    def _check_given(self, path: Path) -> None:
        leave_out = "leave weights out to download the published file, or use HogFeatures instead"
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise WeightsError(
                f"The weights file {path} {what}: pass the path of a weights file of {self.network}, "
                f"{leave_out}."
            )
        # A person's own file may be called anything; digits in its name mean nothing.
        if path.name == self.name and not self._fits(path):
            raise WeightsError(
                f"The weights file {path} is damaged or cut short: its SHA-256 does not begin with "
                f"{self.checksum}. Get {self.address} again, {leave_out}."
            )

    def _fits(self, path: Path) -> bool:
        if not self.checksum:
            return True
        try:
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256")
        except OSError as error:
            raise WeightsError(
                f"The weights file {path} cannot be read ({error.strerror or error}): "
                "change its permissions, or remove it to download it anew."
            ) from error
        return digest.hexdigest().startswith(self.checksum)
