"""What small speakers, cars and clubs make of a mix: a few filters and a width each, for the monitor alone.

Models, not measurements of one product: each keeps what such places have in common.  Phone: one small driver, nothing
below 400 Hz, a peak where small cones ring.  Laptop: two drivers close together, nothing below 150 Hz.  Car: boomy
below 150 Hz, dull above 8 kHz, the sides half mixed by the cabin.  Earbuds: a bass lift and the ear canal's resonance
moved; the sides stay apart, since no room mixes them.  Club: bass lifted, sides nearly summed, the top rolled off.
"""

from dataclasses import dataclass

Band = tuple[str, float, float, float]  # type, Hz, Q, dB
_FOURTH = (0.54, 1.31)  # the two Qs of a fourth-order Butterworth


@dataclass(frozen=True)
class Place:
    """One place: at most six bands, and how far apart it keeps the sides (1 as they come, 0 mono)."""

    bands: tuple[Band, ...] = ()
    width: float = 1.0


def cut(kind: str, freq_hz: float) -> tuple[Band, ...]:
    """A cut of 24 dB an octave."""
    return tuple((kind, freq_hz, q, 0.0) for q in _FOURTH)


PLACES = {
    "off": Place(),
    "phone": Place((*cut("low_cut", 400.0), ("bell", 2500.0, 1.2, 5.0), *cut("high_cut", 12000.0)), 0.0),
    "laptop": Place(
        (*cut("low_cut", 150.0), ("bell", 900.0, 0.8, 3.0), ("bell", 4500.0, 1.0, -3.0), *cut("high_cut", 16000.0)), 0.6
    ),
    "car": Place(
        (("low_cut", 35.0, 0.707, 0.0), ("bell", 70.0, 0.9, 6.0), ("bell", 140.0, 1.2, 3.0), ("bell", 350.0, 1.0, -3.0),
         ("high_shelf", 8000.0, 0.707, -4.0)), 0.5
    ),
    "earbuds": Place((("low_shelf", 110.0, 0.707, 4.0), ("bell", 3000.0, 1.0, 3.0), ("bell", 6500.0, 2.0, -4.0))),
    "club": Place(
        (("low_cut", 30.0, 0.707, 0.0), ("low_shelf", 90.0, 0.707, 8.0), ("bell", 280.0, 1.0, -2.0),
         ("high_shelf", 10000.0, 0.707, -4.0)), 0.25
    ),
}  # fmt: skip
