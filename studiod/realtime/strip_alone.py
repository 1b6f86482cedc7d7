"""The strip of the mains by itself, compiled: what is put in comes out of its fader, and no console stands around it.

Runs where a rack has no other runner, on any thread.  Touches the rack and nothing else.
"""

from dsp.core.intrinsics import flush_to_zero, integers, restore_flush
from dsp.core.rt import rt
from studiod.realtime import effects, strip
from studiod.realtime import layout as r
from studiod.realtime.queue import rows_of

WORK = r.MAIN_BANK * r.BLOCK + strip.WORK


@rt
def run(base, u):
    """u[frame, 2] in place, from the rack's frame on, in the quanta in which the graph runs."""
    before = flush_to_zero()
    words = integers(base, r.WORDS)
    done = 0
    while done < u.shape[0]:
        now = words[r.FRAME]
        frames = min(u.shape[0] - done, r.QUANTUM - now % r.QUANTUM)
        effects.turn(base, words, now)
        work = rows_of(base, words, WORK, 0, frames)
        for i in range(frames):
            for c in range(2):
                work[i, c] = u[done + i, c]
        strip.run(base, r.MAIN_BANK, frames, now)
        for i in range(frames):
            for c in range(2):
                u[done + i, c] = work[i, c]
        words[r.FRAME] = now + frames
        done += frames
    restore_flush(before)
