"""Whether a block of sound holds nothing but numbers, many lanes at a time: one that holds others says which lanes."""

from dsp.core.rt import rt
from dsp.core.vectors import every, fma, head, load, store, whole

WIDTH, NARROW = 32, 8  # lanes of a tile


@rt
def tile(u, found, c, part):
    """The part of the lanes that begins at c: found[0, lane] is 0 for numbers, else no number; whether all are."""
    total = 0.0 * load(u, 0, c, part)
    for i in range(1, u.shape[0]):
        total = fma(load(u, i, c, part), 0.0, total)
    store(found, 0, c, part, total)
    return every(total == 0.0)


@rt
def finite(u, found):
    """Whether all of u[frame, lane], at least a frame, are numbers; found[0, lane] is 0 where a lane's are."""
    lanes = u.shape[1]
    fine = True
    c = 0
    while c + WIDTH <= lanes:
        fine = tile(u, found, c, whole(WIDTH)) and fine
        c += WIDTH
    while c + NARROW <= lanes:
        fine = tile(u, found, c, whole(NARROW)) and fine
        c += NARROW
    if c < lanes:
        fine = tile(u, found, c, head(NARROW, lanes - c)) and fine
    return fine
