"""The inputs, compiled: the device's frames, or the tape in their place, into the ring that `input/N` is read from.

Runs on the audio thread, before all else.  Touches the rack and nothing else.
"""

import numpy as np

from dsp import meter, source
from dsp.core.finite import finite
from dsp.core.intrinsics import flat, floats
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
INPUT_GUARD = SECTION.room(1)


@rt
def take(heard, ins):
    """The device's float32 ins[frame * input] into heard[frame, input], as they are."""
    into = flat(heard)
    for k in range(into.shape[0]):
        into[k] = np.float64(ins[k])


@rt
def roll(words, heard, tape, width, now):
    """The tape's tracks into the first lanes of heard[frame, input]; silence where it does not roll."""
    length = words[r.TAPE_FRAMES]
    for i in range(heard.shape[0]):
        at = now + i - words[r.TAPE_START]
        if words[r.TAPE_LOOP] > 0 and at >= 0 and length > 0:
            at %= length
        rolls = at >= 0 and at < length
        for c in range(min(width, heard.shape[1])):
            heard[i, c] = np.float64(tape[at * width + c]) if rolls else 0.0


@rt
def silence(words, heard):
    """What is no number becomes silence, and is counted."""
    for i in range(heard.shape[0]):
        for c in range(heard.shape[1]):
            if heard[i, c] - heard[i, c] != 0.0:
                heard[i, c] = 0.0
                words[r.FAULTS] += 1


@rt
def run(base, words, now, frames, ins):
    """The frames of a quantum; what is no number becomes silence."""
    heard = rows_of(base, words, INPUT_RING, now & (RING - 1), frames)
    width = words[r.TAPE_TRACKS]
    take(heard, ins)
    if width > 0:
        roll(words, heard, floats(base + words[r.TAPE_AT], words[r.TAPE_FRAMES] * width), width, now)
    if not finite(heard, view(base, words, INPUT_GUARD)):
        silence(words, heard)
    if words[r.SPARED] & r.SPARE_METERS == 0:
        meter.gather(view(base, words, METER_IN), heard, now, words[r.GRID_FRAMES])
