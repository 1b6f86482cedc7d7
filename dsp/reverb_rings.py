"""Where the reverb keeps its sound: a ring for each delay, just longer than the delay is, and the rows of its state.

All rings lie in one line, one behind the other, laid out anew whenever they are empty: what a room does not need is
never touched, and several reverbs stay within the cache.  A ring is written in passes of at most 32 frames, which never
cross its end.  Its first 64 frames stand once more behind its last, so that a pass is read in one piece from anywhere.
What is older than FILLED counts as silence: so the rings are emptied in no time.
"""

import math
from collections.abc import Iterable

from dsp.core import glide, passband
from dsp.core.rt import rt
from dsp.core.vectors import load, store, whole
from dsp.reverb_rooms import LINES

PASS = 32  # frames
AGAIN = 64  # frames of a ring that stand behind it, too: those of a pass, and the taps beyond
PAGE = 512  # cells

# The lanes of the state are the lines; those of the row KNOBS are the settings of the whole.
# KNOBS: see below   GAIN POLE: of each line, y = GAIN x + POLE y
KNOBS, GAIN, POLE = GLIDES = tuple(range(2, 2 + 3 * glide.SIZE, glide.SIZE))
# lanes of KNOBS; WIRE, FEED and CROSS are moved from here only: 0 while lengths change; what goes in; to PRE_TO
WET, WIDTH, WOBBLE, LEVEL, EARLY, LOW, LOW_PART, HIGH, HIGH_PART, WIRE, FEED, CROSS = range(12)
# AT: frames of the lines of both diffusers and the loop, then what left and right hear of each, now and wanted
AT, NEXT, PARTS, EARS = 20, 25, 5, 23
# PRE: frames of the predelay, now, to, wanted   TURN: e
PRE, PRE_TO, NEXT_PRE, ASK, STAGE, FADE, FILLED, TURN = range(30, 38)
# lanes of FILLED, frames: that the rings hold; of silence until they count as empty; that any can hold; of a swing;
# then the cells of the line that are touched already, see `touch`
HELD, AWAKE, MOST, SWING, TOUCHED = range(5)
# FIRST: cell of a ring's frame 0   ROOM: its frames   PLACE: where it is written; three rows each, of the rings below
FIRST, ROOM, PLACE = 38, 41, 44
# SIN COS: where each line swings   LOW_PASS: y   CUTS: of passband, lanes left and right
MEMORY = SIN = 47
COS, LOW_PASS, CUTS = 48, 49, 50
ROWS = CUTS + passband.MEMORY

# The rings, of which a row holds 16.  ENTRY: left and right before the predelay, then four that the first diffuser
# reads, left and right, each as it is and upside down; SPREAD: second diffuser; LOOP
ENTRY, SPREAD, LOOP = range(3)
WAIT, ONCE = 0, 2  # lanes of ENTRY
ENTRIES = 6


@rt
def room(late):
    """The frames of a ring for reads so late: room for a pass and what is written beyond it; an odd number of passes,
    so that rings do not begin at the same places of the cache."""
    return ((late + PASS + AGAIN - 1) // PASS | 1) * PASS


def cells(delays: Iterable[float]) -> int:
    """What rings for these delays need at most, in frames."""
    return sum(math.ceil(late) + 4 * PASS + AGAIN for late in delays)


@rt
def touch(s, line):
    """The next page of a line that rests: so that none is new to the system when a sound needs them all at once."""
    at = int(s[FILLED, TOUCHED])
    if at < line.shape[1]:
        line[0, at] = 0.0
        s[FILLED, TOUCHED] = at + PAGE


@rt
def lay(s, line, row, lane, late, at, frame):
    """Put one ring at a cell of the line; gives the cell behind it."""
    frames = room(min(max(int(late), 0), int(s[FILLED, MOST])))
    if at + frames + AGAIN > line.shape[1]:
        at = 0  # for lengths that no room has: what must never happen is harmless
    s[FIRST + row, lane] = at
    s[ROOM + row, lane] = frames
    s[PLACE + row, lane] = PASS + frame % PASS
    return at + frames + AGAIN


@rt
def lay_out(s, line, frame):
    """Lay the rings out for what is to be written from an absolute frame on; before it there is silence."""
    at = 0
    longest = 0.0
    for c in range(LINES):
        longest = max(longest, s[AT, c])
    for c in range(WAIT + 2):
        at = lay(s, line, ENTRY, c, s[FILLED, MOST], at, frame)
    for c in range(ONCE, ENTRIES):
        at = lay(s, line, ENTRY, c, longest, at, frame)
    for c in range(LINES):
        at = lay(s, line, SPREAD, c, s[AT + 1, c], at, frame)
    for c in range(LINES):
        at = lay(s, line, LOOP, c, s[AT + 2, c] + s[FILLED, SWING], at, frame)
        here = int(s[FIRST + LOOP, c]) + int(s[PLACE + LOOP, c])
        for late in range(1, 3):  # for reads between frames that straddle the first
            line[0, here - late] = 0.0
            line[0, here - late + int(s[ROOM + LOOP, c])] = 0.0


@rt
def now(s, row, lane):
    """The cell that is written first in this pass."""
    return int(s[FIRST + row, lane]) + int(s[PLACE + row, lane])


@rt
def since(s, row, lane, late):
    """The cell that was written so many frames before; this pass can be read on from there."""
    frames = int(s[ROOM + row, lane])
    late = late if 0 <= late < frames else 0  # what is no number must not become an index
    place = int(s[PLACE + row, lane]) - late
    return int(s[FIRST + row, lane]) + (place if place >= 0 else place + frames)


@rt
def again(s, line, row, first, end):
    """After a pass is written: let the first frames of these rings stand behind the last ones, too."""
    for c in range(first, end):
        place = int(s[PLACE + row, c]) & ~(PASS - 1)
        if place < AGAIN:
            at = int(s[FIRST + row, c]) + place
            for k in range(0, PASS, 16):
                store(line, 0, at + int(s[ROOM + row, c]) + k, whole(16), load(line, 0, at + k, whole(16)))


@rt
def left(s):
    """How many frames the rings can be written in one pass."""
    return PASS - int(s[PLACE, 0]) % PASS


@rt
def onward(s, frames):
    """All rings after a pass."""
    for row in range(3):
        for c in range(LINES):
            place = s[PLACE + row, c] + frames
            s[PLACE + row, c] = place if place < s[ROOM + row, c] else 0.0
    s[FILLED, HELD] = min(s[FILLED, HELD] + frames, s[FILLED, MOST])
