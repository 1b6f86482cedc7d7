"""`studiod measure`: loudness, peaks, offset and correlation of sound files."""

import argparse
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
from rich.console import Console as Terminal
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from dsp import loudness, truepeak
from studiod.scene import FileFault

LOWEST_RATE_HZ = 8000  # below it the weighting's shelf has no room
RING_CELLS = 2 * loudness.GRID_HZ  # two seconds; a feed is cut to one
Reading = dict[str, float | None]


def decibel(amplitude: float) -> float:
    """dB of an amplitude; silence is -inf."""
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else -math.inf


class Meter:
    """One programme, fed block by block; cutting a block changes no bit of loudness or peaks."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self.rate_hz, self.frames, self.whole_cells = rate_hz, 0, 0
        self._weighting, self._weights = loudness.aim(rate_hz), loudness.weights(channels)
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


def measure(path: Path, progress: Callable[[float], None] = lambda _: None) -> Reading:
    """The reading of one file; progress hears the part done, 0 to 1.  Raises FileFault."""
    try:
        with sf.SoundFile(str(path)) as file:
            if file.samplerate < LOWEST_RATE_HZ:
                raise FileFault(f"{path}: expected {LOWEST_RATE_HZ} Hz or more; got {file.samplerate} Hz; convert it")
            meter = Meter(file.samplerate, file.channels)
            while len(part := file.read(file.samplerate, dtype="float64", always_2d=True)):
                if not np.isfinite(part).all():
                    frame, channel = np.argwhere(~np.isfinite(part))[0]
                    where = f"frame {meter.frames + frame} of channel {channel + 1} is {part[frame, channel]}"
                    raise FileFault(f"{path}: expected numbers; {where}; render the file again")
                meter.feed(part)
                progress(meter.frames / max(file.frames, meter.frames))
    except (OSError, TypeError, sf.LibsndfileError) as fault:
        why = "there is no such file" if not path.exists() else str(fault)
        raise FileFault(f"{path}: cannot read this file: {why}; expected WAV, FLAC, AIFF or OGG") from None
    if not meter.frames:
        raise FileFault(f"{path}: expected sound; the file holds no frame")
    return meter.reading()


COLUMNS = {  # key: heading, decimals
    "integrated_lufs": ("integrated\nLUFS", 2),
    "short_term_max_lufs": ("short-term\nmax LUFS", 2),
    "momentary_max_lufs": ("momentary\nmax LUFS", 2),
    "lra_lu": ("range\nLU", 2),
    "true_peak_dbtp": ("true peak\ndBTP", 2),
    "sample_peak_dbfs": ("peak\ndBFS", 2),
    "plr_lu": ("PLR\nLU", 2),
    "dc": ("DC", 6),
    "correlation": ("correlation", 3),
}


def table(found: dict[Path, Reading]) -> Table:
    """One row a file."""
    made = Table()
    made.add_column("file", overflow="fold")
    for heading, _ in COLUMNS.values():
        made.add_column(heading, justify="right")
    for path, reading in found.items():
        cells = [(reading[key], decimals) for key, (_, decimals) in COLUMNS.items()]
        made.add_row(
            escape(path.name),
            *("–" if value is None else f"{round(value, places) + 0.0:.{places}f}" for value, places in cells),
        )
    return made


def command(args: argparse.Namespace) -> int:
    """Measure as the command line says: the good files on stdout, the bad ones on stderr; the exit code."""
    found: dict[Path, Reading] = {}
    faults = []
    with Progress(console=Terminal(file=sys.stderr), disable=not sys.stderr.isatty()) as progress:
        for path in args.file:
            task = progress.add_task(escape(path.name), total=1.0)
            try:
                found[path] = measure(path, lambda part, task=task: progress.update(task, completed=part))  # type: ignore[misc]
            except FileFault as fault:
                faults.append(str(fault))
    if args.json:
        rows: list[dict[str, Any]] = [{"file": str(path), **reading} for path, reading in found.items()]
        print(json.dumps(rows))
    elif found:
        Terminal(width=None if sys.stdout.isatty() else 160).print(table(found))
    if faults:
        raise FileFault("\n".join(faults))
    return 0
