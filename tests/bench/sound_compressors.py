"""What compressors read, how clean they leave a bass, and the times that they take: see tests/bench/sound.py."""

from collections.abc import Callable

import numpy as np
from competitors import Absent, lv2

import comp_instruments as judge
from audio_judge import gain
from dsp import comp

PITCHES_HZ = (20, 50, 100, 1000)
TIMES_MS = ((0.05, 5.0), (1.0, 50.0), (10.0, 150.0))
Maker = Callable[[float, float, float, float], judge.Process]  # threshold_db, ratio, attack_ms, release_ms


def studiod(detector: str) -> Maker:
    def made(threshold_db: float, ratio: float, attack_ms: float, release_ms: float) -> judge.Process:
        def process(x: np.ndarray) -> np.ndarray:
            s = comp.state(1)
            dynamics = (threshold_db, ratio, 0.0, attack_ms, 0.0, release_ms, 0.0, 1.0)
            comp.settle(s, 0, comp.aim(1, "pre_eq", *dynamics, detector, 0, 48_000.0))
            u = x[:, None].copy()
            comp.run(s, u)
            return u[:, 0]

        return process

    return made


def mono(process: Callable[[np.ndarray], np.ndarray]) -> judge.Process:
    """A stereo plugin as one of a lane."""
    return lambda x: process(np.repeat(x[:, None], 2, axis=1).astype(np.float32))[:, 0].astype(np.float64)


def calf(detection: int) -> Maker:
    uri = "http://calf.sourceforge.net/plugins/Compressor"
    rest = {"knee": 1, "detection": detection}
    return lambda threshold_db, ratio, attack_ms, release_ms: mono(
        lv2(uri, threshold=gain(threshold_db), ratio=ratio, attack=attack_ms, release=release_ms, **rest)
    )


def lsp(mode: int) -> Maker:
    uri = "http://lsp-plug.in/plugins/lv2/compressor_stereo"
    return lambda threshold_db, ratio, attack_ms, release_ms: mono(
        lv2(uri, al=gain(threshold_db), cr=ratio, at=attack_ms, rt=release_ms, kn=1, scm=mode, pause=1)
    )


def x42(threshold_db: float, ratio: float, attack_ms: float, release_ms: float) -> judge.Process:
    """Its ratio is what is taken of each dB; its times begin at 1 and 30 ms; its make-up, to -10 dBFS, is taken off."""
    part, uri = 1.0 - 1.0 / ratio, "http://gareus.org/oss/lv2/darc#stereo"
    times = {"attack": max(attack_ms, 1.0) / 1000.0, "release": max(release_ms, 30.0) / 1000.0}
    through = mono(lv2(uri, threshold=threshold_db, Ratio=part, **times))
    return lambda x: through(x) * gain((10.0 + threshold_db) * part)


def zita(threshold_db: float, ratio: float, attack_ms: float, release_ms: float) -> judge.Process:
    raise Absent("a program of JACK that only its own window can set")


ENTRIES: dict[str, tuple[str, Maker]] = {  # and the package of each
    "studiod, rms": ("", studiod("rms")),
    "studiod, peak": ("", studiod("peak")),
    "Calf Compressor, RMS": ("calf-plugins", calf(0)),
    "Calf Compressor, peak": ("calf-plugins", calf(1)),
    "LSP Compressor, RMS, 10 ms": ("lsp-plugins-lv2", lsp(1)),
    "LSP Compressor, peak": ("lsp-plugins-lv2", lsp(0)),
    "x42-comp": ("x42-plugins", x42),
    "zita-dc1": ("zita-dc1", zita),
}


def row(made: Maker) -> list[str]:
    """The cells of one compressor."""
    readings = [judge.reading_db(made(-40.0, 2.0, 10.0, 150.0), hz, -40.0, 2.0) for hz in PITCHES_HZ]
    fast = [judge.thd_percent(made(-20.0, 4.0, 1.0, 50.0), -6.0, hz) for hz in PITCHES_HZ]
    slow = [judge.thd_percent(made(-20.0, 4.0, 10.0, 50.0), -6.0, hz) for hz in PITCHES_HZ]
    over = [judge.overshoot_db(made(-20.0, 4.0, 10.0, 50.0), hz, -6.0) for hz in (50, 1000)]
    times = ["/".join(f"{ms:.3g}" for ms in judge.times_ms(made(-30.0, 4.0, *setting))) for setting in TIMES_MS]
    numbers = [(readings, "+.2f"), (fast, ".3f"), (slow, ".3f"), (over, ".2f")]
    return [*("/".join(f"{value:{form}}" for value in values) for values, form in numbers), *times]


def tell() -> None:
    """Print the table."""
    print("Compressors: 20/50/100/1000 Hz; reading of 0 dBFS at 10/150 ms; THD 14 dB over -20 dBFS at 4:1; overshoot")
    print(
        "at 50/1000 Hz and 10/50 ms; attack/release by 63 % of the way in dB, 1 kHz from -40 to -10 dBFS over -30, 4:1"
    )
    print("| Compressor | reading dB | THD % 1/50 ms | THD % 10/50 ms | overshoot dB | 0.05/5 ms | 1/50 | 10/150 |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (package, made) in ENTRIES.items():
        try:
            print(f"| {name} | {' | '.join(row(made))} |".replace("-", "−"), flush=True)
        except Absent as why:
            print(f"absent: {name}: {why}; it comes with the package {package}")
