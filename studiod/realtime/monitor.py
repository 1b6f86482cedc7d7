"""The monitor section, compiled: its source and the solo mix, level and sides, what another room would make of it.

Runs on the audio thread, after the effects and before the outputs.  Touches the rack and nothing else.
"""

from dsp import meter, mix, svf
from dsp import source as patch
from dsp.core.intrinsics import integers, line64
from dsp.core.rt import standing
from studiod.realtime import layout as r
from studiod.realtime.queue import copy, rows_of, view


@standing("studiod_monitor", 3)
def run(base, frames, now):
    """The frames of the monitor into its ring and its meter."""
    words = integers(base, r.TABLE + 3 * r.UNITS)
    source = rows_of(base, words, r.MONITOR_SOURCE, 0, frames)
    patch.fetch(
        view(base, words, r.PATCH_MONITOR), line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE]), now, source
    )
    u = rows_of(base, words, r.MONITOR_WORK, 0, frames)
    u[:, :] = 0.0
    mix.add(view(base, words, r.MONITOR_MIX), source, u)
    mix.add(view(base, words, r.SOLO_MIX), rows_of(base, words, r.SOLO_WORK, 0, frames), u)
    for band in range(r.TRANSLATE_BANDS):
        svf.run(view(base, words, r.TRANSLATE_1 + band), u)
    copy(u, view(base, words, r.MONITOR_RING), now & (patch.RING - 1))
    meter.gather(view(base, words, r.METER_MONITOR), u, now, words[r.GRID_FRAMES])
