"""Lanes of one block of sound into the lanes of another."""

from dsp.core.rt import rt
from dsp.core.vectors import load, store, whole

WIDTH = 8  # lanes of a tile


@rt
def columns(u, first, into):
    """The lanes of u[frame, lane] from first on, as many as into[frame, lane] has."""
    lanes = into.shape[1]
    c = 0
    while c + WIDTH <= lanes:
        for i in range(into.shape[0]):
            store(into, i, c, whole(WIDTH), load(u, i, first + c, whole(WIDTH)))
        c += WIDTH
    for i in range(into.shape[0]):
        for k in range(c, lanes):
            into[i, k] = u[i, first + k]
