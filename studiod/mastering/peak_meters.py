"""True peaks by a named meter: what is full to the edge of the band has another one by each.

`studiod` is the 16 times meter of the desk, 64 frames wide; `libebur128` the short interpolator that most judge
deliveries by (dsp/core/rough_peak.py); `16x257` a long one (long_peak.py).
"""

from typing import Protocol

import numpy as np

from dsp import truepeak
from dsp.core import rough_peak
from studiod.mastering.album import METERS as NAMES
from studiod.mastering.long_peak import Long
from studiod.metering.measure import decibel


class PeakMeter(Protocol):
    """One sound, fed block by block."""

    def __init__(self, rate_hz: int, lanes: int) -> None: ...

    def feed(self, sound: np.ndarray) -> None:
        """Go on with float64 sound[frame, lane], rows without gaps."""

    def peak(self) -> float:
        """The greatest so far, linear, as if silence followed."""


class Own:
    """The desk's own."""

    def __init__(self, rate_hz: int, lanes: int) -> None:
        self._state, self._room = truepeak.state(lanes), truepeak.work()

    def feed(self, sound: np.ndarray) -> None:
        """Go on with float64 sound[frame, lane]."""
        truepeak.gather(self._state, self._room, sound)

    def peak(self) -> float:
        """The greatest so far, linear."""
        s = self._state.copy()
        truepeak.gather(s, self._room, np.zeros((truepeak.TAPS, s.shape[1])))
        return float(s[truepeak.TRUE].max())


class Short:
    """What the meters of others read as true peak."""

    def __init__(self, rate_hz: int, lanes: int) -> None:
        self._taps, self._room = rough_peak.taps(rate_hz), rough_peak.work()
        self._state, self._bound = rough_peak.state(lanes, rate_hz), rough_peak.bound(self._taps)

    def feed(self, sound: np.ndarray) -> None:
        """Go on with float64 sound[frame, lane]."""
        rough_peak.gather(self._state, self._taps, self._bound, self._room, sound)

    def peak(self) -> float:
        """The greatest so far, linear."""
        s = self._state.copy()
        rough_peak.gather(s, self._taps, self._bound, self._room, np.zeros((rough_peak.TAPS, s.shape[1])))
        return float(s[rough_peak.TOP].max())


METERS: dict[str, type[PeakMeter]] = dict(zip(NAMES, (Own, Short, Long), strict=True))


def true_peak_db(sound: np.ndarray, rate_hz: int, meter: str = "studiod") -> float:
    """The greatest true peak of any lane of sound[frame, lane], dBTP, the end followed by silence.

    Raises ValueError for a meter that there is not.
    """
    if meter not in METERS:
        raise ValueError(f"no meter {meter!r}; expected one of {', '.join(METERS)}")
    one = METERS[meter](rate_hz, sound.shape[1])
    one.feed(np.ascontiguousarray(sound, np.float64))
    return decibel(one.peak())
