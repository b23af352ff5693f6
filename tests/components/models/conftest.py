from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imlkit.components.models.pretrained_weights import (
    FOLDER_VARIABLE,
    MIRROR_VARIABLE,
    PretrainedWeights,
)
from tests.components.models.weights_server import WeightsServer, random_weights


@pytest.fixture(scope="session")
def weights_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file of the network, named with its checksum."""
    return random_weights(tmp_path_factory.mktemp("published"))


@pytest.fixture
def server(weights_path: Path) -> Iterator[WeightsServer]:
    """A server on loopback that has the weights file."""
    with WeightsServer(weights_path) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that keeps weights, empty and not yet made; and no way to the publisher."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "kept"))
    monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
    return tmp_path / "kept"


@pytest.fixture
def published(server: WeightsServer, folder: Path) -> PretrainedWeights:
    """The weights as the loopback server publishes them."""
    return PretrainedWeights(server.url, "MobileNetV3-small", size=server.path.stat().st_size)
