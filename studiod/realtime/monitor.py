"""The monitor section, compiled: its source and the solo mix, level and sides, what another room would make of it.

Runs on the audio thread, after the effects and before the outputs.  Touches the rack and nothing else.
"""

from dsp import meter, mix, svf
from dsp import source as patch
from dsp.core.intrinsics import integers, line64
from dsp.core.standing import standing
from studiod.realtime import layout as r
from studiod.realtime.queue import awake, copy, rest, rows_of, view
from studiod.realtime.section import Section, sides

TRANSLATE_BANDS = 6

SECTION = Section(r.MONITOR, lambda size, _: 2)
PATCH_MONITOR = SECTION.unit(patch)
MONITOR_SOURCE = SECTION.room()
MONITOR_MIX = SECTION.unit(mix, state=lambda size, _: mix.state(2, 2))
SOLO_MIX = SECTION.unit(mix, state=lambda size, _: mix.state(2, 2))
SOLO_WORK = SECTION.room()
MONITOR_WORK = SECTION.room()
TRANSLATE_1, *_ = [SECTION.unit(svf) for _ in range(TRANSLATE_BANDS)]
MONITOR_RING = SECTION.ring(lambda size, _: sides("monitor"))
METER_MONITOR = SECTION.unit(meter)


@standing("studiod_monitor", 3)
def run(base, frames, now):
    """The frames of the monitor into its ring and its meter."""
    words = integers(base, r.WORDS)
    source = rows_of(base, words, MONITOR_SOURCE, 0, frames)
    patch.fetch(view(base, words, PATCH_MONITOR), line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE]), now, source)
    u = rows_of(base, words, MONITOR_WORK, 0, frames)
    u[:, :] = 0.0
    mix.add(view(base, words, MONITOR_MIX), source, u)
    mix.add(view(base, words, SOLO_MIX), rows_of(base, words, SOLO_WORK, 0, frames), u)
    for unit in range(TRANSLATE_1, TRANSLATE_1 + TRANSLATE_BANDS):
        if awake(words, unit):
            s = view(base, words, unit)
            svf.run(s, u)
            rest(words, unit, s)
    copy(u, view(base, words, MONITOR_RING), now & (patch.RING - 1))
    meter.gather(view(base, words, METER_MONITOR), u, now, words[r.GRID_FRAMES])
