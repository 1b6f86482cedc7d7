"""What the effect units cost, and ten minutes of a reverb at its longest: `python tests/bench/fx.py`."""

import time

import numpy as np
import paths  # noqa: F401  (finds what is imported below)

from dsp import chorus, echoes, reverb, reverb_rooms

RATE_HZ, BLOCK, SECONDS, LEVEL = 48_000, 64, 20, 0.3


def hall(character: str, time_s: float, size: float, modulation: float) -> dict[tuple[int, int], float]:
    """A reverb, wet only, without cuts or damping."""
    return reverb.aim(1.0, character, time_s, 20.0, size, 0.0, 20.0, 20_000.0, 1.0, modulation, RATE_HZ)


def cost() -> None:
    """Microseconds of a block, at rest and while a glide moves."""
    units = {
        "reverb": (reverb, reverb.aim(1.0, "hall", 1.8, 20.0, 1.0, 0.4, 80.0, 12_000.0, 1.0, 0.2, RATE_HZ)),
        "echoes": (echoes, echoes.aim(1.0, 375.0, 250.0, 0.3, 0.3, 80.0, 8000.0, RATE_HZ)),
        "chorus": (chorus, chorus.aim(0.5, 0.8, 0.3, 8.0, 0.2, RATE_HZ)),
    }
    for name, (unit, goals) in units.items():
        x = np.random.default_rng(1).standard_normal((SECONDS * RATE_HZ, 2)) * LEVEL
        s, line = unit.state(RATE_HZ), unit.line(RATE_HZ)
        unit.settle(s, goals)
        took_us: dict[bool, list[float]] = {False: [], True: []}
        for first in range(0, len(x), BLOCK):
            moving = first > len(x) // 2
            s[unit.MOVING, 0] = 1.0 if moving else 0.0
            s[unit.ACTIVE, 0] = 1.0
            start = time.perf_counter_ns()
            unit.pass_on(s, line, x[first : first + BLOCK], first)
            took_us[moving].append((time.perf_counter_ns() - start) / 1000.0)
        rest, moved = ([f"{np.percentile(took, part):.1f}" for part in (50, 99.9)] for took in took_us.values())
        print(f"{name}: {' / '.join(rest)} us at rest, {' / '.join(moved)} while it moves (median / 99.9 %)")


def endurance() -> None:
    """Noise for ten minutes at 20 s, the level of what comes out in dB of what goes in; then silence."""
    for character in reverb_rooms.CHARACTERS:
        s, line = reverb.state(RATE_HZ), reverb.line(RATE_HZ)
        reverb.settle(s, hall(character, 20.0, 0.1, 1.0))
        rng, level_db = np.random.default_rng(1), []
        for k in range(610):
            x = rng.standard_normal((RATE_HZ, 2)) * (LEVEL if k < 600 else 0.0)
            reverb.pass_on(s, line, x, k * RATE_HZ)
            level_db.append(10.0 * np.log10((x**2).mean() / LEVEL**2))
        print(
            f"{character}, smallest, full modulation: {min(level_db[60:600]):.2f} .. {max(level_db[60:600]):.2f} dB"
            f" from the second minute to the tenth; {level_db[609] - level_db[599]:.1f} dB after 10 s of silence"
        )


if __name__ == "__main__":
    cost()
    endurance()
