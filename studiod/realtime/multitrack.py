"""The multitrack's two ends in the graph, compiled: what the player wrote, and what the recorder will fetch.

Runs on the audio thread.  Touches the rack and nothing else.  The player fills its ring ahead of time and says from
which frame to which it holds good; whatever lies outside is silence.  Nothing armed costs a look at two cells.
"""

import numpy as np

from dsp import source
from dsp.core.glide import ACTIVE, MOVING
from dsp.core.intrinsics import floats, line64, load_atomic
from dsp.core.rt import rt
from studiod.realtime import layout as r
from studiod.realtime.queue import rows_of, view
from studiod.realtime.section import Section, numbered

SECTION = Section(r.TRACKS, lambda size, _: size.channels + 1)  # lane 0 is the probe, track N lane N
TRACK_RING = SECTION.ring(lambda size, _: numbered("track", size.channels, 1))
PATCH_REC = SECTION.unit(source, state=lambda size, _: source.state(size.channels + 1, own=True))
REC_WORK = SECTION.room()


@rt
def play(base, words, now, frames):
    """The player's frames into the ring that `track/N` is read from; silence once it is over."""
    first = load_atomic(base + 8 * r.PLAY_FROM)
    last = load_atomic(base + 8 * r.PLAY_TO)
    sounds = first < now + frames and last > now
    if sounds:
        words[r.PLAY_HEARD] = now + frames
    elif now >= words[r.PLAY_HEARD] + source.RING:
        return  # nothing but silence is left in the ring
    ring = view(base, words, TRACK_RING)
    length = words[r.PLAY_FRAMES]
    lanes = min(words[r.PLAY_LANES], ring.shape[1]) if sounds else 0
    played = floats(base + words[r.PLAY_AT], length * lanes)
    row = now & (source.RING - 1)
    ring[row : row + frames, lanes:] = 0.0
    for c in range(lanes):
        at = c * length + now % length
        for i in range(frames):
            good = now + i >= first and now + i < last
            ring[row + i, c] = np.float64(played[at + i]) if good else 0.0


@rt
def record(base, words, now, frames):
    """What the armed tracks hear, at the end of the quantum, into the recorder's ring."""
    s = view(base, words, PATCH_REC)
    length = words[r.RECORD_FRAMES]
    if length == 0 or (s[ACTIVE, 0] == 0.0 and s[MOVING, 0] == 0.0):
        return
    u = rows_of(base, words, REC_WORK, 0, frames)
    source.fetch(s, line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE]), now, u)
    lanes = u.shape[1]
    ring = floats(base + words[r.RECORD_AT], length * lanes)
    for c in range(lanes):
        if s[source.BASE, c] != source.OWN:
            at = c * length + now % length
            for i in range(frames):
                ring[at + i] = np.float32(u[i, c])
