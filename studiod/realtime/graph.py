"""The one order in which everything runs, compiled: called by the card, the clock and the render alike.

Runs on the audio thread.  Touches the rack and nothing else.  A quantum ends at the first of: a multiple of 32 absolute
frames, the end of the device's block, the next change that is due.  Nothing audible is computed per quantum.
"""

import numpy as np

from dsp import ceiling, delay, gain, limiter, meter, mix, source
from dsp.core.intrinsics import floats, flush_to_zero, integers, line64, restore_flush, store_atomic
from dsp.core.rt import rt, standing
from studiod.realtime import effects, monitor, multitrack, strip, utility
from studiod.realtime import layout as r
from studiod.realtime.queue import copy, drain, rows_of, view

TABLE, UNITS, QUANTUM, RING = r.TABLE, r.UNITS, r.QUANTUM, source.RING
BLOCK = r.UNITS_A_BANK


@rt
def listen(base, words, now, frames, ins):
    """The device's inputs, or the tape in their place, into the ring of inputs; what is no number becomes silence."""
    ring = view(base, words, r.INPUT_RING)
    channels = ring.shape[1]
    width = words[r.TAPE_TRACKS]
    length = words[r.TAPE_FRAMES]
    tape = floats(base + words[r.TAPE_AT], length * width)
    for i in range(frames):
        row = (now + i) & (RING - 1)
        at = now + i - words[r.TAPE_START]
        if words[r.TAPE_LOOP] > 0 and at >= 0 and length > 0:
            at %= length
        rolls = at >= 0 and at < length
        taped = min(width, channels)
        faults = 0
        for c in range(taped):
            x = np.float64(tape[at * width + c]) if rolls else 0.0
            ring[row, c] = x if x - x == 0.0 else 0.0
            faults += 0 if x - x == 0.0 else 1
        into = ring[row, taped:]
        given = ins[i * channels + taped : (i + 1) * channels]
        for c in range(into.shape[0]):
            x = np.float64(given[c])
            into[c] = x if x - x == 0.0 else 0.0
            faults += 0 if x - x == 0.0 else 1
        words[r.FAULTS] += faults
    heard = rows_of(base, words, r.INPUT_RING, now & (RING - 1), frames)
    meter.gather(view(base, words, r.METER_IN), heard, now, words[r.GRID_FRAMES])
    multitrack.play(base, words, now, frames)


@rt
def limit(base, words, main, now):
    """The limiter of the mains, into the ring that `main` is read from, and the meter of what leaves it."""
    s = view(base, words, r.LIMITER)
    m = view(base, words, r.METER_MAIN)
    limiter.run(s, main)
    copy(main, view(base, words, r.LIMITED), now & (RING - 1))
    meter.note(m, meter.LIMITER, 0, limiter.reduction_db(s), now, words[r.GRID_FRAMES])
    meter.gather(m, main, now, words[r.GRID_FRAMES])


@rt
def cross(base, words, bank, row, into):
    """Every tap of a bank into a mix."""
    for tap in range(4):
        ring = rows_of(base, words, bank * BLOCK + r.RING_1 + tap, row, into.shape[0])
        mix.add(view(base, words, bank * BLOCK + r.MIX_1 + tap), ring, into)


@rt
def columns(u, first, into):
    """The columns of a mix from first on, as many as a bank has lanes."""
    for i in range(into.shape[0]):
        for c in range(into.shape[1]):
            into[i, c] = u[i, first + c]


@rt
def sum_up(base, words, now, frames):
    """Inputs bank to buses bank to mains bank to matrices, and what is soloed of each."""
    row = now & (RING - 1)
    mixed = rows_of(base, words, r.MIX_WORK, 0, frames)
    mixed[:, :] = 0.0
    cross(base, words, r.INPUT_BANK, row, mixed)
    utility.add(base, words, r.TOOLS_MIX, mixed)
    columns(mixed, 0, rows_of(base, words, r.BUS_BANK * BLOCK + r.WORK, 0, frames))
    strip.run(base, r.BUS_BANK, frames, now)
    late = rows_of(base, words, r.LATE_WORK, 0, frames)
    late[:, :] = 0.0
    for i in range(frames):
        for c in range(r.SIDES):
            late[i, c] = mixed[i, words[r.BUSES] + c]
    cross(base, words, r.BUS_BANK, row, late)
    main = rows_of(base, words, r.MAIN_BANK * BLOCK + r.WORK, 0, frames)
    columns(late, 0, main)
    strip.run(base, r.MAIN_BANK, frames, now)
    if words[r.MATRICES] > 0:
        cross(base, words, r.MAIN_BANK, row, late)
        utility.add(base, words, r.TOOLS_LATE, late)
        columns(late, r.SIDES, rows_of(base, words, r.MATRIX_BANK * BLOCK + r.WORK, 0, frames))
        strip.run(base, r.MATRIX_BANK, frames, now)
        cross(base, words, r.MATRIX_BANK, row, late)
    columns(late, 2, rows_of(base, words, r.SOLO_WORK, 0, frames))
    limit(base, words, main, now)


@rt
def leave(base, words, now, frames, outs):
    """The outputs: source, level, delay, ceiling, start fade; to the device, the meters, and the capture if any."""
    o = rows_of(base, words, r.OUT_WORK, 0, frames)
    memory = line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE])
    source.fetch(view(base, words, r.PATCH_OUT), memory, now, o)
    gain.run(view(base, words, r.OUT_GAIN), o)
    delay.pass_on(view(base, words, r.OUT_DELAY), view(base, words, r.OUT_LINE), o, now)
    ceiling.run(view(base, words, r.OUT_CEILING), o)
    gain.run(view(base, words, r.OUT_FADE), o)
    meter.gather(view(base, words, r.METER_OUT), o, now, words[r.GRID_FRAMES])
    length = view(base, words, r.EAR).shape[0]
    source.fetch(view(base, words, r.PATCH_EAR), memory, now, rows_of(base, words, r.EAR, now % length, frames))
    multitrack.record(base, words, now, frames)
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
    effects.turn(base, words, now)
    utility.run(base, frames, now)
    u = rows_of(base, words, r.WORK, 0, frames)
    memory = line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE])
    source.fetch(view(base, words, r.PATCH_IN), memory, now, u)
    utility.add(base, words, r.TOOLS_IN, u)
    strip.run(base, r.INPUT_BANK, frames, now)
    sum_up(base, words, now, frames)
    effects.run(base, frames, now)
    monitor.run(base, frames, now)
    leave(base, words, now, frames, outs)


@standing("studiod_graph", 4)
def block(base, ins, outs, frames):
    """See run."""
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
def run(base, ins, outs, frames):
    """One block: base is the rack's address here, ins and outs those of float32 [frames, channels]."""
    block(base, ins, outs, frames)


@rt
def stamp(base, ns):
    """Note which frame the runner was at, and when, for the frame clock."""
    words = integers(base, TABLE)
    sequence = words[r.STAMP_SEQUENCE]
    store_atomic(base + 8 * r.STAMP_SEQUENCE, sequence + 1)
    store_atomic(base + 8 * r.STAMP_FRAME, words[r.FRAME])
    store_atomic(base + 8 * r.STAMP_NS, ns)
    store_atomic(base + 8 * r.STAMP_SEQUENCE, sequence + 2)
