"""What the default console costs with everything on, block by block, in one core: its share of the period.

    python tests/bench/cost.py [seconds]

Every strip's cuts, gate, EQ, compressor and sends; four effects of which three reverbs; matrices, automix, monitor in
another place, test signal, click, limiter, and the multitrack that records every channel.  The load is what a block of
64 frames at 48 kHz takes of its 1,333 us; what people feel is the worst block.
"""

import sys
import time

import numpy as np
import paths  # noqa: F401  (finds what is imported below)

from studiod.host.offline import Offline
from studiod.realtime import blocks
from studiod.registry.registry import Console, Value
from studiod.settings.schema import Settings

BLOCK, RATE_HZ = 64, 48_000
SIZE = Settings().console


def everything(offline: Offline) -> dict[str, Value]:
    """Every switch that adds work, and something to do for it."""
    values: dict[str, Value] = {}
    for path, param in offline.registry.params.items():
        last = path.rsplit("/", 1)[-1]
        if param.kind == "switch" and last == "on" and not path.startswith(("mutegroup", "talkback")):
            values[path] = 1
        elif path.startswith(("ch/", "bus/", "return/", "main/")) and "/send/" in path and last == "level":
            values[path] = -12.0
        elif "/eq/" in path and last == "gain":
            values[path] = 3.0
        elif path.startswith("ch/") and last == "fader":
            values[path] = -10.0
        elif "/gate/" in path and last == "threshold":
            values[path] = -30.0
    values |= {f"fx/{k}/type": kind for k, kind in enumerate(("reverb", "reverb", "reverb", "delay"), 1)}
    values |= {f"fx/{k}/source": "bus/1" for k in range(1, 5)} | {f"bus/{n}/main/on": 1 for n in range(1, 17)}
    values |= {"monitor/translate": "car", "generator/to/bus/1": 1, "click/to/bus/1": 1, "recorder/state": "record"}
    return values | {f"ch/{n}/arm": 1 for n in range(1, SIZE.channels + 1)}


def main(seconds: float = 20.0) -> None:
    """Print the figures."""
    console = Console(inputs=32, outputs=8, rate_hz=RATE_HZ, **SIZE.model_dump())
    offline = Offline(console, block_frames=BLOCK, multitrack=True)
    offline.desk.change(everything(offline).items())
    rng = np.random.default_rng(1)
    sound = (rng.standard_normal((RATE_HZ, 32)) * 0.1).astype(np.float32)
    offline.run(sound)
    out = np.zeros((BLOCK, console.outputs), np.float32)
    took = np.zeros(round(seconds * RATE_HZ / BLOCK))
    base, ins, outs, step = offline.rack.base, sound.ctypes.data, out.ctypes.data, sound[:BLOCK].nbytes
    for k in range(len(took)):
        began = time.perf_counter_ns()
        blocks.run(base, ins, step, RATE_HZ // BLOCK, outs, BLOCK, k, 1)
        took[k] = (time.perf_counter_ns() - began) / 1000.0
    period = 1e6 * BLOCK / RATE_HZ
    for name, us in (("p50", np.median(took)), ("p99.9", np.quantile(took, 0.999)), ("worst", took.max())):
        print(f"{name:>6} {us:7.1f} us  {us / period:6.1%} of a block of {BLOCK} frames")


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:]))
