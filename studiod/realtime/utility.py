"""Talkback, test signal and click, compiled: each a lane of its own, before the strips; and the way into the mixes.

Runs on the audio thread.  Touches the rack and nothing else.
"""

from dsp import click, gain, generator, mix, source
from dsp.core.intrinsics import integers, line64
from dsp.core.rt import rt, standing
from studiod.realtime import layout as r
from studiod.realtime.queue import rows_of, view

RING = source.RING


@rt
def keep(base, words, lane, u, now):
    """A tool's frames into its lane."""
    work = rows_of(base, words, r.TOOL_WORK, 0, u.shape[0])
    ring = view(base, words, r.TOOL_RING)
    for i in range(u.shape[0]):
        work[i, lane] = u[i, 0]
        ring[(now + i) & (RING - 1), lane] = u[i, 0]


@standing("studiod_tools", 3)
def run(base, frames, now):
    """Every tool."""
    words = integers(base, r.TABLE + 3 * r.UNITS)
    u = rows_of(base, words, r.TOOL, 0, frames)
    source.fetch(view(base, words, r.PATCH_TALK), line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE]), now, u)
    gain.run(view(base, words, r.TALK_GAIN), u)
    keep(base, words, r.TALKBACK, u, now)
    generator.run(view(base, words, r.GENERATOR), u, now)
    keep(base, words, r.TEST_SIGNAL, u, now)
    click.run(view(base, words, r.CLICK), u, now)
    keep(base, words, r.CLICKS, u, now)


@rt
def add(base, words, unit, out):
    """The tools into a mix, by the gains of a unit."""
    mix.add(view(base, words, unit), rows_of(base, words, r.TOOL_WORK, 0, out.shape[0]), out)
