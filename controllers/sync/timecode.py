"""MIDI timecode arithmetic: frame numbers, their labels hh:mm:ss:ff with and without drop, and the messages they go in.

MIDI Time Code and Cueing, Detailed Specification (MMA, RP-004/008); drop frame as SMPTE ST 12-1: labels 00 and 01 are
left out at each minute that no ten divides.  A frame number counts real frames from midnight; a label is its name.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import mido

PIECES = 8  # quarter frames of one label: two frames long
QUARTER = 0xF1
FULL_HEAD, FULL_BYTES = b"\xf0\x7f", 10
FULL = 0x7F, 0x7F, 1, 1  # universal real time, every device, timecode, full frame


@dataclass(frozen=True, slots=True)
class Rate:
    """Frames: code in messages, how many are named in a second, how many there are, and whether labels are dropped."""

    code: int
    named: int
    per_s: Fraction
    drop: bool = False

    @property
    def day(self) -> int:
        """Frames of a day of labels."""
        return self.named * 86_400 - (2 * 9 * 6 * 24 if self.drop else 0)


RATES = {
    "24": Rate(0, 24, Fraction(24)),
    "25": Rate(1, 25, Fraction(25)),
    "29.97df": Rate(2, 30, Fraction(30_000, 1001), drop=True),
    "30": Rate(3, 30, Fraction(30)),
}
BY_CODE = {rate.code: rate for rate in RATES.values()}


class Label(NamedTuple):
    """Hours, minutes, seconds, frames."""

    hours: int
    minutes: int
    seconds: int
    frames: int

    def fits(self, rate: Rate) -> bool:
        """Whether it is a time of day; a dropped label is none."""
        dropped = rate.drop and self.frames < 2 and self.seconds == 0 and self.minutes % 10 != 0
        inside = self.hours < 24 and self.minutes < 60 and self.seconds < 60 and self.frames < rate.named
        return inside and not dropped


def number_of(label: Label, rate: Rate) -> int:
    """The frame that a label names."""
    minutes = 60 * label.hours + label.minutes
    dropped = 2 * (minutes - minutes // 10) if rate.drop else 0
    return rate.named * (60 * minutes + label.seconds) + label.frames - dropped


def label_of(number: int, rate: Rate) -> Label:
    """The label of a frame, of any day."""
    number %= rate.day
    if rate.drop:  # 17,982 frames in ten minutes, 1,800 in the first of them, 1,798 in the others
        tens, rest = divmod(number, 17_982)
        number += 2 * (9 * tens + max(rest - 2, 0) // 1_798)
    seconds, frames = divmod(number, rate.named)
    minutes, seconds = divmod(seconds, 60)
    return Label(*divmod(minutes, 60), seconds, frames)


def quarter(piece: int, label: Label, rate: Rate) -> bytes:
    """Quarter frame 0..7 of a label."""
    value = (label.frames, label.seconds, label.minutes, label.hours | rate.code << 5)[piece // 2]
    half = value >> 4 if piece % 2 else value & 15
    return bytes(mido.Message("quarter_frame", frame_type=piece, frame_value=half).bin())


def full(label: Label, rate: Rate) -> bytes:
    """The message that locates: all of a label at once."""
    return bytes(mido.Message("sysex", data=(*FULL, label.hours | rate.code << 5, *label[1:])).bin())


def read_full(data: bytes) -> tuple[Label, Rate] | None:
    """The label of a full-frame message, whichever device it is for; of anything else None."""
    if len(data) != FULL_BYTES or data[:2] != FULL_HEAD or data[3:5] != b"\1\1" or data[9] != 0xF7:
        return None
    return _checked(data[5], Label(data[5] & 31, data[6], data[7], data[8]))


def _checked(hours: int, label: Label) -> tuple[Label, Rate] | None:
    rate = BY_CODE[hours >> 5 & 3]
    return (label, rate) if label.fits(rate) else None


class Spot(NamedTuple):
    """Where the timecode stood at a moment: quarter frames of its day, at monotonic ns; way +1 forwards, -1 back."""

    quarters: int
    rate: Rate
    way: int
    ns: int

    @property
    def position_s(self) -> float:
        return float(self.quarters / (4 * self.rate.per_s))


class Quarters:
    """Quarter frames to spots: one each time that eight in a row, either way round, have said a whole label.

    Piece k of a label is sent k quarters of a frame after the label's time, so a spot is that of the last piece heard.
    """

    def __init__(self) -> None:
        self._values = [0] * PIECES
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._last, self._way, self._run = -1, 0, 0

    def hear(self, data: bytes, ns: int) -> Spot | None:
        """One message that begins with F1."""
        if len(data) != 2 or data[1] > 127:
            return None
        piece, value = data[1] >> 4, data[1] & 15
        step = (piece - self._last) % PIECES if self._last >= 0 else 0
        way = {1: 1, PIECES - 1: -1}.get(step, 0)
        turned = way != self._way
        self._run = 1 if way == 0 else 2 if turned else self._run + 1
        self._last, self._way, self._values[piece] = piece, way, value
        if self._run < PIECES or piece != (PIECES - 1 if way > 0 else 0):
            return None
        v = self._values
        hours = v[6] | v[7] << 4
        label = Label(hours & 31, v[4] | v[5] << 4, v[2] | v[3] << 4, v[0] | v[1] << 4)
        read = _checked(hours, label)
        if read is None:
            return None
        return Spot(4 * number_of(*read) + piece, read[1], way, ns)
