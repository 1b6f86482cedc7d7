"""The slots of effects, compiled: source, reverb, echoes and chorus in a row, level, ring.

Runs on the audio thread, after the mains and before the outputs.  Touches the rack and nothing else.  A slot's type is
the one unit whose mix is not 0; the others are wires.
"""

from dsp import chorus, echoes, gain, patch, reverb
from dsp.machine import integers, line64
from dsp.rt import standing
from studiod import rack as r
from studiod.drain import rows_of, view
from studiod.strip import copy


@standing("studiod_effects", 3)
def run(base, frames, now):
    """Every slot, from its source's frames into its ring."""
    words = integers(base, r.TABLE + 3 * r.UNITS)
    memory = line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE])
    u = rows_of(base, words, r.FX_WORK, 0, frames)
    for slot in range(words[r.RETURNS]):
        first = r.FX_1 + r.FX_UNITS * slot
        patch.fetch(view(base, words, first + r.FX_PATCH), memory, now, u)
        reverb.pass_on(view(base, words, first + r.REVERB), view(base, words, first + r.REVERB_LINE), u, now)
        echoes.pass_on(view(base, words, first + r.ECHOES), view(base, words, first + r.ECHOES_LINE), u, now)
        chorus.pass_on(view(base, words, first + r.CHORUS), view(base, words, first + r.CHORUS_LINE), u, now)
        gain.run(view(base, words, first + r.FX_GAIN), u)
        copy(u, view(base, words, first + r.FX_RING), now & (patch.RING - 1))
