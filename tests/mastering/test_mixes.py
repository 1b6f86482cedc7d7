"""What is said of a mix and carried out all the same: mono, few bits, clipped runs, silence."""

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from studiod.mastering.release import mixes

RATE_HZ = 44_100
NOISE = np.random.default_rng(5).uniform(-0.3, 0.3, (RATE_HZ, 2))


def told(tmp_path: Path, sound: np.ndarray, subtype: str = "PCM_24", rate_hz: int = RATE_HZ) -> list[str]:
    path = tmp_path / "mix.wav"
    sf.write(path, sound, rate_hz, subtype)
    return mixes.notes("song[1].file: mix.wav", mixes.look(path))


def test_a_good_mix_has_nothing_to_be_said(tmp_path: Path) -> None:
    assert told(tmp_path, NOISE) == []


@pytest.mark.parametrize(
    ("sound", "more", "line"),
    [
        (NOISE[:, 0], {}, "it is mono, and becomes two equal channels"),
        (NOISE, {"subtype": "PCM_16"}, "it has 16 bit; 24 bit or float of the same mix would be better"),
        (NOISE, {"subtype": "PCM_U8"}, "it has 8 bit; 24 bit or float of the same mix would be better"),
        (NOISE, {"rate_hz": 32_000}, "it has 32000 Hz: what is above 16 kHz stays empty"),
        (NOISE * 0.0, {}, "it is silent: no loudness can be found, and it keeps its level"),
        (np.vstack([np.zeros((11 * RATE_HZ, 2)), NOISE]), {}, "11.0 s of silence at its start: shops refuse"),
        (np.vstack([NOISE, np.zeros((11 * RATE_HZ, 2))]), {}, "11.0 s of silence at its end: shops refuse"),
    ],
)
def test_what_is_unusual_is_told(tmp_path: Path, sound: np.ndarray, more: dict, line: str) -> None:
    (found,) = told(tmp_path, sound, **more)
    assert found.startswith("song[1].file: mix.wav: ")
    assert line in found


def test_runs_of_clipped_samples_are_counted_wherever_a_piece_ends(tmp_path: Path) -> None:
    """Five runs: two over the borders of pieces, two of both lanes, one more; two samples are none, nor is 0.9."""
    sound = np.zeros((3 * mixes.PIECE_FRAMES, 2))
    sound[0] = 0.5
    sound[-1] = 0.5
    sound[mixes.PIECE_FRAMES - 2 : mixes.PIECE_FRAMES + 4, 0] = 1.0
    sound[2 * mixes.PIECE_FRAMES - 3 : 2 * mixes.PIECE_FRAMES + 2, 1] = 1.0  # a run before the border already
    sound[500:503] = -1.0  # of both
    sound[900:910, 1] = 1.0
    sound[2000:2002, 0] = 1.0
    sound[3000:3010, 0] = 0.9
    (line,) = told(tmp_path, sound)
    assert "5 runs of 3 or more samples at full scale: it may be clipped" in line


def test_a_mix_is_read_once_as_long_as_it_stays_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mix.wav"
    sf.write(path, NOISE, RATE_HZ)
    first = mixes.Looks(tmp_path / "work")
    found = first(path)
    first.end()
    with monkeypatch.context() as patch:
        patch.setattr(mixes, "look", lambda _: pytest.fail("it was read again"))
        assert mixes.Looks(tmp_path / "work")(path) == found
    sf.write(path, NOISE[:100], RATE_HZ)
    again = mixes.Looks(tmp_path / "work")(path)
    assert isinstance(again, mixes.Mix)
    assert again.frames == 100
