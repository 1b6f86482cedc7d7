"""The queue's end, compiled: views of the rack's units, and the changes that are due carried out whole.

Runs on the audio thread, or on the desk's while nothing else runs.  Touches the rack and nothing else.
"""

from dsp.core import glide
from dsp.core.intrinsics import integers, line64, load_atomic, matrix, store_atomic
from dsp.core.rt import rt
from studiod.realtime import layout as r

NEVER = 1 << 62
PLAIN, MOST = -1, -2  # in place of glide frames: write the cell; write it if that is more
ROW_BITS = 32
TABLE, UNITS, HEADERS = r.TABLE, r.UNITS, r.HEADERS


def slot(unit: int, row: int, lane: int, lanes: int) -> int:
    """The queue's name of a cell."""
    return unit << ROW_BITS | (row * lanes + lane)


@rt
def view(base, words, unit):
    """The state of a unit."""
    at = TABLE + 3 * unit
    return matrix(base + words[r.MEMORY_AT] + 8 * words[at], words[at + 1], words[at + 2])


@rt
def rows_of(base, words, unit, row, frames):
    """Rows of a ring as an array of their own."""
    at = TABLE + 3 * unit
    lanes = words[at + 2]
    return matrix(base + words[r.MEMORY_AT] + 8 * (words[at] + row * lanes), frames, lanes)


@rt
def copy(u, ring, first):
    """Keep u in a ring from its row first on."""
    for i in range(u.shape[0]):
        for c in range(u.shape[1]):
            ring[first + i, c] = u[i, c]


@rt
def put(base, words, where, value, frames):
    """Carry out one entry of a transaction.  Entries outside the table are ignored."""
    unit = where >> ROW_BITS
    cell = where & 0xFFFFFFFF
    if unit < 0 or unit >= UNITS:
        return
    s = view(base, words, unit)
    lanes = s.shape[1]
    row = cell // lanes
    lane = cell % lanes
    if row >= s.shape[0]:
        return
    if frames == PLAIN:
        s[row, lane] = value
    elif frames == MOST:
        s[row, lane] = max(s[row, lane], value)
    else:
        glide.start(s, row, lane, value, frames)
    s[glide.MOVING, 0] = 1.0


@rt
def put_all(base, slots, values, glides):
    """Carry out entries while nothing runs."""
    words = integers(base, TABLE + 3 * UNITS)
    for k in range(slots.shape[0]):
        put(base, words, slots[k], values[k], glides[k])


@rt
def drain(base, words, now):
    """Apply every transaction due by now, in the order of posting; the frame of the next one, or NEVER."""
    heads = base + words[r.HEADERS_AT]
    slots = integers(base + words[r.SLOTS_AT], r.ENTRIES)
    values = line64(base + words[r.VALUES_AT], r.ENTRIES)
    glides = integers(base + words[r.GLIDES_AT], r.ENTRIES)
    while True:
        known = load_atomic(base + 8 * r.LAST_SEQUENCE)  # what appears during the scan waits: its elders come first
        best = NEVER
        chosen = -1
        coming = NEVER
        for h in range(HEADERS):
            at = heads + 8 * r.HEADER_WORDS * h
            sequence = load_atomic(at)
            if sequence == 0 or sequence > known:
                continue
            frame = integers(at, 4)[1]
            if frame > now:
                coming = min(coming, frame)
            elif sequence < best:
                best = sequence
                chosen = h
        if chosen < 0:
            return coming
        head = integers(heads + 8 * r.HEADER_WORDS * chosen, 4)
        if head[1] > 0 and head[1] < now:
            words[r.LATE_COUNT] += 1
        for k in range(head[3]):
            at = (head[2] + k) % r.ENTRIES
            put(base, words, slots[at], values[at], glides[at])
        store_atomic(heads + 8 * r.HEADER_WORDS * chosen, 0)
