"""Where a slot of effects is inserted, and the fade between the dry sound and its own; a lane of the state is a slot.

A change of place fades the effect out, waits for a multiple of QUANTUM absolute frames, switches, and fades it in:
within a quantum a slot is in one place, whatever the block.  What goes in fades too: its memory hears no step.
"""

import numpy as np

from dsp.core import glide
from dsp.core.glide import LEFT, MOVING, VALUE
from dsp.core.rt import rt

QUANTUM = 32
NOWHERE = -1  # in place of a place: the slot has a source of its own

# WIRE: fade of the effect   PLACE FIRST SECOND: place, its lanes (SECOND -1: mono)   NEXT_..: wanted   ASK: 2 to switch
WIRE = 2
PLACE, FIRST, SECOND = 8, 9, 10
NEXT_PLACE, NEXT_FIRST, NEXT_SECOND = 11, 12, 13
ASK, STAGE, FADE = 14, 15, 16
ROWS = 17
MEMORY = ROWS
GLIDES = (WIRE,)
FADE_MS = 20.0
FADES = {FADE: FADE_MS}


def state(lanes, fade_frames=240):
    """Nowhere, each slot whole.  Shape [17, lanes]."""
    s = np.zeros((ROWS, lanes))
    glide.rest(s, WIRE, 1.0)
    s[FADE] = fade_frames
    s[PLACE] = s[NEXT_PLACE] = NOWHERE
    return s


@rt
def turn(s, now):
    """At the head of a quantum: begin a switch that is asked for, and switch when the fade and the grid allow."""
    if s[MOVING, 0] == 0.0:
        return
    moving = 0.0
    for c in range(s.shape[1]):
        if s[ASK, c] > 0.0:
            s[ASK, c] = 0.0
            if s[STAGE, c] != 1.0:
                s[STAGE, c] = 1.0
                glide.start(s, WIRE, c, 0.0, int(s[FADE, c]))
        if s[STAGE, c] == 1.0 and s[WIRE + LEFT, c] == 0.0 and now % QUANTUM == 0:
            for k in range(3):
                s[PLACE + k, c] = s[NEXT_PLACE + k, c]
            s[STAGE, c] = 2.0
            glide.start(s, WIRE, c, 1.0, int(s[FADE, c]))
        if s[STAGE, c] == 2.0 and s[WIRE + LEFT, c] == 0.0:
            s[STAGE, c] = 0.0
        if s[STAGE, c] > 0.0:
            moving = 1.0
    s[MOVING, 0] = moving


@rt
def onward(s, wires):
    """The fade of a slot on each frame, into wires[frame, 0]: what goes in and what comes out are both faded."""
    for i in range(wires.shape[0]):
        if s[WIRE + LEFT, 0] > 0.0:
            glide.step(s, WIRE)
        wires[i, 0] = s[WIRE + VALUE, 0]


@rt
def scale(u, wires):
    """u[frame, 2] in place, times the fade."""
    for i in range(u.shape[0]):
        u[i, 0] *= wires[i, 0]
        u[i, 1] *= wires[i, 0]


@rt
def take(s, u, work, wires):
    """The lanes of a strip's u[frame, lane] into work[frame, 2], faded; a mono one on both sides."""
    first = int(s[FIRST, 0])
    second = int(s[SECOND, 0]) if s[SECOND, 0] >= 0.0 else first
    for i in range(u.shape[0]):
        work[i, 0] = u[i, first] * wires[i, 0]
        work[i, 1] = u[i, second] * wires[i, 0]


@rt
def blend(dry, wet, wire):
    """Exactly the wet sound where the fade is whole."""
    return wet if wire == 1.0 else dry + wire * (wet - dry)


@rt
def give(s, u, work, wires):
    """The effect's work[frame, 2] back into the lanes of u; on a mono one half of both sides."""
    first = int(s[FIRST, 0])
    second = int(s[SECOND, 0])
    for i in range(u.shape[0]):
        if second < 0:
            u[i, first] = blend(u[i, first], 0.5 * (work[i, 0] + work[i, 1]), wires[i, 0])
        else:
            u[i, first] = blend(u[i, first], work[i, 0], wires[i, 0])
            u[i, second] = blend(u[i, second], work[i, 1], wires[i, 0])
