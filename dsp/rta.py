"""A third-octave analyser: 31 Butterworth band-passes of 6th order, their mean squares on a 10 ms grid of frames.

Bands: IEC 61260-1:2014, base ten, exact midband frequencies 1000 * 10^(n/10) Hz, n = -17 .. 13; edges a twentieth of a
decade from them.  A band is three trapezoidal SVF sections in a row (A. Simper, "Linear trapezoidal integrated SVF",
Cytomic, 2013).  Poles by impulse invariance (M. Vicanek, "Matched second order digital filters", 2016); the zeros of
all three are fitted together, so that the power is the analog one far below, at both edges and at Nyquist: a bilinear
transform would bend the 20 kHz band at 48 kHz out of class 1.  A band whose upper edge lies above 0.49 of the rate
cannot be had there and reads silence: at 44.1 kHz the 20 kHz band, whose upper edge is 22.4 kHz.
"""

import cmath
import math

import numpy as np

from dsp.core.grid import GRID_HZ, cell_of, end_of
from dsp.core.rt import rt

BANDS = 31
MIDBAND_HZ = tuple(1000.0 * 10.0 ** (n / 10.0) for n in range(-17, 14))
EDGE = 10.0**0.05  # from midband to either edge
SHARPNESS = 1.0 / (EDGE - 1.0 / EDGE)  # midband frequency / bandwidth
TOP = 0.49  # of the rate: the highest upper edge
STRAIGHT = 1.0 / 48.0  # of the rate: a band below it needs no fit: 0.01 dB at its edges
FULL_SCALE_DB = 10.0 * math.log10(2.0)  # a sine at 0 dBFS has a mean square of 1/2
STILL, LOUDEST = 1e-30, 1e30  # a memory below -600 dB is silence; one above is no sound, nor is not-a-number

# SUM: since the grid's last line   MEMORY: two integrators a section
SUM, MEMORY = range(2)
SECTIONS, ROWS = 3, 7
WIDTH = 32  # columns for the bands of a lane: a whole number of vectors; the last one rests
# a section's numbers: g, 1 / (1 + g (g + k)), and how much of its input, band and low is heard
G, A, IN, BAND, LOW = range(5)
SECTION = 5


def state(lanes: int = 1) -> np.ndarray:
    """Silence; the bands of the first lane, then those of the next.  Shape [7, 32 * lanes]."""
    return np.zeros((ROWS, WIDTH * lanes))


def _sections(freq_hz: float, rate_hz: float) -> list[tuple[float, float]]:
    """(g, k) of the three pole pairs of a band."""
    out = []
    for turn in (2.0, 3.0, 4.0):  # the poles of a low-pass of 3rd order, each made two by s -> SHARPNESS (s + 1/s)
        low = cmath.exp(1j * math.pi * turn / 3.0) / SHARPNESS
        root = cmath.sqrt(low * low - 4.0)
        pole = max(0.5 * (low + root), 0.5 * (low - root), key=lambda s: s.imag)
        angle, damping = 2.0 * math.pi * freq_hz * abs(pole) / rate_hz, -pole.real / abs(pole)
        half = 0.5 * angle * math.sqrt(1.0 - damping * damping)
        radius, gap = math.exp(-damping * angle), math.expm1(-damping * angle) ** 2
        at_dc, at_nyquist = gap + 4.0 * radius * math.sin(half) ** 2, gap + 4.0 * radius * math.cos(half) ** 2
        k = -2.0 * math.expm1(-2.0 * damping * angle) / math.sqrt(at_dc * at_nyquist)
        out.append((math.sqrt(at_dc / at_nyquist), k))
    return out


def _power(x: float) -> float:
    """Of the analog band at x = frequency / midband frequency."""
    return 1.0 / (1.0 + (SHARPNESS * (x - 1.0 / x)) ** 6)


