"""Loudness, peaks, offset and correlation of a programme, fed block by block or read from a file."""

import math
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np

from dsp import loudness, truepeak
from studiod.encoding import name_of
from studiod.errors import FileFault
from studiod.files import speakers
from studiod.files.sound_files import SoundFile

LOWEST_RATE_HZ = 8000  # below it the weighting's shelf has no room
RING_CELLS = 2 * loudness.GRID_HZ  # two seconds; a feed is cut to one
Reading = dict[str, float | None]


def decibel(amplitude: float) -> float:
    """dB of an amplitude; silence is -inf."""
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else -math.inf


class Meter:
    """One programme, fed block by block; cutting a block changes no bit of loudness or peaks."""

    def __init__(self, rate_hz: int, channels: int, layout: Sequence[str] | None = None) -> None:
        """layout: the speakers by channel (None: by their number, as in a WAV)."""
        self.rate_hz, self.frames, self.whole_cells = rate_hz, 0, 0
        self._weighting, self._weights = loudness.aim(rate_hz), speakers.weights(layout, channels)
        self._loudness, self._peaks = loudness.state(channels), truepeak.state(channels)
        self._room = truepeak.work()
        self._ring = np.zeros((RING_CELLS, channels))
        self._powers: list[np.ndarray] = []
        self._sum, self._products = np.zeros(channels), np.zeros((channels, channels))

    def feed(self, sound: np.ndarray) -> None:
        """Go on with float64 sound[frame, channel]."""
        sound = np.ascontiguousarray(sound, np.float64)
        for at in range(0, len(sound), self.rate_hz):
            self._second(sound[at : at + self.rate_hz])

    def _second(self, part: np.ndarray) -> None:
        truepeak.gather(self._peaks, self._room, part)
        done = loudness.gather(self._loudness, self._weighting, self._ring, part, self.frames, self.rate_hz)
        rows = np.arange(self.whole_cells, done) % RING_CELLS
        self._powers.append((self._ring[rows] * self._weights).sum(axis=1))
        self.whole_cells = done
        self.frames += len(part)
        self._sum += [
            column.sum() for column in part.T
        ]  # a sum over the long axis of both at once takes 50 times as long
        self._products += part.T @ part

    @property
    def powers(self) -> np.ndarray:
        """The weighted power of every whole 10 ms so far."""
        return np.concatenate(self._powers) if self._powers else np.zeros(0)

    def peaks(self) -> tuple[float, float]:
        """Sample peak and true peak, linear, of the loudest channel, as if silence followed."""
        s = self._peaks.copy()
        silence = np.zeros((truepeak.TAPS, s.shape[1]))
        truepeak.gather(s, self._room, silence)
        return float(s[truepeak.PEAK].max()), float(s[truepeak.TRUE].max())

    def reading(self) -> Reading:
        """Every figure; None for what cannot be told: silence in dB, a window longer than the sound, no stereo."""
        powers, (sample, true) = self.powers, self.peaks()
        whole, true_db = loudness.integrated(powers), decibel(true)
        means = self._sum / max(self.frames, 1)
        energy = math.sqrt(float(np.prod(np.diag(self._products)))) if len(means) == 2 else 0.0
        found = {
            "integrated_lufs": whole,
            "short_term_max_lufs": loudness.short_term(powers).max(initial=-math.inf),
            "momentary_max_lufs": loudness.momentary(powers).max(initial=-math.inf),
            "lra_lu": loudness.loudness_range(powers),
            "true_peak_dbtp": true_db,
            "sample_peak_dbfs": decibel(sample),
            "plr_lu": true_db - whole if math.isfinite(whole) else math.nan,
            "dc": means[np.argmax(np.abs(means))],
            "correlation": self._products[0, 1] / energy if energy > 0.0 else math.nan,
        }
        return {key: float(value) if math.isfinite(value) else None for key, value in found.items()}


def seconds(file: SoundFile) -> Generator[np.ndarray, None, None]:
    """The file second by second, float64 [frame, channel], the next one read while one is worked on."""
    parts = file.pieces(file.rate_hz, "float64")
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = reader.submit(next, parts, None)
            yield part


def measure(path: Path, progress: Callable[[float], None] = lambda _: None) -> Reading:
    """The reading of one file; progress hears the part done, 0 to 1.  Raises FileFault."""
    name = name_of(path)
    with SoundFile(path) as file:
        if file.rate_hz < LOWEST_RATE_HZ:
            raise FileFault(f"{name}: expected {LOWEST_RATE_HZ} Hz or more; got {file.rate_hz} Hz; convert it")
        meter = Meter(file.rate_hz, file.channels, file.layout)
        with closing(seconds(file)) as parts:
            for part in parts:
                if not np.isfinite(part).all():
                    frame, channel = np.argwhere(~np.isfinite(part))[0]
                    where = f"frame {meter.frames + frame} of channel {channel + 1} is {part[frame, channel]}"
                    raise FileFault(f"{name}: expected numbers; {where}; render the file again")
                meter.feed(part)
                progress(meter.frames / max(file.claimed, meter.frames))
    if not meter.frames:
        raise FileFault(f"{name}: expected sound; the file holds no frame")
    return meter.reading()
