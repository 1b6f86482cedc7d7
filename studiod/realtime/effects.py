"""The slots of effects, compiled: reverb, echoes and chorus in a row, from a source to a ring or in place in a strip.

Runs on the audio thread, after the mains and before the outputs, or within a strip.  Touches the rack and nothing else.
A slot's type is the one unit whose mix is not 0; the others are wires.
"""

from dsp import chorus, echoes, gain, insert, reverb, source
from dsp.core.intrinsics import integers, line64
from dsp.core.rt import rt, standing
from studiod.realtime import layout as r
from studiod.realtime.queue import copy, rows_of, view


@standing("studiod_effect", 4)
def effect(base, slot, frames, now):
    """The units of one slot on the frames in FX_WORK, in place."""
    words = integers(base, r.TABLE + 3 * r.UNITS)
    u = rows_of(base, words, r.FX_WORK, 0, frames)
    first = r.FX_1 + r.FX_UNITS * slot
    reverb.pass_on(view(base, words, first + r.REVERB), view(base, words, first + r.REVERB_LINE), u, now)
    echoes.pass_on(view(base, words, first + r.ECHOES), view(base, words, first + r.ECHOES_LINE), u, now)
    chorus.pass_on(view(base, words, first + r.CHORUS), view(base, words, first + r.CHORUS_LINE), u, now)


@rt
def turn(base, words, now):
    """At the head of a quantum: slots that are asked to go to another place."""
    for slot in range(words[r.RETURNS]):
        insert.turn(view(base, words, r.FX_1 + r.FX_UNITS * slot + r.FX_INSERT), now)


@rt
def in_place(base, words, place, u, now):
    """The slots that are inserted at a place, twice the bank and one more behind the fader, on their lanes of u."""
    for slot in range(words[r.RETURNS]):
        s = view(base, words, r.FX_1 + r.FX_UNITS * slot + r.FX_INSERT)
        if s[insert.PLACE, 0] == place:
            work = rows_of(base, words, r.FX_WORK, 0, u.shape[0])
            wires = rows_of(base, words, r.FX_FADE, 0, u.shape[0])
            insert.onward(s, wires)
            insert.take(s, u, work, wires)
            effect(base, slot, u.shape[0], now)
            insert.give(s, u, work, wires)


@standing("studiod_effects", 3)
def run(base, frames, now):
    """Every slot that is not inserted, from its source's frames into its ring; that of an inserted one is silent."""
    words = integers(base, r.TABLE + 3 * r.UNITS)
    memory = line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE])
    u = rows_of(base, words, r.FX_WORK, 0, frames)
    for slot in range(words[r.RETURNS]):
        first = r.FX_1 + r.FX_UNITS * slot
        place = view(base, words, first + r.FX_INSERT)
        source.fetch(view(base, words, first + r.FX_PATCH), memory, now, u)
        if place[insert.PLACE, 0] == insert.NOWHERE:
            wires = rows_of(base, words, r.FX_FADE, 0, frames)
            insert.onward(place, wires)
            insert.scale(u, wires)
            effect(base, slot, frames, now)
            insert.scale(u, wires)
        else:
            u[:, :] = 0.0
        gain.run(view(base, words, first + r.FX_GAIN), u)
        copy(u, view(base, words, first + r.FX_RING), now & (source.RING - 1))
