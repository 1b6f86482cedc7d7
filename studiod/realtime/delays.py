"""The delay of a bank of lanes, compiled once for the strips and for the outputs.

Runs on the audio thread.  Touches the rack and nothing else.
"""

from dsp import delay
from dsp.core.intrinsics import integers
from dsp.core.standing import standing
from studiod.realtime import layout as r
from studiod.realtime.queue import rows_of, view


@standing("studiod_delay", 6)
def run(base, unit, line, work, frames, now):
    """Delay the frames in a room `work` in place, by the unit of that number, on a line of that number."""
    words = integers(base, r.WORDS)
    delay.pass_on(view(base, words, unit), view(base, words, line), rows_of(base, words, work, 0, frames), now)
