"""The outputs, compiled: source, level, delay, ceiling, start fade; to the device, the meters, and the capture if any.

Runs on the audio thread, after all else.  Touches the rack and nothing else.
"""

import numpy as np

from dsp import ceiling, delay, gain, meter, source
from dsp.core.intrinsics import flat, floats, line64
from dsp.core.rt import rt
from studiod.realtime import delays
from studiod.realtime import layout as r
from studiod.realtime.queue import rows_of, view
from studiod.realtime.section import Section

EAR_SECONDS, EAR_LANES = 4, 4  # what the analysers hear: loudness left and right, spectrum left and right

SECTION = Section(r.OUT, lambda size, _: size.outputs)
PATCH_OUT = SECTION.unit(source)
OUT_GAIN = SECTION.unit(gain)
OUT_DELAY = SECTION.unit(delay)
OUT_LINE = SECTION.room(1, lambda size, _: size.outputs * delay.length(size.rate_hz))
OUT_CEILING = SECTION.unit(ceiling)
OUT_FADE = SECTION.unit(gain)
OUT_WORK = SECTION.room()
METER_OUT = SECTION.unit(meter)
PATCH_EAR = SECTION.unit(source, lanes=lambda size, _: EAR_LANES)
EAR = SECTION.room(lambda size: -(-EAR_SECONDS * size.rate_hz // r.QUANTUM) * r.QUANTUM, lambda size, _: EAR_LANES)


@rt
def run(base, words, now, frames):
    """The frames of a quantum through every output, and what the analysers hear; they stay in OUT_WORK."""
    o = rows_of(base, words, OUT_WORK, 0, frames)
    memory = line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE])
    source.fetch(view(base, words, PATCH_OUT), memory, now, o)
    gain.run(view(base, words, OUT_GAIN), o)
    delays.run(base, OUT_DELAY, OUT_LINE, OUT_WORK, frames, now)
    ceiling.run(view(base, words, OUT_CEILING), o)
    gain.run(view(base, words, OUT_FADE), o)
    if words[r.SPARED] & r.SPARE_METERS != 0:
        return
    meter.gather(view(base, words, METER_OUT), o, now, words[r.GRID_FRAMES])
    length = view(base, words, EAR).shape[0]
    source.fetch(view(base, words, PATCH_EAR), memory, now, rows_of(base, words, EAR, now % length, frames))


@rt
def leave(base, words, now, frames, outs):
    """To the device and to the capture."""
    o = rows_of(base, words, OUT_WORK, 0, frames)
    count = o.shape[1]
    length = words[r.CAPTURE_FRAMES]
    ring = floats(base + words[r.CAPTURE_AT], length * count)
    sound = flat(o)
    for k in range(frames * count):
        outs[k] = np.float32(sound[k])
    if length == 0:
        return
    for i in range(frames):
        at = (now + i) % length
        for c in range(count):
            ring[at * count + c] = outs[i * count + c]
