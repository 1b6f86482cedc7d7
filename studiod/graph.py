"""The one order in which everything runs, compiled: called by the card, the clock and the render alike.

Runs on the audio thread.  Touches the rack and nothing else.  A quantum ends at the first of: a multiple of 32 absolute
frames, the end of the device's block, the next change that is due.  Nothing audible is computed per quantum.
"""

import numpy as np

from dsp import ceiling, comp, gain, gate, glide, meter, mix, patch, svf
from dsp.machine import (
    floats,
    flush_to_zero,
    integers,
    line64,
    load_atomic,
    matrix,
    restore_flush,
    store_atomic,
)
from dsp.rt import rt
from studiod import rack as r

NEVER = 1 << 62
PLAIN, MOST = -1, -2  # in place of glide frames: write the cell; write it if that is more
ROW_BITS = 32
SVF_MEMORY, COMP_MEMORY, GATE_MEMORY = svf.MEMORY, comp.MEMORY, gate.MEMORY
HPF_1, HPF_2, GATE, COMP, EQ_1, FADER, METER = r.HPF_1, r.HPF_2, r.GATE, r.COMP, r.EQ_1, r.FADER, r.METER
TABLE, UNITS, HEADERS, QUANTUM, RING = r.TABLE, r.UNITS, r.HEADERS, r.QUANTUM, patch.RING
BLOCK = r.UNITS_A_BANK


def slot(unit: int, row: int, lane: int, lanes: int) -> int:
    """The queue's name of a cell."""
    return unit << ROW_BITS | (row * lanes + lane)


@rt
def view(base, words, unit):
    """The state of a unit."""
    at = TABLE + 3 * unit
    return matrix(base + words[r.MEMORY_AT] + 8 * words[at], words[at + 1], words[at + 2])


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


@rt
def copy(u, ring, first):
    """Keep u in a ring from its row first on."""
    for i in range(u.shape[0]):
        for c in range(u.shape[1]):
            ring[first + i, c] = u[i, c]


@rt
def forget(s, first, c):
    """Clear the memory of one lane."""
    for row in range(first, s.shape[0]):
        s[row, c] = 0.0


@rt
def guard(base, words, bank, u, row):
    """Silence each lane that holds anything but numbers, clear its memory, count it."""
    first = bank * BLOCK
    bad = view(base, words, first + r.GUARD)
    frames, lanes = u.shape
    for c in range(lanes):
        bad[0, c] = 0.0
    for i in range(frames):
        for c in range(lanes):
            bad[0, c] += u[i, c] * 0.0
    for c in range(lanes):
        if bad[0, c] == 0.0:
            continue
        words[r.FAULTS] += 1
        for tap in range(4):
            ring = view(base, words, first + r.RING_1 + tap)
            for i in range(frames):
                ring[row + i, c] = 0.0
        for i in range(frames):
            u[i, c] = 0.0
        forget(view(base, words, first + HPF_1), SVF_MEMORY, c)
        forget(view(base, words, first + HPF_2), SVF_MEMORY, c)
        forget(view(base, words, first + GATE), GATE_MEMORY, c)
        forget(view(base, words, first + COMP), COMP_MEMORY, c)
        for band in range(4 if bank == 0 else 6):
            forget(view(base, words, first + EQ_1 + band), SVF_MEMORY, c)


@rt
def strip(base, words, bank, u, now):
    """Every unit of a strip on every lane of a bank, and its taps into their rings."""
    first = bank * BLOCK
    row = now & (RING - 1)
    gain.run(view(base, words, first + r.TRIM), u)
    copy(u, view(base, words, first + r.RING_1), row)
    svf.run(view(base, words, first + HPF_1), u)
    svf.run(view(base, words, first + HPF_2), u)
    gate.run(view(base, words, first + GATE), u)
    copy(u, view(base, words, first + r.RING_1 + 1), row)
    comp.run_at(view(base, words, first + COMP), u, 0)
    for band in range(4 if bank == 0 else 6):
        svf.run(view(base, words, first + EQ_1 + band), u)
    comp.run_at(view(base, words, first + COMP), u, 1)
    copy(u, view(base, words, first + r.RING_1 + 2), row)
    gain.run(view(base, words, first + FADER), u)
    copy(u, view(base, words, first + r.RING_1 + 3), row)
    guard(base, words, bank, u, row)
    before = matrix_rows(base, words, first + r.RING_1 + 2, row, u.shape[0])
    meter.gather(view(base, words, first + METER), before, now, words[r.GRID_FRAMES])


@rt
def matrix_rows(base, words, unit, row, frames):
    """Rows of a ring as an array of their own."""
    at = TABLE + 3 * unit
    lanes = words[at + 2]
    return matrix(base + words[r.MEMORY_AT] + 8 * (words[at] + row * lanes), frames, lanes)


