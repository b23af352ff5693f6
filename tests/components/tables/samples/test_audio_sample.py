from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from imlkit.components.tables.samples import audio_sample
from imlkit.components.tables.samples.audio_sample import AudioSample
from imlkit.errors import DataError
from tests.components.tables.samples.sounds import tone, wav
from tests.contracts.sample_type_contract import SampleTypeContract

HEADS = {
    "audio/flac": b"fLaC\0\0\0\x22",
    "audio/ogg": b"OggS\0\x02",
    "audio/mpeg": b"\xff\xfb\x90\x00",
    "audio/mp4": b"\0\0\0\x20ftypM4A ",
    "audio/aac": b"\xff\xf1\x50\x80",
}


class TestAudioSample(SampleTypeContract):
    @pytest.fixture
    def sample_type(self) -> AudioSample:
        return AudioSample()

    @pytest.fixture
    def values(self, tmp_path: Path) -> list[Any]:
        sounds: list[Any] = [wav(tone(), bits=bits) for bits in (8, 16, 24, 32)]
        sounds += [wav(tone(), bits=bits, floating=True) for bits in (32, 64)]
        sounds += [wav(np.stack([tone(), -tone()], axis=1)), wav(np.zeros(3)), wav(np.zeros(1))]
        (tmp_path / "tone.wav").write_bytes(sounds[1])
        (tmp_path / "song.mp3").write_bytes(b"ID3" + bytes(200))
        return [*sounds, *HEADS.values(), tmp_path / "tone.wav", tmp_path / "song.mp3"]

    @pytest.fixture
    def impossible(self, tmp_path: Path) -> list[Any]:
        (tmp_path / "page.mp3").write_text("<html><script>alert(1)</script>")
        (tmp_path / "empty.wav").write_bytes(b"")
        law = bytearray(wav(tone(), bits=16))
        law[law.index(b"fmt ") + 8] = 7
        return [tmp_path / "page.mp3", tmp_path / "empty.wav", tmp_path / "none.wav", tmp_path, b"", "x", 3,
                wav(tone())[:20], bytes(law)]  # fmt: skip


@pytest.mark.parametrize(
    ("bits", "floating"), [(8, False), (16, False), (24, False), (32, False), (32, True), (64, True)]
)
def test_the_outline_is_that_of_the_sound(bits: int, floating: bool) -> None:
    sample = AudioSample().preview(wav(tone(), bits=bits, floating=floating), 100)
    assert sample.data is not None
    path = ElementTree.fromstring(sample.data)[0].attrib["d"]
    points = np.array([point.split() for point in path.strip("MZ").split("L")], float)
    top, bottom = points[:100, 1], points[100:, 1][::-1]
    assert (bottom >= top).all()
    assert bottom[-5:].mean() - top[-5:].mean() > 40, "the end is loud"
    assert bottom[:5].mean() - top[:5].mean() < 8, "the beginning is soft"
    assert sample.text == "The sound: 0.25 s, 8,000 Hz, mono"


def test_a_recording_that_was_broken_off_is_shown_as_far_as_it_goes() -> None:
    whole = wav(tone(1.0))
    assert "0.50 s" in AudioSample().preview(whole[: len(whole) - 8_000], 64).text


@pytest.mark.parametrize("media_type", HEADS)
def test_a_sound_is_known_by_its_beginning_and_sent_as_it_is(media_type: str, tmp_path: Path) -> None:
    (tmp_path / "named.wav").write_bytes(HEADS[media_type])
    sample = AudioSample().detail(tmp_path / "named.wav")
    assert (sample.media_type, sample.data) == (media_type, HEADS[media_type])


def test_too_long_a_sound_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_sample, "MOST_BYTES", 1_000)
    with pytest.raises(DataError, match="more than the"):
        AudioSample().detail(wav(tone()))
