"""Which pixels an answer rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from imlkit import Saliency, TorchModel
from imlkit.errors import DataError, NotTrainedError
from tests.contracts.model_contract import SECONDS, Stored


class Corner(nn.Module):
    """Looks at the upper left corner alone."""

    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        bright = x[:, :, :4, :4].mean((1, 2, 3)) + self.bias
        return torch.stack([bright, -bright], 1)


def images(side: int = 16) -> list[dict[str, Any]]:
    random = np.random.default_rng(0)
    return [
        {"x": random.integers(0, 255, (side, side, 3)).astype(np.uint8), "y": "ab"[n % 2]} for n in range(8)
    ]


@pytest.fixture
def model() -> TorchModel:
    model = TorchModel(Corner, epochs=1)
    model.train(Stored(images()))
    assert model.wait(SECONDS).state == "success"
    return model


def test_only_the_pixels_that_count_are_marked(model: TorchModel) -> None:
    weights = Saliency(model).weights(images()[0]["x"])
    assert weights.shape == (16, 16)
    assert weights[:4, :4].min() > 0.4
    assert weights[7:].max() == weights[:, 7:].max() == 0.0
    picture = Saliency(model).process(images()[0]["x"])
    assert picture.shape == (16, 16, 3)
    corner, rest = picture[1, 1].astype(int), picture[12, 12].astype(int)
    assert corner[0] - corner[2] > 100, "orange"
    assert np.ptp(rest) <= 1, "grey"


def test_one_image_gives_one_map_and_asks_of_any_class(model: TorchModel) -> None:
    saliency, image = Saliency(model), images()[0]["x"]
    before = torch.random.get_rng_state()
    np.testing.assert_array_equal(saliency.weights(image), saliency.weights(image))
    assert torch.equal(torch.random.get_rng_state(), before)
    np.testing.assert_allclose(saliency.weights(image, "a"), saliency.weights(image, "b"), atol=1e-5)
    with pytest.raises(DataError, match="knows no class “c”"):
        saliency.weights(image, "c")


def test_what_cannot_be_shown_says_why(model: TorchModel) -> None:
    with pytest.raises(NotTrainedError):
        Saliency(TorchModel(Corner)).process(images()[0]["x"])
    with pytest.raises(DataError, match="no classification"):
        Saliency(TorchModel(Corner, "regression"))
    with pytest.raises(DataError, match="samples"):
        Saliency(model, samples=0)
    flat = np.full((16, 16, 3), 7, np.uint8)
    assert Saliency(model).process(flat).shape == flat.shape
