"""How reverbs lean, ring, move a held tone and decay in short rooms: see tests/bench/sound.py."""

from collections.abc import Callable

import numpy as np
from competitors import Absent, ffmpeg, lv2, lv2file

import reverb_instruments as judge
from dsp import reverb, reverb_rooms

RATE_HZ, TIMES_S, LATE_AT_S = 48_000, (0.1, 0.4, 1.8, 5.0), (0.2, 0.5, 0.8)
Maker = Callable[[float], judge.Process]  # of a decay time
HALL = "https://github.com/michaelwillis/dragonfly-reverb"


def studiod(character: str) -> Maker:
    """At the rest of its settings but the cuts, which would end the octaves, and the predelay; wet only."""

    def made(time_s: float, damping: float = 0.4) -> judge.Process:
        goals = reverb.aim(1.0, character, time_s, 0.0, 1.0, damping, 20.0, 20_000.0, 1.0, 0.4, RATE_HZ)

        def process(x: np.ndarray) -> np.ndarray:
            s, line = reverb.state(RATE_HZ), reverb.line(RATE_HZ)
            reverb.settle(s, goals)
            s[reverb.MOVING, 0], s[reverb.ACTIVE, 0] = 0.0, 1.0
            u = x.copy()
            reverb.pass_on(s, line, u, 0)
            return u

        return process

    return made


def plugin(process: Callable[[np.ndarray], np.ndarray]) -> judge.Process:
    return lambda x: process(x.astype(np.float32)).astype(np.float64)


def dragonfly(uri: str, **controls: float) -> Maker:
    """Late sound only; by way of files, since ffmpeg's host has no map of URIs."""
    return lambda time_s: plugin(lv2file(uri, decay=time_s, dry_level=0, **controls))


def calf(time_s: float) -> judge.Process:
    uri = "http://calf.sourceforge.net/plugins/Reverb"
    return plugin(lv2(uri, decay_time=max(time_s, 0.4), dry=0, amount=1, predelay=0))


def zita(time_s: float) -> judge.Process:
    """Its times begin at one second.  Delay, crossover, low and middle time, damping, two bands at 0 dB, mix."""
    last_s = max(time_s, 1.0)
    controls = f"0.02|224|{last_s:g}|{last_s:g}|6000|160|0|2500|0|1"
    numbered = "|".join(f"c{n}={value}" for n, value in enumerate(controls.split("|")))
    return plugin(ffmpeg(f"ladspa=file=zita-reverbs:plugin=zita-reverb:controls={numbered}"))


ENTRIES: dict[str, tuple[str, Maker]] = {  # and the package of each
    **{f"studiod, {character}": ("", studiod(character)) for character in reverb_rooms.CHARACTERS},
    "Dragonfly Hall": ("dragonfly-reverb-lv2", dragonfly(HALL, early_level=0, late_level=100, low_cut=0, delay=0)),
    "Dragonfly Room": (
        "dragonfly-reverb-lv2",
        dragonfly("urn:dragonfly:room", early_level=0, late_level=100, in_low_cut=0, predelay=0),
    ),
    "Dragonfly Plate": ("dragonfly-reverb-lv2", dragonfly("urn:dragonfly:plate", early_level=100, low_cut=0)),
    "Calf Reverb": ("calf-plugins", calf),
    "zita-rev1 (LADSPA)": ("rev-plugins", zita),
}


def lean(made: Maker, time_s: float) -> float:
    """The octave that leans most, of a mono click, dB with its sign."""
    found = judge.lean_db(judge.click(made(time_s), 1.2 * time_s + 0.4, 1.0, 1.0))
    return float(found[np.abs(found).argmax()])


def row(made: Maker) -> list[str]:
    """The cells of one reverb."""
    h = judge.click(made(1.8), 2.8, 1.0, 1.0)
    rings = np.mean([judge.ringing_db(h, 1.8, start) for start in LATE_AT_S])
    cents = [judge.detune_cents(made(1.8), hz) for hz in (500.0, 1000.0, 4000.0)]
    leans = [lean(made, time_s) for time_s in TIMES_S]
    return [f"{rings:.2f}", "/".join(f"{c:.2f}" for c in cents), "/".join(f"{db:+.1f}" for db in leans)]


def tell() -> None:
    """Print the table, then the short decays of studiod's own."""
    print(
        "Reverbs, defaults: ringing at 1.8 s, 1.2 s of Hann window, noise 5.57 dB; detune of held tones of 0.5, 1 and"
    )
    print(f"4 kHz; the octave of 63 Hz to 8 kHz that leans most, left against right, of a mono click, at {TIMES_S} s")
    print("| Reverb | ringing dB | detune cents | lean dB |")
    print("|---|---|---|---|")
    for name, (package, made) in ENTRIES.items():
        try:
            print(f"| {name} | {' | '.join(row(made))} |".replace("-", "−"), flush=True)
        except Absent as why:
            print(f"absent: {name}: {why}; it comes with the package {package}")
    print("T30 in octaves of 125 Hz to 8 kHz at 0.1 s, no damping: error in %")
    for character in reverb_rooms.CHARACTERS:
        process = studiod(character)(0.1, 0.0)
        errors = [100.0 * (judge.t30_s(process, hz, 0.6) / 0.1 - 1.0) for hz in judge.OCTAVES_HZ[1:]]
        print(f"{character}: {' '.join(f'{e:+.1f}' for e in errors)}")
