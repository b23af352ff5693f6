from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torchvision.models import MobileNet_V3_Small_Weights, mobilenet_v3_large, mobilenet_v3_small

from imlkit.components.models import mobilenet_loading, mobilenet_network
from imlkit.components.models.image_classifier import ImageClassifier
from imlkit.components.models.mobilenet_features import MobileNetFeatures
from imlkit.components.models.pretrained_weights import MIRROR_VARIABLE, PretrainedWeights
from imlkit.components.models.weights_status import WeightsStatus
from imlkit.components.models.weights_view import WeightsView
from imlkit.errors import DataError, ImageError, ModelFileError, WeightsError
from imlkit.plain_text import PlainAlert
from imlkit.session import Session
from tests.components.models.weights_server import WeightsServer

HALF = 5_000_000


def photograph(height: int = 240, width: int = 320, seed: int = 0) -> NDArray[np.uint8]:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return np.array(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def plain_pipeline(path: Path, image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Compute the features as one would with torchvision alone."""
    network = mobilenet_v3_small(weights=None).eval()
    network.load_state_dict(torch.load(path, weights_only=True))
    transform = MobileNet_V3_Small_Weights.DEFAULT.transforms()
    with torch.inference_mode():
        batch = transform(Image.fromarray(image))[None]
        features: NDArray[np.float32] = network.avgpool(network.features(batch)).flatten(1)[0].numpy()
        return features


def told(features: MobileNetFeatures) -> list[WeightsStatus]:
    seen: list[WeightsStatus] = []
    features.status.subscribe(seen.append)
    return seen


@pytest.mark.parametrize("shape", [(240, 320), (480, 640), (256, 256), (100, 61), (1, 3), (1080, 1920)])
def test_features_are_those_of_the_plain_torchvision_pipeline(
    weights_path: Path, shape: tuple[int, int]
) -> None:
    image = photograph(*shape)
    features = MobileNetFeatures(weights_path)
    found = features.process(image)
    assert found.shape == (features.length,) == (576,)
    assert found.dtype == np.float32
    expected = plain_pipeline(weights_path, image)
    assert expected.std() > 0.01
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_a_batch_gives_what_each_image_gives_alone(weights_path: Path) -> None:
    features = MobileNetFeatures(weights_path)
    images = [photograph(60 + n, 80, seed=n) for n in range(35)]
    together = features.process_batch(images)
    assert together.shape == (35, 576)
    np.testing.assert_allclose(together, [features.process(image) for image in images], rtol=0, atol=1e-5)
    assert features.process_batch([]).shape == (0, 576)


def test_an_image_a_million_times_as_long_as_wide_does_not_fill_the_memory(weights_path: Path) -> None:
    strip = np.zeros((2, 1_000_000, 3), np.uint8)
    strip[:, ::2] = 255
    assert np.isfinite(MobileNetFeatures(weights_path).process(strip)).all()
    assert np.isfinite(MobileNetFeatures(weights_path).process(strip.transpose(1, 0, 2))).all()


def test_a_view_of_another_array_and_a_read_only_image_are_taken(weights_path: Path) -> None:
    features = MobileNetFeatures(weights_path)
    image = photograph()
    mirrored = image[:, ::-1]
    mirrored.flags.writeable = False
    np.testing.assert_array_equal(features.process(mirrored), features.process(mirrored.copy()))


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((9, 9, 3), np.float32), r"type float32 and shape \(9, 9, 3\)"),
        (np.zeros((9, 9), np.uint8), r"shape \(9, 9\)"),
        (np.zeros((9, 9, 4), np.uint8), r"shape \(9, 9, 4\)"),
        (np.zeros((0, 9, 3), np.uint8), r"shape \(0, 9, 3\)"),
        (None, "NoneType is not an image"),
    ],
)
def test_what_is_no_image_is_named_before_anything_is_loaded(folder: Path, image: Any, words: str) -> None:
    features = MobileNetFeatures()
    with pytest.raises(ImageError, match=words):
        features.process(image)
    assert features.status.value == WeightsStatus()


def test_a_blank_image_is_refused(folder: Path) -> None:
    with pytest.raises(DataError, match=r"The image is empty.*uncover the camera"):
        MobileNetFeatures().process(np.full((50, 60, 3), (10, 20, 30), np.uint8))


def test_one_pixel_between_the_glances_is_no_blank_image(weights_path: Path) -> None:
    image = np.zeros((50, 60, 3), np.uint8)
    image[7, 7] = 1
    assert len(MobileNetFeatures(weights_path).process(image)) == 576


def test_all_sessions_and_components_share_one_network(weights_path: Path) -> None:
    image = photograph()
    networks = []
    for _ in range(2):
        with Session().entered() as session:
            features, classifier = MobileNetFeatures(weights_path), ImageClassifier(str(weights_path))
            assert len(features.process(image)) == 576
            assert len(classifier.predict(image).confidences) == 5
            networks += [features.network(), classifier.network()]
            session.dispose()
    assert len({id(network) for network in networks}) == 1


def test_a_file_that_was_replaced_is_loaded_anew(weights_path: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.pth"
    state = torch.load(weights_path, weights_only=True)
    torch.save(state, own)
    before = MobileNetFeatures(own).process(photograph())
    torch.save({name: value * 1.01 if "0.0.weight" in name else value for name, value in state.items()}, own)
    with Session().entered():
        after = MobileNetFeatures(own).process(photograph())
    assert np.abs(before - after).max() > 1e-4


def test_the_first_image_downloads_and_later_sessions_do_not(
    published: PretrainedWeights, server: WeightsServer, weights_path: Path
) -> None:
    features = MobileNetFeatures(published)
    seen = told(features)
    found = features.process(photograph())
    # How many threads are free decides in which order a convolution adds up.
    np.testing.assert_allclose(
        found, MobileNetFeatures(weights_path).process(photograph()), rtol=1e-4, atol=1e-4
    )
    states = [status.state for status in seen]
    assert list(dict.fromkeys(states)) == ["idle", "loading", "downloading", "ready"]
    downloads = [status for status in seen if status.state == "downloading"]
    assert downloads[-1].share == 1.0
    assert "10.3 of 10.3 MB" in downloads[-1].message
    assert str(published.path) in seen[-1].message
    with Session().entered():
        MobileNetFeatures(published).process(photograph())
    assert len(server.asked) == 1


def test_warming_up_downloads_nothing(published: PretrainedWeights, server: WeightsServer) -> None:
    features = MobileNetFeatures(published)
    features.warm_up()
    status = features.wait(30)
    assert status.state == "absent"
    for words in ("not on this machine yet", server.url, str(published.path.parent), "HogFeatures"):
        assert words in status.message
    assert server.asked == []
    published.weights_file()
    features.warm_up()
    assert features.wait(30).state == "ready"
    assert features.ready


def test_a_cancelled_download_says_so_until_it_is_asked_for_again(
    published: PretrainedWeights, server: WeightsServer, session: Session
) -> None:
    server.pause_after = HALF
    features = MobileNetFeatures(published)
    errors: list[Exception] = []

    def process() -> None:
        try:
            features.process(photograph())
        except WeightsError as error:
            errors.append(error)

    worker = threading.Thread(target=process)
    worker.start()
    assert server.half_sent.wait(30)
    features.cancel()
    worker.join(10)
    assert features.status.value.state == "cancelled"
    assert "was cancelled" in str(errors[0])
    with pytest.raises(WeightsError, match="was cancelled"):
        features.process(photograph())
    server.pause_after = None
    server.go_on.set()
    features.fetch()
    assert features.wait(30).state == "ready"
    assert len(features.process(photograph())) == 576
    assert not session.errors.has_value


def test_one_person_who_cancels_takes_nothing_from_another(
    published: PretrainedWeights, server: WeightsServer
) -> None:
    server.pause_after = HALF
    one, other = MobileNetFeatures(published), MobileNetFeatures(published)
    one.fetch()
    assert server.half_sent.wait(30)
    other.fetch()
    one.cancel()
    server.go_on.set()
    assert other.wait(30).state == "ready"
    assert one.status.value.state == "cancelled"
    assert len(server.asked) == 1


def test_a_page_that_is_closed_ends_its_download(published: PretrainedWeights, server: WeightsServer) -> None:
    server.pause_after = HALF
    with Session().entered() as session:
        features = MobileNetFeatures(published)
        features.fetch()
        assert server.half_sent.wait(30)
        loading = features._waiting._loading  # type: ignore[union-attr]
        session.dispose()
    server.go_on.set()
    assert loading is not None
    loading.thread.join(10)
    assert not loading.thread.is_alive()
    assert loading.waiting == []
    assert not published.path.exists()


def test_offline_the_message_says_what_to_do_and_frames_do_not_try_again_and_again(
    folder: Path, server: WeightsServer, session: Session
) -> None:
    server.status = 503
    published = PretrainedWeights(server.url, "MobileNetV3-small")
    features = MobileNetFeatures(published)
    for _ in range(3):
        with pytest.raises(WeightsError, match=r"503 Service Unavailable.*HogFeatures instead") as raised:
            features.process(photograph())
    assert features.status.value == WeightsStatus("error", message=str(raised.value))
    assert len(server.asked) == 1
    assert not session.errors.has_value
    # Who asks for it gets another attempt, and what it says.
    features.fetch()
    assert features.wait(30).state == "error"
    assert len(server.asked) == 2
    assert str(session.errors.value.error) == str(raised.value)
    server.status = None
    features.fetch()
    assert features.wait(30).state == "ready"


def test_the_published_weights_are_looked_for_on_the_mirror(
    folder: Path, server: WeightsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MIRROR_VARIABLE, server.base)
    name = MobileNet_V3_Small_Weights.DEFAULT.url.rpartition("/")[2]
    with pytest.raises(WeightsError, match=f"{name} could not be downloaded from {server.base}/{name} .*404"):
        MobileNetFeatures().process(photograph())


def other_files(weights_path: Path) -> dict[str, tuple[Any, str]]:
    state = torch.load(weights_path, weights_only=True)
    name = "features.0.0.weight"
    return {
        "another network": (
            mobilenet_v3_large(weights=None).state_dict(),
            "arrays are missing|foreign to it",
        ),
        "fewer arrays": (dict(list(state.items())[:-1]), "1 of 244 arrays are missing"),
        "more arrays": (state | {"extra": torch.zeros(1)}, "1 arrays are foreign to it, such as 'extra'"),
        "another shape": (state | {name: torch.zeros(2, 2)}, r"shape \(2, 2\), expected \(16, 3, 3, 3\)"),
        "no numbers": (state | {name: torch.full((16, 3, 3, 3), float("nan"))}, "not finite"),
        "complex numbers": (state | {name: torch.zeros(16, 3, 3, 3, dtype=torch.complex64)}, "plain numbers"),
        "a list": ([1, 2, 3], "holds no state dict"),
        "a whole training": ({"model": state, "epoch": 3}, "holds no state dict"),
        "a module": (torch.nn.Linear(1, 1), "damaged, cut short, or not a file of PyTorch weights"),
    }


def test_files_of_other_programs_and_networks_are_told(weights_path: Path, tmp_path: Path) -> None:
    for number, (content, words) in enumerate(other_files(weights_path).values()):
        file = tmp_path / f"{number}.pth"
        torch.save(content, file)
        with pytest.raises(ModelFileError, match=words) as raised:
            MobileNetFeatures(file).process(photograph())
        assert str(file) in str(raised.value)


def test_a_file_cut_short_or_of_no_weights_is_told(weights_path: Path, tmp_path: Path) -> None:
    whole = weights_path.read_bytes()
    for number, content in enumerate(
        (whole[:HALF], b"", b"PK\x03\x04", b"a text", pickle.dumps(OrderedDict))
    ):
        file = tmp_path / f"{number}.pth"
        file.write_bytes(content)
        with pytest.raises(ModelFileError, match="damaged, cut short, or not a file of PyTorch weights"):
            MobileNetFeatures(file).process(photograph())


def test_a_file_never_runs_code(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "ran",))

    file = tmp_path / "evil.pth"
    torch.save({"features.0.0.weight": Evil()}, file)
    with pytest.raises(ModelFileError, match="not a file of PyTorch weights"):
        MobileNetFeatures(file).process(photograph())
    assert not (tmp_path / "ran").exists()


def test_weights_saved_with_half_the_precision_are_taken(weights_path: Path, tmp_path: Path) -> None:
    state = torch.load(weights_path, weights_only=True)
    torch.save(
        {name: v.half() if v.is_floating_point() else v for name, v in state.items()}, tmp_path / "h.pth"
    )
    found = MobileNetFeatures(tmp_path / "h.pth").process(photograph())
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, MobileNetFeatures(weights_path).process(photograph()), atol=0.05)


def test_what_is_no_path_is_refused() -> None:
    for wrong in (3, "", b"x"):
        with pytest.raises(DataError, match="give the path of a weights file"):
            MobileNetFeatures(wrong)  # type: ignore[arg-type]


def test_loading_does_not_touch_the_random_numbers_of_a_script(weights_path: Path) -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    mobilenet_network.MobileNet(weights_path)
    assert torch.equal(torch.rand(1), expected)


def test_a_network_that_cannot_be_traced_works_as_it_is(
    weights_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no tracing here")

    with monkeypatch.context() as patch:
        patch.setattr(torch.jit, "trace", refuse)
        network = mobilenet_network.MobileNet(weights_path)
    assert not network.traced
    image = photograph()
    found = network.features([image])[0]
    np.testing.assert_allclose(found, plain_pipeline(weights_path, image), rtol=0, atol=1e-5)


def test_a_network_that_changes_when_traced_works_as_it_is() -> None:
    class Fickle(torch.nn.Module):
        calls = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            return x * self.calls

    fickle = Fickle().eval()
    assert mobilenet_network._faster_if_equal(fickle) is fickle


def test_a_subscriber_of_status_that_would_wait_for_itself_is_told(
    published: PretrainedWeights, session: Session
) -> None:
    features = MobileNetFeatures(published)
    features.status.filter(lambda status: status.state == "downloading").subscribe(
        lambda _: features.process(photograph())
    )
    features.fetch()
    assert features.wait(30).state == "ready"
    assert "use compute" in session.errors.value.message


def test_the_view_tells_the_state_and_offers_what_can_be_done(
    published: PretrainedWeights, server: WeightsServer
) -> None:
    features = MobileNetFeatures(published)
    view = features.view()
    assert isinstance(view, WeightsView)
    assert "576 numbers" in features.about
    assert view.fetch.visible
    assert not view.cancel.visible
    assert "first image" in view.words.object
    server.pause_after = HALF
    view.fetch.clicks += 1
    assert server.half_sent.wait(30)
    features.status.set(WeightsStatus("downloading", 1, 4, "Downloading <b>"))
    assert 'aria-valuenow="25"' in view.words.object
    assert "Downloading &lt;b&gt;" in view.words.object
    assert view.cancel.visible
    assert not view.fetch.visible
    view.cancel.clicks += 1
    assert view.fetch.label == "Try again"
    server.go_on.set()
    view.fetch.clicks += 1
    features.wait(30)
    assert "ready" in view.words.object
    assert not view.fetch.visible
    assert not view.cancel.visible


def test_what_warming_up_meets_is_told_by_the_view_and_no_notification(
    folder: Path, session: Session, tmp_path: Path
) -> None:
    features = MobileNetFeatures(tmp_path / "lost <b>.pth")
    view = features.view()
    assert isinstance(view, WeightsView)
    features.warm_up()
    assert features.wait(30).state == "error"
    assert view.problem.visible
    assert not view.words.visible
    assert view.fetch.label == "Try again"
    assert isinstance(view.problem, PlainAlert)
    assert "lost <b>.pth" in view.problem.object
    assert not session.errors.has_value


def test_an_error_that_a_view_tells_is_not_told_twice(folder: Path, session: Session) -> None:
    features = MobileNetFeatures(PretrainedWeights("http://127.0.0.1:9/a-01234567.pth"))
    features.fetch()
    features.wait(30)
    report = session.errors.value
    assert report.component is features
    assert not features.explains(report)
    view = features.view()
    assert features.explains(report)
    assert view is not None


def test_what_nobody_waits_for_is_forgotten(published: PretrainedWeights) -> None:
    MobileNetFeatures(published).process(photograph())
    assert mobilenet_loading._running == {}


def test_making_one_loads_no_torch() -> None:
    program = (
        "from imlkit.components.models.mobilenet_features import MobileNetFeatures\n"
        "from imlkit.components.models.image_classifier import ImageClassifier\n"
        "MobileNetFeatures().view(); ImageClassifier().view()\n"
        "import sys; print({'torch', 'torchvision'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert said.stdout.strip() == "set()", said.stderr


def test_a_script_that_ends_while_loading_ends_at_once(weights_path: Path) -> None:
    program = (
        "from imlkit.components.models.mobilenet_features import MobileNetFeatures\n"
        f"MobileNetFeatures({str(weights_path)!r}).warm_up()"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (said.returncode, said.stderr) == (0, "")
