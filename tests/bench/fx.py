"""What the effect units cost, and ten minutes of a reverb at its longest: `python tests/bench/fx.py`."""

import time
from types import ModuleType

import numpy as np
import paths  # noqa: F401  (finds what is imported below)

from dsp import chorus, echoes, reverb, reverb_rooms
from fx_parts import Goals, post

RATE_HZ, BLOCK, QUANTUM, LEVEL = 48_000, 64, 32, 0.3


def hall(character: str, time_s: float, size: float, modulation: float) -> dict[tuple[int, int], float]:
    """A reverb, wet only, without cuts or damping."""
    return reverb.aim(1.0, character, time_s, 20.0, size, 0.0, 20.0, 20_000.0, 1.0, modulation, RATE_HZ)


UNITS: dict[str, tuple[ModuleType, Goals, Goals]] = {  # and where their settings go to and fro
    "reverb": (
        reverb,
        reverb.aim(1.0, "hall", 1.8, 20.0, 1.0, 0.4, 80.0, 12_000.0, 1.0, 0.2, RATE_HZ),
        reverb.aim(0.8, "hall", 3.0, 45.0, 1.0, 0.6, 200.0, 9000.0, 0.5, 0.7, RATE_HZ),
    ),
    "echoes": (
        echoes,
        echoes.aim(1.0, 375.0, 250.0, 0.3, 0.3, 80.0, 8000.0, RATE_HZ),
        echoes.aim(0.6, 300.0, 400.0, 0.6, 0.0, 200.0, 5000.0, RATE_HZ),
    ),
    "chorus": (chorus, chorus.aim(0.5, 0.8, 0.3, 8.0, 0.2, RATE_HZ), chorus.aim(0.8, 2.0, 0.6, 12.0, 0.4, RATE_HZ)),
}


def block_us(name: str, many: int = 1, moving: bool = False, blocks: int = 6000) -> np.ndarray:
    """Microseconds of each block, in quanta of 32 frames as the desk has them, of so many that run by turns."""
    unit, *goals = UNITS[name]
    made = [(unit.state(RATE_HZ), unit.line(RATE_HZ)) for _ in range(many)]
    for s, _ in made:
        unit.settle(s, goals[0])
        s[unit.MOVING, 0], s[unit.ACTIVE, 0] = 0.0, 1.0
    noise = np.random.default_rng(1).standard_normal((blocks, BLOCK, 2)) * LEVEL
    took = np.zeros(blocks)
    for k in range(blocks):
        if moving and k % 15 == 0:  # 960 frames: the next glide begins where this one ends
            for s, _ in made:
                post(unit, s, goals[k // 15 % 2])
        sounds = [noise[k].copy() for _ in made]
        start = time.perf_counter_ns()
        for (s, line), u in zip(made, sounds, strict=True):
            unit.pass_on(s, line, u[:QUANTUM], k * BLOCK)
            unit.pass_on(s, line, u[QUANTUM:], k * BLOCK + QUANTUM)
        took[k] = time.perf_counter_ns() - start
    return took[blocks // 4 :] / 1000.0 / many


def cost() -> None:
    """Of 64 frames, at rest and while everything moves, then of several reverbs."""
    for name in UNITS:
        rest, moved = (
            [f"{np.percentile(block_us(name, 1, moving), part):.1f}" for part in (50, 99.9)] for moving in (False, True)
        )
        print(f"{name}: {' / '.join(rest)} us at rest, {' / '.join(moved)} while it moves (median / 99.9 %)")
    for many in (1, 2, 4, 8):
        took = block_us("reverb", many)
        print(f"{many} reverbs: {np.median(took):.1f} us each, {took.min():.1f} at best")


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
