"""The inputs, compiled: the device's frames, or the tape in their place, into the ring that `input/N` is read from.

Runs on the audio thread, before all else.  Touches the rack and nothing else.
"""

import numpy as np

from dsp import meter, source
from dsp.core.intrinsics import floats
from dsp.core.rt import rt
from studiod.realtime import layout as r
from studiod.realtime.queue import rows_of, view
from studiod.realtime.section import Section, numbered

RING = source.RING

SECTION = Section(r.IN, lambda size, _: size.inputs)
# the first of the rack's memory: what is patched to nothing reads it
SILENCE = SECTION.ring(lambda size, _: {"none": 0}, lambda size, _: 1, rows=1)
INPUT_RING = SECTION.ring(lambda size, _: numbered("input", size.inputs))
METER_IN = SECTION.unit(meter)


@rt
def run(base, words, now, frames, ins):
    """The frames of a quantum; what is no number becomes silence."""
    ring = view(base, words, INPUT_RING)
    channels = ring.shape[1]
    width = words[r.TAPE_TRACKS]
    length = words[r.TAPE_FRAMES]
    tape = floats(base + words[r.TAPE_AT], length * width)
    for i in range(frames):
        row = (now + i) & (RING - 1)
        at = now + i - words[r.TAPE_START]
        if words[r.TAPE_LOOP] > 0 and at >= 0 and length > 0:
            at %= length
        rolls = at >= 0 and at < length
        taped = min(width, channels)
        faults = 0
        for c in range(taped):
            x = np.float64(tape[at * width + c]) if rolls else 0.0
            ring[row, c] = x if x - x == 0.0 else 0.0
            faults += 0 if x - x == 0.0 else 1
        into = ring[row, taped:]
        given = ins[i * channels + taped : (i + 1) * channels]
        for c in range(into.shape[0]):
            x = np.float64(given[c])
            into[c] = x if x - x == 0.0 else 0.0
            faults += 0 if x - x == 0.0 else 1
        words[r.FAULTS] += faults
    heard = rows_of(base, words, INPUT_RING, now & (RING - 1), frames)
    meter.gather(view(base, words, METER_IN), heard, now, words[r.GRID_FRAMES])
