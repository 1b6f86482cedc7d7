"""Talkback, test signal and click, compiled: each a lane of its own, before the strips; and the way into the mixes.

Runs on the audio thread.  Touches the rack and nothing else.
"""

from dsp import click, gain, generator, mix, source
from dsp.core.intrinsics import integers, line64
from dsp.core.rt import rt
from dsp.core.standing import standing
from studiod.realtime import layout as r
from studiod.realtime.queue import rows_of, view
from studiod.realtime.section import Section

RING = source.RING
LANES = TALKBACK, TEST_SIGNAL, CLICKS = range(3)  # of the tools
POINTS = {"talkback": TALKBACK, "generator": TEST_SIGNAL, "click": CLICKS}

SECTION = Section(r.TOOLS, lambda size, _: 1)
PATCH_TALK = SECTION.unit(source)
TALK_GAIN = SECTION.unit(gain)
GENERATOR = SECTION.unit(generator, state=lambda size, _: generator.state(size.rate_hz))
CLICK = SECTION.unit(click, state=lambda size, _: click.state(size.rate_hz))
TOOL = SECTION.room()
TOOL_WORK = SECTION.room(lanes=lambda size, _: len(LANES))
TOOL_RING = SECTION.ring(lambda size, _: POINTS, lambda size, _: len(LANES))
# into the strips of the inputs, the mix of the buses and mains, and that of the matrices
TOOLS_IN = SECTION.unit(mix, state=lambda size, _: mix.state(len(LANES), size.lanes(r.INPUT_BANK)))
TOOLS_MIX = SECTION.unit(mix, state=lambda size, _: mix.state(len(LANES), size.destinations(r.INPUT_BANK)))
TOOLS_LATE = SECTION.unit(mix, state=lambda size, _: mix.state(len(LANES), size.destinations(r.MAIN_BANK)))


@rt
def keep(base, words, lane, u, now):
    """A tool's frames into its lane."""
    work = rows_of(base, words, TOOL_WORK, 0, u.shape[0])
    ring = view(base, words, TOOL_RING)
    for i in range(u.shape[0]):
        work[i, lane] = u[i, 0]
        ring[(now + i) & (RING - 1), lane] = u[i, 0]


@standing("studiod_tools", 3)
def run(base, frames, now):
    """Every tool."""
    words = integers(base, r.WORDS)
    u = rows_of(base, words, TOOL, 0, frames)
    source.fetch(view(base, words, PATCH_TALK), line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE]), now, u)
    gain.run(view(base, words, TALK_GAIN), u)
    keep(base, words, TALKBACK, u, now)
    generator.run(view(base, words, GENERATOR), u, now)
    keep(base, words, TEST_SIGNAL, u, now)
    click.run(view(base, words, CLICK), u, now)
    keep(base, words, CLICKS, u, now)


@rt
def add(base, words, unit, out):
    """The tools into a mix, by the gains of a unit."""
    mix.add(view(base, words, unit), rows_of(base, words, TOOL_WORK, 0, out.shape[0]), out)
