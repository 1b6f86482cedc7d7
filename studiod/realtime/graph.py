"""The one order in which everything runs, compiled: called by the card, the clock and the render alike.

Runs on the audio thread.  Touches the rack and nothing else.  A quantum ends at the first of: a multiple of 32 absolute
frames, the end of the device's block, the next change that is due.  Nothing audible is computed per quantum.
"""

from dsp import source
from dsp.core.intrinsics import floats, flush_to_zero, integers, line64, restore_flush, store_atomic
from dsp.core.rt import rt
from dsp.core.standing import standing
from studiod.realtime import effects, inputs, mixes, monitor, multitrack, outputs, strip, utility
from studiod.realtime import layout as r
from studiod.realtime.queue import drain, rows_of, view

QUANTUM = r.QUANTUM


@rt
def quantum(base, words, now, frames, ins, outs):
    """At most 32 frames through the whole desk."""
    inputs.run(base, words, now, frames, ins)
    multitrack.play(base, words, now, frames)
    effects.turn(base, words, now)
    if words[r.SPARED] & r.SPARE_TOOLS == 0:
        utility.run(base, frames, now)
    u = rows_of(base, words, strip.WORK, 0, frames)
    memory = line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE])
    source.fetch(view(base, words, strip.PATCH_IN), memory, now, u)
    utility.add(base, words, utility.TOOLS_IN, u)
    strip.run(base, r.INPUT_BANK, frames, now)
    mixes.run(base, words, now, frames)
    effects.run(base, frames, now)
    if words[r.SPARED] & r.SPARE_MONITOR == 0:
        monitor.run(base, frames, now)
    outputs.run(base, words, now, frames)
    multitrack.record(base, words, now, frames)
    outputs.leave(base, words, now, frames, outs)


@standing("studiod_graph", 4)
def block(base, ins, outs, frames):
    """See run."""
    before = flush_to_zero()
    words = integers(base, r.WORDS)
    start = words[r.FRAME]
    lanes_in = words[r.INPUTS]
    lanes_out = words[r.OUTPUTS]
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
            floats(ins + 4 * done * lanes_in, n * lanes_in),
            floats(outs + 4 * done * lanes_out, n * lanes_out),
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
    words = integers(base, r.TABLE)
    sequence = words[r.STAMP_SEQUENCE]
    store_atomic(base + 8 * r.STAMP_SEQUENCE, sequence + 1)
    store_atomic(base + 8 * r.STAMP_FRAME, words[r.FRAME])
    store_atomic(base + 8 * r.STAMP_NS, ns)
    store_atomic(base + 8 * r.STAMP_SEQUENCE, sequence + 2)
