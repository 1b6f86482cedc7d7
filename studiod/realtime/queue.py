"""The queue's end, compiled: views of the rack's units, and the changes that are due carried out whole.

Runs on the audio thread, or on the desk's while nothing else runs.  Touches the rack and nothing else.
"""

import numpy as np
from numba import carray

from dsp.core import glide
from dsp.core.intrinsics import flat, integers, line64, load_atomic, matrix, store_atomic
from dsp.core.rt import rt
from dsp.core.vectors import stack
from studiod.realtime import layout as r

NEVER = 1 << 62
PLAIN, MOST = -1, -2  # in place of glide frames: write the cell; write it if that is more
BITS = 20  # of a lane, and of a row
LOW = (1 << BITS) - 1
ROW = 1 << BITS  # from the name of a cell to that of the one in the next row
TABLE, UNITS, HEADERS, HEADER_WORDS, ENTRIES = r.TABLE, r.UNITS, r.HEADERS, r.HEADER_WORDS, r.ENTRIES


def slot(unit: int, row: int, lane: int) -> int:
    """The queue's name of a cell; names in order are cells in the order of the memory."""
    return unit << 2 * BITS | row << BITS | lane


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
def awake(words, unit):
    """Whether a unit may have something to do."""
    return words[r.AWAKE + unit // r.BLOCK] >> (unit % r.BLOCK) & 1 != 0


@rt
def wake(words, unit):
    """From now on it may."""
    words[r.AWAKE + unit // r.BLOCK] |= 1 << (unit % r.BLOCK)


@rt
def rest(words, unit, s):
    """After a unit has run: where nothing of it moves or works, it is passed over until an entry wakes it."""
    if s[glide.MOVING, 0] == 0.0 and s[glide.ACTIVE, 0] == 0.0:
        words[r.AWAKE + unit // r.BLOCK] &= ~(1 << (unit % r.BLOCK))


@rt
def copy(u, ring, first):
    """Keep u in a ring, as many lanes wide, from its row first on."""
    into = flat(ring)[first * u.shape[1] :]
    sound = flat(u)
    for k in range(sound.shape[0]):
        into[k] = sound[k]


@rt
def put(s, where, value, frames):
    """Carry out one entry of a transaction on the state of its unit.  A cell that is not there is ignored."""
    row, lane = where >> BITS & LOW, where & LOW
    if row >= s.shape[0] or lane >= s.shape[1]:
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
    """Carry out entries; those of one unit are best in a row."""
    words = integers(base, r.WORDS)
    last = -1
    s = view(base, words, 0)
    for k in range(slots.shape[0]):
        unit = slots[k] >> 2 * BITS
        if unit < 0 or unit >= UNITS:
            continue
        if unit != last:
            last = unit
            s = view(base, words, unit)
            wake(words, unit)
        put(s, slots[k], values[k], glides[k])


@rt
def carry_out(base, words, first, count):
    """Carry out so many entries of the queue's rings."""
    slots = integers(base + words[r.SLOTS_AT], ENTRIES)
    values = line64(base + words[r.VALUES_AT], ENTRIES)
    glides = integers(base + words[r.GLIDES_AT], ENTRIES)
    end = min(first + count, ENTRIES)
    put_all(base, slots[first:end], values[first:end], glides[first:end])
    over = first + count - end
    put_all(base, slots[:over], values[:over], glides[:over])


@rt
def look(base, words, now, known, due):
    """Every header up to the sequence number `known`: how many are due, noted in due[] in the order of posting, and
    the frame of the next one, or NEVER."""
    heads = integers(base + words[r.HEADERS_AT], HEADERS * HEADER_WORDS)
    count = 0
    coming = NEVER
    for h in range(0, HEADERS * HEADER_WORDS, HEADER_WORDS):
        sequence = load_atomic(base + words[r.HEADERS_AT] + 8 * h)
        if sequence == 0 or sequence > known:
            continue
        if heads[h + 1] > now:
            coming = min(coming, heads[h + 1])
            continue
        k = count
        while k > 0 and heads[due[k - 1]] > sequence:
            due[k] = due[k - 1]
            k -= 1
        due[k] = h
        count += 1
    return count, coming


@rt
def drain(base, words, now):
    """Apply every transaction due by now, in the order of posting; the frame of the next one, or NEVER.

    Where nothing was posted since the last look, and nothing has become due, that costs a look at two words.
    """
    known = load_atomic(base + 8 * r.LAST_SEQUENCE)
    if known == words[r.LOOKED] and now < words[r.COMING]:
        return words[r.COMING]
    heads = integers(base + words[r.HEADERS_AT], HEADERS * HEADER_WORDS)
    due = carray(stack(1, HEADERS), (HEADERS,), np.int64)
    while True:
        count, coming = look(base, words, now, known, due)
        for k in range(count):
            h = due[k]
            if heads[h + 1] > 0 and heads[h + 1] < now:
                words[r.LATE_COUNT] += 1
            carry_out(base, words, heads[h + 2], heads[h + 3])
            store_atomic(base + words[r.HEADERS_AT] + 8 * h, 0)
        words[r.LOOKED], words[r.COMING] = known, coming
        if count == 0:
            return coming
        known = load_atomic(base + 8 * r.LAST_SEQUENCE)  # what appeared meanwhile waits till now: its elders came first
