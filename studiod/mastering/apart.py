"""How much silence parts two songs: as long as what converter and limiter remember of the first.

Songs with less between them are one run: rendered in one go, and never one without the other.
"""

from dsp import limiter_gain
from studiod.mastering.album import Limiter

CONVERTER_S = 0.008  # both sides of a steep filter: at the rates of releases, -240 dB of it reach 3.8 ms
UNHEARD = 1e-12  # what a converter leaves below that, -240 dB, is its own rounding: silence


def apart_s(limiter: Limiter) -> float:
    """Seconds from the end of one song's sound to the start of the next, from which each sounds as if it were alone."""
    return CONVERTER_S + limiter_gain.forgotten_ms(limiter.release_ms, limiter.lookahead_ms) / 1000.0
