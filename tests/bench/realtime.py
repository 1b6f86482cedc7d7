"""Do blocks get lost?  The card against a bare C client on the same server, in the same seconds.

While three Python threads hog the interpreter inside the card child and a client floods the desk with OSC: a block is
missed when the server's time went on by 64 frames and the callback did not run.

    python tests/bench/realtime.py --seconds 60 [--recalls 1]

With --recalls so many times a second everything that a scene holds is recalled, all types of effects among it.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import paths  # noqa: F401  (finds what is imported below)

from bench import recalls as recalling
from bench.rig import BENCH, INPUTS, OUTPUTS, PERIOD_FRAMES, RATE_HZ, SETTLE_S, Client, Flood, Hogs, Rig, mark, rig
from studiod.registry.registry import Console
from studiod.settings.schema import Settings

PER_SECOND = 5000


def scenes(made: Rig, folder: Path) -> None:
    """Put on the desk what `recalls` recalls."""
    sizes = Settings().console.model_dump() | {"channels": 33}
    recalling.keep(made.daemon, folder, Console(inputs=INPUTS, outputs=OUTPUTS, rate_hz=RATE_HZ, **sizes))


def share(frames: int, ns: int) -> dict[str, float]:
    """Blocks that the time held, and those of them that did not run."""
    should = ns / 1e9 * RATE_HZ / PERIOD_FRAMES
    missed = should - frames / PERIOD_FRAMES
    return {"blocks": round(should), "missed": round(missed, 1), "missed_percent": round(100.0 * missed / should, 4)}


def python_callback(made: Rig, folder: Path, seconds: float) -> dict[str, float]:
    """What the same hogs do to a callback that is Python: this is what the card's is compiled for."""
    folder.mkdir()
    name = str(BENCH / "python_client.py")
    hogs = Hogs(folder, name)
    client = Client([sys.executable, name, "python"], {**made.server.env, **hogs.env})
    try:
        hogs.run(True)
        time.sleep(SETTLE_S)
        before = client.say("mark").split()
        time.sleep(seconds)
        after = client.say("mark").split()
    finally:
        hogs.run(False)
        client.close()
    return share(*(int(after[k]) - int(before[k]) for k in (2, 4)))


def measure(
    made: Rig, seconds: float, per_second: int = PER_SECOND, hogs: bool = True, recalls: float = 0.0
) -> dict[str, Any]:
    """Both clients over one window.  Raises RuntimeError when the card or the hogs did not run through it."""
    flood = Flood(made.daemon, per_second) if per_second else None
    hand = recalling.Recalls(made.daemon, recalls) if recalls else None
    made.hogs.run(hogs)
    time.sleep(SETTLE_S)
    counted, lost, worked_s = made.hogs.counts(), made.lost_datagrams(), made.desk_s()
    before = mark(made)
    time.sleep(seconds)
    after = mark(made)
    worked_s = made.desk_s() - worked_s
    counts = [b - a for a, b in zip(counted, made.hogs.counts(), strict=True)]
    lost = made.lost_datagrams() - lost
    made.hogs.run(False)
    for one in (flood, hand):
        if one is not None:
            one.close()
    made.drain()
    if after.generation != before.generation or made.device() != "system":
        raise RuntimeError(f"the card was lost in between:\n{made.daemon.stderr}")
    if hogs and min(counts) < 1000:
        raise RuntimeError(f"the hogs did not run: they counted {counts}")
    return {
        "seconds": seconds,
        "card": share(after.card_frames - before.card_frames, after.card_ns - before.card_ns)
        | {"callbacks": after.card_blocks - before.card_blocks, "xruns": after.card_missed - before.card_missed},
        "bare": share(after.bare_frames - before.bare_frames, after.bare_ns - before.bare_ns)
        | {"callbacks": after.bare_callbacks - before.bare_callbacks, "xruns": after.bare_xruns - before.bare_xruns},
        "hogs_million_counts": [round(count / 1e6, 2) for count in counts],
        "osc_per_second": round(flood.per_second) if flood else 0,
        "osc_lost": lost,
        "recalls": hand.sent if hand else 0,
        "recalled": hand.changed if hand else 0,
        "desk_cpu_percent": round(100.0 * worked_s / seconds, 1),
    }


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--quiet", action="store_true", help="without hogs and flood, to compare")
    words.add_argument("--recalls", type=float, default=0.0, help="recalls of everything a second")
    args = words.parse_args()
    with tempfile.TemporaryDirectory() as folder, rig(Path(folder)) as made:
        if args.recalls:
            scenes(made, Path(folder))
        found = measure(made, args.seconds, 0 if args.quiet else PER_SECOND, not args.quiet, args.recalls)
        found["python_callback"] = python_callback(made, Path(folder) / "python", min(args.seconds, 10.0))
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
