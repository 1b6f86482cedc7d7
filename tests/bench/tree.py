"""What the whole OSCQuery tree costs the loop: its pieces, each made and each pressed, in processor time of one thread.

    python tests/bench/tree.py [rounds]

The desk is the default one without sound.  The first round prepares what the later ones share.  The worst piece is told
as the least of all rounds but the first: what others do on the machine is not the tree's.
"""

import sys
import time
import tracemalloc
import zlib

import paths  # noqa: F401  (finds what is imported below)

from controllers.http.tree import Space
from studiod.desk.desk import Desk
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import Settings
from web_rig import StandIn


def ms(began_ns: int) -> float:
    return (time.thread_time_ns() - began_ns) / 1e6


def one(space: Space) -> dict[str, float]:
    """A round: ms, and bytes."""
    pieces, press = space.respond("/").pieces, zlib.compressobj(6, zlib.DEFLATED, 31)
    made, pressed, raw, wire = [], [], [], 0
    while True:
        began_ns = time.thread_time_ns()
        piece = next(pieces, b"")
        made.append(ms(began_ns))
        if not piece:
            break
        raw.append(len(piece))
        began_ns = time.thread_time_ns()
        wire += len(press.compress(piece))
        pressed.append(ms(began_ns))
    wire += len(press.flush())
    return {"made_ms": sum(made), "worst_made_ms": max(made), "gzip_ms": sum(pressed), "worst_gzip_ms": max(pressed),
            "pieces": len(raw), "largest_piece_bytes": max(raw), "bytes": sum(raw), "wire_bytes": wire}  # fmt: skip


def main(rounds: int = 10) -> None:
    """Print the figures."""
    registry = Registry(Console(inputs=32, outputs=8, **Settings().console.model_dump()))
    tracemalloc.start()
    space = Space(Desk(registry, StandIn(registry)), dict)
    before = tracemalloc.get_traced_memory()[0]
    one(space)
    kept_kb = (tracemalloc.get_traced_memory()[0] - before) / 1e3
    tracemalloc.stop()
    found = [one(space) for _ in range(rounds)]
    for name in found[0]:
        print(f"{name:20} {min(each[name] for each in found):.4g}")
    print(f"{'nodes':20} {len(space.params) + len(space.methods)}")
    print(f"{'kept_kb':20} {kept_kb:.4g}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
