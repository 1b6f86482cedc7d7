"""Loudness of any lanes: K-weighted mean squares on a 10 ms grid of absolute frames, and every reading made of them.

ITU-R BS.1770-5 (weighting, gates), EBU Tech 3341 (momentary, short-term, integrated), EBU Tech 3342 (range).  The
two biquads come from their analog prototypes at any rate; at 48 kHz they are the table of BS.1770 to 1e-13.  The grid
is 10 ms because a maximum on a coarser one falls between two windows (Tech 3341, case 13).
"""

import math

import numpy as np

from dsp.core.grid import GRID_HZ, cell_of, end_of
from dsp.core.rt import rt

MOMENTARY, SHORT, HOP = 40, 300, 10  # cells: 400 ms, 3 s, and the 100 ms between two blocks of a gate
ABSOLUTE_LUFS, RELATIVE_LU, RANGE_LU = -70.0, -10.0, -20.0
OFFSET_LUFS = -0.691  # makes 997 Hz at 0 dBFS on one front channel read -3.01
STILL = 1e-30  # a memory below -600 dB is silence: keeps denormals away

# SUM: since the grid's last line   A1 A2: memory of the shelf   B1 B2: of the high-pass
SUM, A1, A2, B1, B2 = range(5)
ROWS = 5

# What a channel counts, by the number of channels in the order of WAV; the low-frequency channel counts nothing.
SIDE = 1.41
WEIGHTS = {
    4: (1.0, 1.0, SIDE, SIDE),  # L R Ls Rs
    5: (1.0, 1.0, 1.0, SIDE, SIDE),  # L R C Ls Rs
    6: (1.0, 1.0, 1.0, 0.0, SIDE, SIDE),  # L R C LFE Ls Rs
    7: (1.0, 1.0, 1.0, 0.0, 1.0, SIDE, SIDE),  # L R C LFE back Ls Rs
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, SIDE, SIDE),  # L R C LFE Lb Rb Ls Rs
}


def weights(lanes):
    """What each of the lanes of one programme counts.  Shape [lanes]."""
    return np.array(WEIGHTS.get(lanes, (1.0,) * lanes))


def state(lanes):
    """Silence.  Shape [5, lanes]."""
    return np.zeros((ROWS, lanes))


def aim(rate_hz):
    """The seven numbers of the K-weighting: shelf b0 b1 b2 a1 a2, high-pass a1 a2.  rate_hz > 4000."""
    k = math.tan(math.pi * 1681.974450955533 / rate_hz)
    q, high = 0.7071752369554196, 10.0 ** (3.999843853973347 / 20.0)
    band, d = high**0.4996667741545416, 1.0 + k / q + k * k
    shelf = (high + band * k / q + k * k, 2.0 * (k * k - high), high - band * k / q + k * k)
    shelf += (2.0 * (k * k - 1.0), 1.0 - k / q + k * k)
    k, q = math.tan(math.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    e = 1.0 + k / q + k * k
    return np.array([v / d for v in shelf] + [2.0 * (k * k - 1.0) / e, (1.0 - k / q + k * k) / e])


@rt
def gather(s, k, cells, u, frame, rate_hz):
    """Weigh u[frame, lane], which starts at the absolute frame, by k = aim(rate_hz); the number of whole cells so far.

    The mean square of cell n (dsp/core/grid.py) goes to cells[n % len(cells), lane].  u is left as it is, and cutting
    it changes no bit.
    """
    frames, lanes = u.shape
    cell = cell_of(frame, rate_hz)
    end = end_of(cell, rate_hz)
    per_cell = rate_hz / GRID_HZ
    b0, b1, b2, a1, a2, h1, h2 = k[0], k[1], k[2], k[3], k[4], k[5], k[6]
    for i in range(frames):
        for c in range(lanes):
            x = u[i, c]
            y = b0 * x + s[A1, c]
            s[A1, c] = b1 * x - a1 * y + s[A2, c]
            s[A2, c] = b2 * x - a2 * y
            z = y + s[B1, c]
            s[B1, c] = -2.0 * y - h1 * z + s[B2, c]
            s[B2, c] = y - h2 * z
            s[SUM, c] += z * z
        if frame + i + 1 == end:
            for c in range(lanes):
                cells[cell % len(cells), c] = s[SUM, c] / per_cell
                s[SUM, c] = 0.0
                for r in range(A1, B2 + 1):
                    if abs(s[r, c]) < STILL:
                        s[r, c] = 0.0
            cell += 1
            end = end_of(cell, rate_hz)
    return cell


def lufs(power):
    """The loudness of a weighted power, or of an array of them; silence is -inf."""
    with np.errstate(divide="ignore"):
        return OFFSET_LUFS + 10.0 * np.log10(power)


def sliding(powers, window):
    """Mean power of each whole window of cells, every 10 ms.  powers[cell], weighted and summed over the lanes."""
    if len(powers) < window:
        return np.zeros(0)
    return np.lib.stride_tricks.sliding_window_view(powers, window).mean(axis=1)


def momentary(powers):
    """Momentary loudness every 10 ms, from 400 ms on.  LUFS."""
    return lufs(sliding(powers, MOMENTARY))


def short_term(powers):
    """Short-term loudness every 10 ms, from 3 s on.  LUFS."""
    return lufs(sliding(powers, SHORT))


def gated(blocks, relative_lu):
    """The block powers above -70 LUFS and above relative_lu from the mean of those."""
    heard = blocks[lufs(blocks) > ABSOLUTE_LUFS]
    return heard[lufs(heard) > lufs(heard.mean()) + relative_lu] if len(heard) else heard


def integrated(powers):
    """Gated loudness of the whole, LUFS; -inf when no block passes the gate."""
    blocks = gated(sliding(powers, MOMENTARY)[::HOP], RELATIVE_LU)
    return float(lufs(blocks.mean())) if len(blocks) else -math.inf


def loudness_range(powers, hop_cells=HOP):
    """The range between the 10 % and the 95 % of the gated short-term values, LU; 0 when no value passes the gate."""
    values = np.sort(lufs(gated(sliding(powers, SHORT)[::hop_cells], RANGE_LU)))
    if not len(values):
        return 0.0
    low, high = (int((len(values) - 1) * p + 0.5) for p in (0.10, 0.95))
    return float(values[high] - values[low])
