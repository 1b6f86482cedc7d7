"""What a block costs while much moves: at rest, everything gliding, and from a recall of everything until it rests.

    python tests/bench/recall.py [--channels 32 64 128] [--recalls 50] [--again 3] [--cold]

A recall sets every parameter to a random value, every type of effect among them.  Recalls go to and fro between two
random desks, so that each is carried out --again times from the same values: of each of its blocks the least counts,
which leaves out what else the machine did; the worst block is the greatest of those.  Times are those of the thread
alone, of blocks of 64 frames at 48 kHz, which last 1333 us.  Gliding: a desk with everything on, all of whose numbers
move a little, straight.

The engine learns of a recall after some blocks that follow the desk's own work, as on a card, whose core plays on
meanwhile.  With --cold it learns at once: its core then knows nothing of the desk's state, nor of its own code.
"""

import argparse
import random
import time

import numpy as np
import paths  # noqa: F401  (finds what is imported below)
from bits import LEFT_ALONE, taken, value_of
from cost import everything

from studiod.diagnostics.bench_recall import MEANWHILE, announce
from studiod.host.offline import Offline
from studiod.realtime import blocks
from studiod.registry.registry import Console, Value

BLOCK, RATE_HZ, BUSES, RETURNS = 64, 48_000, 16, 4
PERIOD_US = 1e6 * BLOCK / RATE_HZ
REST_BLOCKS = 120  # 160 ms: longer than any glide
Changes = list[tuple[str, Value]]


class Runner:
    """A desk whose blocks are timed."""

    def __init__(self, channels: int) -> None:
        self.offline = Offline(Console(32, 8, channels, BUSES, RATE_HZ, returns=RETURNS), {}, BLOCK)
        self.offline.rack.touch()  # as the card does
        rng = np.random.default_rng(1)
        self.ins = (rng.standard_normal((16 * BLOCK, 32)) * 0.1).astype(np.float32)
        self.out = np.zeros((BLOCK, 8), np.float32)
        self.at = 0

    def blocks(self, count: int) -> np.ndarray:
        """How long each of so many blocks takes, us."""
        took = np.zeros(count)
        for k in range(count):
            self.at = (self.at + 1) % 15
            rack, ins, out = self.offline.rack.base, self.ins.ctypes.data, self.out.ctypes.data
            step = self.ins[:BLOCK].nbytes
            blocks.run(rack, ins, step, 15, out, BLOCK, self.at, 0)  # the way from Python there is no part of a block
            began = time.thread_time_ns()
            blocks.run(rack, ins, step, 15, out, BLOCK, self.at, 1)
            took[k] = (time.thread_time_ns() - began) / 1000.0
            self.offline.engine.pump()
        return took

    def random_desk(self, seed: int) -> Changes:
        """A value for every parameter that this desk takes."""
        chance = random.Random(seed)
        params = [p for p in self.offline.registry.params.values() if not p.flags & LEFT_ALONE]
        wanted = [(p.path, v) for p in params if (v := value_of(p, chance)) is not None]
        return [(path, value) for path, value in wanted if taken(self.offline, path, value)]


def recalls(channels: int, count: int, again: int, meanwhile: int) -> None:
    """Print the worst block of each direction of count / 2 pairs of desks."""
    worst, ratio, firsts, rests = [], [], [], []
    for seed in range(1, count // 2 + 1):
        run = Runner(channels)
        desks = [run.random_desk(2 * seed + side) for side in range(2)]
        run.offline.desk.change(desks[1])
        run.blocks(REST_BLOCKS)
        took = np.full((2, REST_BLOCKS), np.inf)
        for _ in range(again):
            for side in range(2):
                announce(run.offline, desks[side], lambda run=run: run.blocks(meanwhile))
                took[side] = np.minimum(took[side], run.blocks(REST_BLOCKS))
        for side in range(2):
            rest = float(np.median(took[side, -30:]))
            rests.append(rest)
            firsts.append(took[side, 0])
            worst.append(took[side, 1:].max())
            ratio.append(took[side].max() / rest)
    both = np.maximum(worst, firsts)
    print(
        f"{channels:4} channels: at rest {np.median(rests):6.1f} us; the block of the change {np.max(firsts):6.1f},"
        f" the worst after it {np.max(worst):6.1f} (median {np.median(worst):6.1f}); worst of {len(both)} recalls"
        f" {both.max() / PERIOD_US:.2f} of the period, {np.max(ratio):.2f} x its rest",
        flush=True,
    )


def gliding(channels: int) -> None:
    """Print rest and gliding of a desk with everything on."""
    run = Runner(channels)
    values = {path: v for path, v in everything(run.offline).items() if path in run.offline.registry.params}
    run.offline.desk.change([(p, v) for p, v in values.items() if not p.startswith("recorder") and "/arm" not in p])
    numbers = [p for p in run.offline.registry.params.values() if p.kind == "number" and not p.flags & LEFT_ALONE]
    run.blocks(REST_BLOCKS)
    ways: tuple[Changes, Changes] = [], []
    for p in numbers:
        value, way = float(str(run.offline.desk.values[p.path])), 0.004 * (p.high - p.low)
        for change, to in zip(ways, (value + way, value - way), strict=True):
            if p.low <= to <= p.high and taken(run.offline, p.path, to):
                change.append((p.path, to))
    rest, glide = [], []
    for k in range(10):
        run.offline.desk.change(ways[k % 2])
        glide.append(np.median(run.blocks(12)[2:]))
        run.blocks(60)
        rest.append(np.median(run.blocks(30)))
    print(
        f"{channels:4} channels: everything on, at rest {min(rest):6.1f} us; all gliding {min(glide):6.1f} us,"
        f" {min(glide) / min(rest):.2f} x",
        flush=True,
    )


def main() -> None:
    """Print a few rows a size."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--channels", type=int, nargs="+", default=[32, 64, 128])
    words.add_argument("--recalls", type=int, default=50)
    words.add_argument("--again", type=int, default=3)
    words.add_argument("--cold", action="store_true")
    given = words.parse_args()
    for channels in given.channels:
        gliding(channels)
        recalls(channels, given.recalls, given.again, 0 if given.cold else MEANWHILE)


if __name__ == "__main__":
    main()
