"""How far EQ bands are from their analog curves over frequency and Q at 44.1 kHz: see tests/bench/sound.py."""

from collections.abc import Callable

import numpy as np
from competitors import Absent, pipe

import eq_instruments as judge
from dsp import svf

RATE_HZ = 44_100
HZ = np.geomspace(20.0, 20_000.0, 400)
FREQS_HZ = (1000.0, 5000.0, 10_000.0, 15_000.0, 18_000.0, 20_000.0)
QS = {"low_shelf": (0.5, 1.0), "high_shelf": (0.5, 1.0)}  # of a shelf: 0.4 to 1
GAINS_DB = {"bell": (-18.0, -6.0, 6.0, 18.0), "low_shelf": (-18.0, 18.0), "high_shelf": (-18.0, 18.0)}
Maker = Callable[[str, float, float, float], judge.Process]  # kind, freq_hz, q, gain_db


def studiod(kind: str, freq_hz: float, q: float, gain_db: float) -> judge.Process:
    def process(x: np.ndarray) -> np.ndarray:
        s = svf.state(1)
        svf.put(s, 0, svf.aim(kind, freq_hz, q, gain_db, RATE_HZ))
        u = x[:, None].copy()
        svf.run(s, u)
        return u[:, 0]

    return process


NAMES = {"bell": "equalizer", "low_shelf": "lowshelf", "high_shelf": "highshelf", "notch": "bandreject"}
NAMES |= {"low_cut": "highpass", "high_cut": "lowpass"}


def ffmpeg(kind: str, freq_hz: float, q: float, gain_db: float) -> judge.Process:
    """Its filters are the cookbook's."""
    with_gain = f":g={gain_db:g}" if kind in GAINS_DB else ""
    raw = ["-f", "f64le", "-ar", str(RATE_HZ), "-ac", "1"]
    band = f"{NAMES[kind]}=f={freq_hz:g}:t=q:w={q:g}{with_gain}:r=f64"
    command = ["ffmpeg", "-loglevel", "error", *raw, "-i", "-", "-af", band, "-c:a", "pcm_f64le", *raw, "-"]

    def process(x: np.ndarray) -> np.ndarray:
        return np.frombuffer(pipe(command, x, "<f8").tobytes(), "<f8")

    return process


ENTRIES: dict[str, tuple[str, Maker]] = {"studiod": ("", studiod), "ffmpeg (cookbook)": ("ffmpeg", ffmpeg)}


def worst_db(made: Maker, kind: str, freq_hz: float, q: float) -> float:
    """The greatest error from 20 Hz to 20 kHz over all gains, with its sign."""
    found = 0.0
    for gain_db in GAINS_DB.get(kind, (0.0,)):
        level = judge.level_db(made(kind, freq_hz, q, gain_db), HZ, RATE_HZ)
        error = judge.error_db(level, judge.analog_db(kind, freq_hz, q, gain_db, HZ))
        found = error if abs(error) > abs(found) else found
    return found


def tell() -> None:
    """Print a map for each equaliser."""
    for name, (package, made) in ENTRIES.items():
        print(
            f"{name}: the greatest error in dB, 20 Hz to 20 kHz, at 44.1 kHz; gains of 6 and 18 dB; below -60 dB: -60"
        )
        print("| type, Q | " + " | ".join(f"{hz / 1000:g} kHz" for hz in FREQS_HZ) + " |")
        print("|---|" + "---|" * len(FREQS_HZ))
        try:
            for kind in NAMES:
                for q in QS.get(kind, (0.3, 0.7, 2.0, 5.0)):
                    cells = [f"{worst_db(made, kind, hz, q):+.2f}" for hz in FREQS_HZ]
                    print(f"| {kind}, {q:g} | {' | '.join(cells)} |".replace("-", "−"), flush=True)
        except Absent as why:
            print(f"absent: {name}: {why}; it comes with the package {package}")
