"""The sound of random desks in a few letters: whether a change of the audio path has altered a bit, and where.

    python tests/bench/bits.py [--desks 40] [--json FILE] [--against FILE]

Each desk has random values everywhere, every type of effect among them.  It is recalled to other random values while it
plays, once whole and four times in part, so that all glides and exchanges run, some begun while others were under way.
It is rendered in blocks of 1, 16, 64, 127 and 1024 frames, which must give the same bytes.  Printed is a hash of every
output (float32) and of the mixes inside (float64).  With --against the hashes of a former run are compared: each desk
that differs is named, and how far apart the two are in dBFS, if the former run was written to FILE with its sound.
"""

import argparse
import hashlib
import json
import random
import sys
from pathlib import Path

import numpy as np
import paths  # noqa: F401  (finds what is imported below)

from studiod.host.offline import Offline
from studiod.realtime import layout, mixes
from studiod.registry.param import Param, Refusal
from studiod.registry.registry import Console, Value

BLOCKS = (1, 16, 64, 127, 1024)
CHUNK, CHUNKS = 2032, 10  # frames between changes: no multiple of a block or of a quantum
ODDS = {"mute": 0.05, "solo": 0.02, "dim": 0.1, "mono": 0.2, "on": 0.8}  # of a switch to be on; 0.5 if not here
LEFT_ALONE = {"volatile", "read-only"}


def value_of(param: Param, chance: random.Random) -> Value | None:
    """A random value; levels and mutes are drawn so that something is heard."""
    kind, items = param.kind, param.items
    low, high = param.low, param.high
    if kind == "number":
        if param.law == "fader":
            return chance.choice((low, high, 0.0, 0.0, chance.uniform(-20.0, 6.0)))
        return chance.uniform(low, high)
    if kind == "switch":
        return int(chance.random() < ODDS.get(param.path.rsplit("/", 1)[-1], 0.5))
    return chance.choice(items) if kind in ("list", "point") and items else None


def console(seed: int) -> Console:
    """Consoles of uneven widths, so that tiles end in the middle."""
    chance = random.Random(seed)
    channels, buses = chance.choice((1, 3, 8, 16, 19, 32)), chance.choice((1, 2, 5, 16))
    return Console(channels, 16, channels, buses, 48_000, returns=chance.choice((1, 2, 4)))


def sound(seed: int, block_frames: int) -> tuple[np.ndarray, str, int]:
    """What one desk plays, float32 [frame, output], the hash of its mixes, and how many lanes the guard silenced."""
    chance = random.Random(seed)
    desk = Offline(console(seed), {}, block_frames)
    params = [p for p in desk.registry.params.values() if not p.flags & LEFT_ALONE]
    rng = np.random.default_rng(seed)
    inside = hashlib.sha256()
    parts = []
    for chunk in range(CHUNKS):
        share = 1.0 if chunk in (0, 3) else 0.1
        wanted = [(p.path, v) for p in params if chance.random() < share and (v := value_of(p, chance)) is not None]
        if chunk in (0, 3, 4, 5, 7, 9):
            desk.desk.change([(path, value) for path, value in wanted if taken(desk, path, value)])
        ins = (rng.standard_normal((CHUNK, desk.console.inputs)) * 0.1).astype(np.float32)
        parts.append(desk.run(ins))
        inside.update(desk.rack.state(mixes.MIX_WORK).tobytes() if block_frames == BLOCKS[-1] else b"")
    return np.concatenate(parts), inside.hexdigest()[:12], int(desk.rack.words[layout.FAULTS])


def taken(offline: Offline, path: str, value: Value) -> bool:
    """Whether this desk takes the value."""
    try:
        offline.desk.accepted([(path, value)])
    except Refusal:
        return False
    return True


def main() -> int:
    """Print a row a desk; 1 when block sizes differ, or a former run does."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--desks", type=int, default=40)
    words.add_argument("--json", type=Path, help="write the hashes here, and the sound beside them (.npz)")
    words.add_argument("--against", type=Path, help="hashes of a former run")
    given = words.parse_args()
    former = json.loads(given.against.read_text("utf-8")) if given.against else {}
    played = np.load(given.against.with_suffix(".npz")) if given.against else {}
    found: dict[str, str] = {}
    kept: dict[str, np.ndarray] = {}
    wrong = 0
    for seed in range(1, given.desks + 1):
        whole, inside, burst = sound(seed, BLOCKS[-1])
        other = BLOCKS[seed % (len(BLOCKS) - 1)]
        cut = burst > 0 or np.array_equal(whole, sound(seed, other)[0])  # the guard silences to the end of a pass
        row, kept[str(seed)] = f"{hashlib.sha256(whole.tobytes()).hexdigest()[:12]} {inside}", whole
        said = "" if cut else f"  blocks of {other} differ"
        if former and former.get(str(seed)) != row:
            apart = float(np.abs(whole.astype(float) - played[str(seed)]).max()) if str(seed) in played else 1.0
            said += f"  was {former.get(str(seed))}, apart by {20 * np.log10(max(apart, 1e-30)):.0f} dBFS"
        wrong += bool(said)
        said += "  a loop grew until the guard silenced it" * (burst > 0)
        found[str(seed)] = row
        print(f"desk {seed:2} peak {np.abs(whole).max():8.3f}  {row}{said}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        np.savez(given.json.with_suffix(".npz"), allow_pickle=False, **kept)
    print(f"{wrong} of {given.desks} desks differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
