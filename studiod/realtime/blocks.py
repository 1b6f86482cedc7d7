"""Blocks of the graph in a row, compiled, for the benches: what a call from Python costs is no part of a block."""

from dsp.core.rt import rt
from studiod.realtime import graph


@rt
def run(base, ins, step, many, outs, frames, first, count):
    """So many blocks from the first on, of a sound of `many` blocks over and over, a block being step bytes long."""
    for k in range(first, first + count):
        graph.run(base, ins + k % many * step, outs, frames)
