"""The slots of effects, compiled: reverb, echoes and chorus in a row, from a source to a ring or in place in a strip.

Runs on the audio thread, after the mains and before the outputs, or within a strip.  Touches the rack and nothing else.
A slot's type is the one unit whose mix is not 0; the others are wires.
"""

from dsp import chorus, echoes, gain, insert, reverb, source
from dsp.core.intrinsics import integers, line64
from dsp.core.rt import rt
from dsp.core.standing import standing
from studiod.realtime import layout as r
from studiod.realtime.queue import copy, rows_of, view
from studiod.realtime.section import Section, sides

BLOCK = r.BLOCK

SECTION = Section(r.EFFECTS, lambda size, _: 2, lambda size: size.returns)
FX_PATCH = SECTION.unit(source, fade_ms=20.0)
REVERB = SECTION.unit(reverb, state=lambda size, _: reverb.state(size.rate_hz))
REVERB_LINE = SECTION.room(1, lambda size, _: reverb.line(size.rate_hz).shape[1])
ECHOES = SECTION.unit(echoes, state=lambda size, _: echoes.state(size.rate_hz))
ECHOES_LINE = SECTION.room(lambda size: len(echoes.line(size.rate_hz)))
CHORUS = SECTION.unit(chorus, state=lambda size, _: chorus.state(size.rate_hz))
CHORUS_LINE = SECTION.room(lambda size: len(chorus.line(size.rate_hz)))
FX_GAIN = SECTION.unit(gain)
FX_RING = SECTION.ring(lambda size, slot: sides(f"fx/{slot + 1}"), stage=r.EFFECTS)
FX_INSERT = SECTION.unit(insert, lanes=lambda size, _: 1)
FX_WORK = SECTION.room(only=(0,))  # of all slots
FX_FADE = SECTION.room(lanes=lambda size, _: 1, only=(0,))


@standing("studiod_effect", 4)
def effect(base, slot, frames, now):
    """The units of one slot on the frames in FX_WORK, in place."""
    words = integers(base, r.WORDS)
    u = rows_of(base, words, FX_WORK, 0, frames)
    first = BLOCK * slot
    reverb.pass_on(view(base, words, first + REVERB), view(base, words, first + REVERB_LINE), u, now)
    echoes.pass_on(view(base, words, first + ECHOES), view(base, words, first + ECHOES_LINE), u, now)
    chorus.pass_on(view(base, words, first + CHORUS), view(base, words, first + CHORUS_LINE), u, now)


@rt
def turn(base, words, now):
    """At the head of a quantum: slots that are asked to go to another place."""
    for slot in range(words[r.RETURNS]):
        insert.turn(view(base, words, BLOCK * slot + FX_INSERT), now)


@rt
def in_place(base, words, place, u, now):
    """The slots that are inserted at a place, twice the bank and one more behind the fader, on their lanes of u."""
    for slot in range(words[r.RETURNS]):
        s = view(base, words, BLOCK * slot + FX_INSERT)
        if s[insert.PLACE, 0] == place:
            work = rows_of(base, words, FX_WORK, 0, u.shape[0])
            wires = rows_of(base, words, FX_FADE, 0, u.shape[0])
            insert.onward(s, wires)
            insert.take(s, u, work, wires)
            effect(base, slot, u.shape[0], now)
            insert.give(s, u, work, wires)


@standing("studiod_effects", 3)
def run(base, frames, now):
    """Every slot that is not inserted, from its source's frames into its ring; that of an inserted one is silent."""
    words = integers(base, r.WORDS)
    memory = line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE])
    u = rows_of(base, words, FX_WORK, 0, frames)
    for slot in range(words[r.RETURNS]):
        first = BLOCK * slot
        place = view(base, words, first + FX_INSERT)
        source.fetch(view(base, words, first + FX_PATCH), memory, now, u)
        if place[insert.PLACE, 0] == insert.NOWHERE:
            wires = rows_of(base, words, FX_FADE, 0, frames)
            insert.onward(place, wires)
            insert.scale(u, wires)
            effect(base, slot, frames, now)
            insert.scale(u, wires)
        else:
            u[:, :] = 0.0
        gain.run(view(base, words, first + FX_GAIN), u)
        copy(u, view(base, words, first + FX_RING), now & (source.RING - 1))