@rt
def listen(base, words, now, frames, ins):
    """The device's inputs, or the tape in their place, into the ring of inputs; what is no number becomes silence."""
    ring = view(base, words, r.INPUT_RING)
    channels = ring.shape[1]
    tracks = words[r.TAPE_TRACKS]
    length = words[r.TAPE_FRAMES]
    tape = floats(base + words[r.TAPE_AT], length * tracks)
    for i in range(frames):
        row = (now + i) & (RING - 1)
        at = now + i - words[r.TAPE_START]
        if words[r.TAPE_LOOP] > 0 and at >= 0 and length > 0:
            at %= length
        rolls = at >= 0 and at < length
        taped = min(tracks, channels)
        faults = 0
        for c in range(taped):
            x = np.float64(tape[at * tracks + c]) if rolls else 0.0
            ring[row, c] = x if x - x == 0.0 else 0.0
            faults += 0 if x - x == 0.0 else 1
        into = ring[row, taped:]
        given = ins[i * channels + taped : (i + 1) * channels]
        for c in range(into.shape[0]):
            x = np.float64(given[c])
            into[c] = x if x - x == 0.0 else 0.0
            faults += 0 if x - x == 0.0 else 1
        words[r.FAULTS] += faults


@rt
def sum_up(base, words, now, frames):
    """Inputs bank to buses bank to mains bank."""
    row = now & (RING - 1)
    buses = words[r.BUSES]
    mixed = matrix_rows(base, words, r.MIX_WORK, 0, frames)
    mixed[:, :] = 0.0
    for tap in range(4):
        mix.add(view(base, words, r.MIX_1 + tap), matrix_rows(base, words, r.RING_1 + tap, row, frames), mixed)
    u = matrix_rows(base, words, BLOCK + r.WORK, 0, frames)
    for i in range(frames):
        for c in range(buses):
            u[i, c] = mixed[i, c]
    strip(base, words, 1, u, now)
    main = matrix_rows(base, words, 2 * BLOCK + r.WORK, 0, frames)
    for i in range(frames):
        main[i, 0] = mixed[i, buses]
        main[i, 1] = mixed[i, buses + 1]
    mix.add(view(base, words, BLOCK + r.MIX_1 + 3), matrix_rows(base, words, BLOCK + r.RING_1 + 3, row, frames), main)
    strip(base, words, 2, main, now)


@rt
def leave(base, words, now, frames, outs):
    """The outputs: source, level, ceiling, start fade; to the device, and to the capture when there is one."""
    o = matrix_rows(base, words, r.OUT_WORK, 0, frames)
    memory = line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE])
    patch.fetch(view(base, words, r.PATCH_OUT), memory, now, o)
    gain.run(view(base, words, r.OUT_GAIN), o)
    ceiling.run(view(base, words, r.OUT_CEILING), o)
    gain.run(view(base, words, r.OUT_FADE), o)
    count = o.shape[1]
    length = words[r.CAPTURE_FRAMES]
    ring = floats(base + words[r.CAPTURE_AT], length * count)
    for i in range(frames):
        for c in range(count):
            outs[i * count + c] = np.float32(o[i, c])
        if length > 0:
            at = (now + i) % length
            for c in range(count):
                ring[at * count + c] = np.float32(o[i, c])


@rt
def quantum(base, words, now, frames, ins, outs):
    """At most 32 frames through the whole desk."""
    listen(base, words, now, frames, ins)
    u = matrix_rows(base, words, r.WORK, 0, frames)
    memory = line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE])
    patch.fetch(view(base, words, r.PATCH_IN), memory, now, u)
    strip(base, words, 0, u, now)
    sum_up(base, words, now, frames)
    leave(base, words, now, frames, outs)


@rt
def run(base, ins, outs, frames):
    """One block: base is the rack's address here, ins and outs those of float32 [frames, channels]."""
    before = flush_to_zero()
    words = integers(base, TABLE + 3 * UNITS)
    start = words[r.FRAME]
    inputs = words[r.INPUTS]
    outputs = words[r.OUTPUTS]
    done = 0
    while done < frames:
        now = start + done
        due = drain(base, words, now)
        n = min(min(frames - done, QUANTUM - now % QUANTUM), due - now)
        quantum(
            base,
            words,
            now,
            n,
            floats(ins + 4 * done * inputs, n * inputs),
            floats(outs + 4 * done * outputs, n * outputs),
        )
        done += n
    words[r.BLOCKS] += 1
    store_atomic(base + 8 * r.FRAME, start + frames)
    restore_flush(before)


@rt
def stamp(base, ns):
    """Note which frame the runner was at, and when, for the frame clock."""
    words = integers(base, TABLE)
    sequence = words[r.STAMP_SEQUENCE]
    store_atomic(base + 8 * r.STAMP_SEQUENCE, sequence + 1)
    store_atomic(base + 8 * r.STAMP_FRAME, words[r.FRAME])
    store_atomic(base + 8 * r.STAMP_NS, ns)
    store_atomic(base + 8 * r.STAMP_SEQUENCE, sequence + 2)
