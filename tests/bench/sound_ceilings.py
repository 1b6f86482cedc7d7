"""True peaks of limiters on sounds full to the edge of the band, by three instruments: see tests/bench/sound.py."""

import numpy as np
from competitors import ENTRIES, Absent
from limiters import after

import audio_judge as judge
import peak_instruments

SECONDS = 4.0


def sounds() -> dict[str, np.ndarray]:
    """Each driven 6 dB beyond full scale, as a mix that is pushed."""
    drive = judge.gain(6.0)
    return {
        "white noise": peak_instruments.white(SECONDS) * drive,
        "bright drums": peak_instruments.bright_drums(SECONDS) * drive,
        "programme": judge.programme(SECONDS) * drive * 2.0,
    }


def tell() -> None:
    """Print the table."""
    names = list(peak_instruments.METERS)
    print(f"Limiters, ceiling -1 dB, 48 kHz: true peaks in dBTP by {' / '.join(names)}")
    print("| Limiter | " + " | ".join(sounds()) + " |")
    print("|---|" + "---|" * len(sounds()))
    for entry in ENTRIES:
        if entry.programme_only:
            continue
        try:
            made = [after(entry.process, sound.astype(np.float32), 0) for sound in sounds().values()]
            cells = [" / ".join(f"{meter(y):.2f}" for meter in peak_instruments.METERS.values()) for y in made]
            print(f"| {entry.name} | {' | '.join(cells)} |".replace("-", "−"), flush=True)
        except Absent as why:
            print(f"absent: {entry.name}: {why}; it comes with the package {entry.package}")
