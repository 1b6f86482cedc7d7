"""16 signals times the Hadamard matrix of signs, eight frames of each at a time: energy is kept, all mixed with all.

Rows are signals, lanes are frames.  Four steps of butterflies, each the same, so that no bit depends on how many frames
are done at once.
"""

from dsp.core.frames import WIDTH
from dsp.core.rt import rt
from dsp.core.vectors import load, store, whole


@rt
def butterflies(v):
    """One of the four steps of `mixed`."""
    return (
        v[0] + v[8], v[0] - v[8], v[1] + v[9], v[1] - v[9], v[2] + v[10], v[2] - v[10], v[3] + v[11], v[3] - v[11],
        v[4] + v[12], v[4] - v[12], v[5] + v[13], v[5] - v[13], v[6] + v[14], v[6] - v[14], v[7] + v[15], v[7] - v[15],
    )  # fmt: skip


@rt
def mixed(v, k):
    """16 rows of v from lane k on times the Hadamard matrix of signs, which is four times as loud."""
    p = whole(WIDTH)
    rows = (
        load(v, 0, k, p), load(v, 1, k, p), load(v, 2, k, p), load(v, 3, k, p), load(v, 4, k, p), load(v, 5, k, p),
        load(v, 6, k, p), load(v, 7, k, p), load(v, 8, k, p), load(v, 9, k, p), load(v, 10, k, p), load(v, 11, k, p),
        load(v, 12, k, p), load(v, 13, k, p), load(v, 14, k, p), load(v, 15, k, p),
    )  # fmt: skip
    return butterflies(butterflies(butterflies(butterflies(rows))))


@rt
def mix_into(v, k):
    """The same in place, as loud as it was."""
    m = mixed(v, k)
    p = whole(WIDTH)
    store(v, 0, k, p, 0.25 * m[0])
    store(v, 1, k, p, 0.25 * m[1])
    store(v, 2, k, p, 0.25 * m[2])
    store(v, 3, k, p, 0.25 * m[3])
    store(v, 4, k, p, 0.25 * m[4])
    store(v, 5, k, p, 0.25 * m[5])
    store(v, 6, k, p, 0.25 * m[6])
    store(v, 7, k, p, 0.25 * m[7])
    store(v, 8, k, p, 0.25 * m[8])
    store(v, 9, k, p, 0.25 * m[9])
    store(v, 10, k, p, 0.25 * m[10])
    store(v, 11, k, p, 0.25 * m[11])
    store(v, 12, k, p, 0.25 * m[12])
    store(v, 13, k, p, 0.25 * m[13])
    store(v, 14, k, p, 0.25 * m[14])
    store(v, 15, k, p, 0.25 * m[15])