def _zeros(freq_hz: float, rate_hz: float, sections: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The numerator gain σ³ (1 + z σ) (1 + y σ + x σ²), with σ = p / tan(half the midband angle): gain, z, y, x.

    Its power is τ³ (c0 + c1 τ + c2 τ² + c3 τ³), τ = |σ|²: c0 from the analog slope far below, c3 from Nyquist, c1 and
    c2 from the edges.
    """
    unit = math.tan(math.pi * freq_hz / rate_hz)

    def below(tau: float) -> float:
        """The power of the denominators."""
        out = 1.0
        for g, k in sections:
            t = tau * (unit / g) ** 2
            out *= (1.0 - t) ** 2 + k * k * t
        return out

    if freq_hz < STRAIGHT * rate_hz:
        return math.sqrt(below(1.0)), 0.0, 0.0, 0.0
    c0 = (unit * rate_hz / (math.pi * freq_hz * SHARPNESS)) ** 6
    c3 = _power(0.5 * rate_hz / freq_hz) * math.prod((unit / g) ** 4 for g, _ in sections)
    rows, right = [], []
    for x in (1.0 / EDGE, EDGE):
        tau = (math.tan(math.pi * freq_hz * x / rate_hz) / unit) ** 2
        rows.append([tau, tau * tau])
        right.append(_power(x) * below(tau) / tau**3 - c0 - c3 * tau**3)
    c1, c2 = np.linalg.solve(rows, right)
    # one root is real, the farthest if all are; the other two may be a pair
    one, two, three = sorted(np.roots([c3, c2, c1, c0]), key=lambda root: (abs(root.imag), root.real))
    square = float((two * three).real)
    y = math.sqrt(2.0 / math.sqrt(square) - float((two + three).real) / square)
    gain = math.sqrt(c0 * below(1.0) / (c0 + c1 + c2 + c3))  # 0 dB at midband to the last digit
    return gain, 1.0 / math.sqrt(-float(one.real)), y, 1.0 / math.sqrt(square)


def aim(rate_hz: float) -> np.ndarray:
    """The numbers of every band: three sections of g a in band low, one below the other.  Shape [15, 32].

    rate_hz from 44100 on; a band that cannot be had at this rate has zeros.
    """
    out = np.zeros((SECTIONS * SECTION, WIDTH))
    for column, freq_hz in enumerate(MIDBAND_HZ):
        if freq_hz * EDGE > TOP * rate_hz:
            continue
        sections = sorted(_sections(freq_hz, rate_hz))
        gain, z, y, x = _zeros(freq_hz, rate_hz, sections)
        unit, each = math.tan(math.pi * freq_hz / rate_hz), gain ** (1.0 / 3.0)
        # the lowest poles take σ², the middle ones σ (1 + z σ), the highest the rest: no section is loud by itself
        for n, (zeros, (g, k)) in enumerate(zip(((0.0, 0.0, 1.0), (0.0, 1.0, z), (1.0, y, x)), sections, strict=True)):
            n0, n1, n2 = (each * part * (g / unit) ** power for power, part in enumerate(zeros))
            numbers = g, 1.0 / (1.0 + g * (g + k)), n2, n1 - n2 * k, n0 - n2
            out[n * SECTION : (n + 1) * SECTION, column] = numbers
    return out


def level_db(mean_square):
    """dBFS as the desk's RMS detectors read it: a sine at 0 dBFS in the middle of a band is 0; silence is -inf."""
    with np.errstate(divide="ignore"):
        return FULL_SCALE_DB + 10.0 * np.log10(mean_square)


@rt
def analyse(s, k, first, u):
    """Add the squares of every band of u[frame] to SUM; the bands begin at column first of the state."""
    last = first + k.shape[1]
    total, p1, p2 = s[SUM, first:last], s[MEMORY, first:last], s[MEMORY + 1, first:last]
    q1, q2 = s[MEMORY + 2, first:last], s[MEMORY + 3, first:last]
    r1, r2 = s[MEMORY + 4, first:last], s[MEMORY + 5, first:last]
    pg, pa, p_in, p_band, p_low = k[0], k[1], k[2], k[3], k[4]
    qg, qa, q_in, q_band, q_low = k[5], k[6], k[7], k[8], k[9]
    rg, ra, r_in, r_band, r_low = k[10], k[11], k[12], k[13], k[14]
    for i in range(u.shape[0]):
        x = u[i]
        for b in range(total.shape[0]):  # one loop over all three sections: as three it takes four times as long
            band = pa[b] * (p1[b] + pg[b] * (x - p2[b]))
            low = p2[b] + pg[b] * band
            p1[b] = 2.0 * band - p1[b]
            p2[b] = 2.0 * low - p2[b]
            y = p_in[b] * x + p_band[b] * band + p_low[b] * low
            band = qa[b] * (q1[b] + qg[b] * (y - q2[b]))
            low = q2[b] + qg[b] * band
            q1[b] = 2.0 * band - q1[b]
            q2[b] = 2.0 * low - q2[b]
            y = q_in[b] * y + q_band[b] * band + q_low[b] * low
            band = ra[b] * (r1[b] + rg[b] * (y - r2[b]))
            low = r2[b] + rg[b] * band
            r1[b] = 2.0 * band - r1[b]
            r2[b] = 2.0 * low - r2[b]
            y = r_in[b] * y + r_band[b] * band + r_low[b] * low
            total[b] += y * y


@rt
def close(s, out, width, per_cell):
    """Write a cell and begin the next; a memory that is silence, or no sound at all, is emptied."""
    out[:] = 0.0
    for c in range(s.shape[1]):
        if c % width < out.shape[0]:
            square = s[SUM, c] / per_cell
            out[c % width] += square if square < LOUDEST else 0.0
        s[SUM, c] = 0.0
        for r in range(MEMORY, ROWS):
            size = abs(s[r, c])
            s[r, c] = s[r, c] if size > STILL and size < LOUDEST else 0.0


@rt
def gather(s, k, cells, u, frame, rate_hz):
    """Analyse u[frame, lane] from the absolute frame on, by k = aim(rate_hz); the number of whole cells so far.

    The mean square of each band in cell n (see dsp/core/grid.py), averaged over the lanes, goes to
    cells[n % len(cells), band].  u is left as it is, and cutting it changes no bit.
    """
    frames, lanes = u.shape
    cell = cell_of(frame, rate_hz)
    end = end_of(cell, rate_hz)
    done = 0
    while done < frames:
        step = min(end - frame, frames) - done
        for lane in range(lanes):
            analyse(s, k, lane * k.shape[1], u[done : done + step, lane])
        done += step
        if frame + done == end:
            close(s, cells[cell % len(cells)], k.shape[1], lanes * rate_hz / GRID_HZ)
            cell += 1
            end = end_of(cell, rate_hz)
    return cell
