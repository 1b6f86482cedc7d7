"""How long a stop takes in 64 states of a rack: server, card child, ports child, one more thing that is full or hangs.

`python tests/bench/stops.py [--json] [--only WORDS]`: as root, on Linux, with jackd; a quarter of an hour.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from dataclasses import asdict
from itertools import product
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)

from stop_rig import LIMIT_S, State, stopped_in

HEALTHS = ("running", "stopped", "killed")
MORE = ({}, {"full": frozenset({"store"})}, {"full": frozenset({"stderr"})}, {"deaf": True})


def states() -> list[State]:
    """Of a killed server no card is left to be killed: 8 pairs, times 2, times 4."""
    pairs = [pair for pair in product(HEALTHS, HEALTHS) if pair != ("killed", "killed")]
    return [
        State(jack, card, ports, **more)  # type: ignore[arg-type]
        for (jack, card), ports, more in product(pairs, HEALTHS[:2], MORE)
    ]


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--json", action="store_true")
    words.add_argument("--only", default="", help="states whose name holds this")
    words.add_argument("--seed", type=int, default=1)
    args = words.parse_args()
    chance, wrong, figures = random.Random(args.seed), 0, []
    for state in [state for state in states() if args.only in str(state)]:
        with tempfile.TemporaryDirectory() as name:
            end = stopped_in(Path(name), state, wait_s=chance.uniform(0.0, 1.2))
        bad = end.code != 0 or end.stored != end.wanted or bool(end.left) or end.took_s >= LIMIT_S
        wrong += bad
        figures.append({"state": str(state), **asdict(end), "kept": not bad})
        if not args.json:
            print(
                f"{end.took_s:5.2f} s  exit {end.code}  stored {end.stored}  left {len(end.left)}  {state}", flush=True
            )
            if bad:
                print(end.said, flush=True)
    if args.json:
        print(json.dumps(figures))
    elif figures:
        took = sorted(figure["took_s"] for figure in figures)
        told = f"median {took[len(took) // 2]:.2f} s, longest {took[-1]:.2f} s"
        print(f"{len(figures)} stops, {wrong} not as promised; {told}")
    return bool(wrong)


if __name__ == "__main__":
    os.environ.pop("STUDIOD_REQUIRE_SERVERS", None)
    sys.exit(main())
