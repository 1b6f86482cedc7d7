"""Logarithm and power of two of floats or lanes: no branches, no library calls, right to 1e-5 dB.

A double is 2^e m: the bits give e, a polynomial gives the rest (minimax by reweighted least squares; error bound of
log2 with m in [0.707, 1.414) 3e-7 dB, of exp2 2e-8 dB).  log2(1) and exp2(0) are exact.  Integers become floats by
way of the bits of 2^52 + n, so that the loop vectorises on processors that cannot convert 64-bit integers.  Not a
number counts as silence.
"""

import numpy as np

from dsp.core.rt import rt
from dsp.core.vectors import bits, fma, number, pick

AMPLITUDE_DB = 6.020599913279624  # 20 log10(2): dB per octave of an amplitude
POWER_DB = 3.010299956639812  # 10 log10(2): dB per octave of a power
TINY = 1e-30  # log2 of anything below reads as log2 of this

_HALF = np.uint64(0x3FE6A09E667F3BCD)  # the bits of sqrt(1/2), where the mantissa's interval begins
_BIAS = np.uint64(1024 << 52)  # keeps the shifted exponent positive
_STEP = np.uint64(52)
_MANTISSA = np.uint64((1 << 52) - 1)
_WHOLE = np.uint64(0x4330000000000000)  # the bits of 2^52
_OFFSET = 4503599627370496.0 + 1024.0
_ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it leaves the nearest integer in the low bits


@rt
def log2(x):
    """The base-2 logarithm of x > 0; at most TINY, or not a number, reads as log2(TINY)."""
    word = bits(pick(x > TINY, x, TINY)) - _HALF
    whole = number(((word + _BIAS) >> _STEP) | _WHOLE) - _OFFSET
    f = number((word & _MANTISSA) + _HALF) - 1.0
    p = -0.14574444197013545
    p = fma(p, f, 0.2368903667497314)
    p = fma(p, f, -0.2500690469130525)
    p = fma(p, f, 0.28670745711466755)
    p = fma(p, f, -0.3600872155728504)
    p = fma(p, f, 0.48093944475801514)
    p = fma(p, f, -0.7213571489281954)
    p = fma(p, f, 1.4426947724281884)
    return fma(p, f, whole)


@rt
def exp2(x):
    """Two to the x, for x within -1000..1000 (beyond, and not a number, reads as the nearer end or -1000)."""
    low = pick(x > -1000.0, x, -1000.0)
    safe = pick(low < 1000.0, low, 1000.0)
    rounded = safe + _ROUND
    f = safe - (rounded - _ROUND)
    p = 0.00015353361887734482
    p = fma(p, f, 0.0013398874422335437)
    p = fma(p, f, 0.00961843735782414)
    p = fma(p, f, 0.055503324710999724)
    p = fma(p, f, 0.2402264791362648)
    p = fma(p, f, 0.6931472028550822)
    return number(bits(fma(p, f, 1.0)) + (bits(rounded) << _STEP))
