"""MIDI bytes to moves and back: 14-bit controller pairs, NRPN, pitch bend, notes, and the encodings of endless knobs.

MIDI 1.0 Detailed Specification 4.2: control change, pitch bend, registered and non-registered parameter numbers.
Nothing here raises on bytes, whatever they are; what means nothing yields nothing.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import mido

CC, NOTE, NOTE_OFF, PITCH_BEND = "control_change", "note_on", "note_off", "pitchwheel"  # as mido calls them
TYPES = {"cc": CC, "cc14": CC, "nrpn": CC, "note": NOTE, "pitch_bend": PITCH_BEND}
TOP = {"cc": 127, "note": 127, "cc14": 16383, "nrpn": 16383, "pitch_bend": 16383}  # the highest value of each kind
LAST_NUMBER = {"cc": 127, "note": 127, "cc14": 31, "nrpn": 16382}  # an NRPN of 16383 selects none
DATA, DATA_LSB, UP, DOWN, NRPN_LSB, NRPN_MSB, RPN_LSB, RPN_MSB = 6, 38, 96, 97, 98, 99, 100, 101
NRPN_CCS = frozenset((DATA, DATA_LSB, UP, DOWN, NRPN_LSB, NRPN_MSB, RPN_LSB, RPN_MSB))
NULL = 16383
MIDDLE = 8192  # of a pitch bend, which mido counts from there

# Of these the value comes in two halves of 7 bits.
HALVES = ("cc14", "nrpn")

# Endless knobs: a 7-bit value to ticks, clockwise above 0.
ENCODINGS: dict[str, Callable[[int], int]] = {
    "signed_bit": lambda v: v if v < 64 else 64 - v,
    "signed_bit_reversed": lambda v: v - 64 if v > 64 else -v if v < 64 else 0,
    "twos_complement": lambda v: v if v < 64 else v - 128,
    "offset_binary": lambda v: v - 64,
    "ends": lambda v: 1 if v >= 64 else -1,  # one tick at a time: 127 is up, 0 down
    "ends_reversed": lambda v: -1 if v >= 64 else 1,
}


class Message(NamedTuple):
    """Which message, without its value.  channel counts from 0; the number of a pitch bend is 0."""

    kind: str  # cc cc14 nrpn note pitch_bend
    channel: int
    number: int

    def parts(self, value: int) -> list[bytes]:
        """The messages that carry a value 0..TOP[kind], in the order of sending."""
        high, low = divmod(value, 128)
        if self.kind == "cc14":
            return [control(self.channel, self.number, high), control(self.channel, self.number + 32, low)]
        if self.kind == "nrpn":
            msb, lsb = divmod(self.number, 128)
            pairs = ((NRPN_MSB, msb), (NRPN_LSB, lsb), (DATA, high), (DATA_LSB, low))
            return [control(self.channel, *pair) for pair in pairs]
        if self.kind == "pitch_bend":
            return [bytes(mido.Message(PITCH_BEND, channel=self.channel, pitch=value - MIDDLE).bin())]
        if self.kind == "note":
            return [bytes(mido.Message(NOTE, channel=self.channel, note=self.number, velocity=value).bin())]
        return [control(self.channel, self.number, value)]

    def wires(self) -> set[tuple[str, int, int]]:
        """What it takes of its port: (type, channel, number) that no other control may have."""
        of = TYPES[self.kind], self.channel
        if self.kind == "cc14":
            return {(*of, self.number), (*of, self.number + 32)}
        return {("nrpn", self.channel, self.number) if self.kind == "nrpn" else (*of, self.number)}


def control(channel: int, number: int, value: int) -> bytes:
    """A control change."""
    return bytes(mido.Message(CC, channel=channel, control=number, value=value).bin())


def null(channel: int) -> list[bytes]:
    """Select no parameter, so that data that strays does nothing."""
    return [control(channel, RPN_MSB, 127), control(channel, RPN_LSB, 127)]


class Heard(NamedTuple):
    """A move: a value; or (step) ticks; or (lsb) the fine half of a value whose coarse half was not said.

    fine: of an NRPN, the value that has just been heard, with its fine half.
    """

    message: Message
    value: int
    step: bool = False
    lsb: bool = False
    fine: bool = False


@dataclass(slots=True)
class _Selected:
    """One channel's NRPN, as far as it was said."""

    msb: int | None = None
    lsb: int | None = None
    data: int | None = None  # the coarse half of the value
    fine: int = 0  # the fine half, where it comes first

    def forget(self) -> None:
        self.msb = self.lsb = self.data = None
        self.fine = 0

    @property
    def number(self) -> int | None:
        if self.msb is None or self.lsb is None or (number := self.msb << 7 | self.lsb) == NULL:
            return None
        return number


class Decoder:
    """One port's bytes to moves.  `pairs` are the cc14 that are wanted; other controllers stay 7 bit.

    With nrpn, the eight controllers of data entry are NRPN on the channels wanted, and nothing else.  Of those in
    fine_first, pairs or NRPN, the fine half comes before the coarse one, which ends the value.
    """

    def __init__(
        self,
        pairs: Collection[Message] = (),
        nrpn: Collection[int] = (),
        fine_first: Collection[Message] = (),
    ) -> None:
        self.pairs = {(m.channel, m.number): m for m in pairs}
        self.fine_first = frozenset(fine_first)
        self.coarse: dict[Message, int] = {}
        self.waiting: dict[Message, int] = {}  # first halves whose second half may still come
        self.selected = {channel: _Selected() for channel in nrpn}

    def hear(self, data: bytes) -> Iterator[Heard]:
        """One whole message."""
        try:
            heard = mido.Message.from_bytes(data)
        except (ValueError, IndexError):  # IndexError: no byte at all
            return
        if heard.type == CC:
            yield from self._controller(heard.channel, heard.control, heard.value)
        elif heard.type in (NOTE, NOTE_OFF):
            yield Heard(Message("note", heard.channel, heard.note), heard.velocity if heard.type == NOTE else 0)
        elif heard.type == PITCH_BEND:
            yield Heard(Message("pitch_bend", heard.channel, 0), heard.pitch + MIDDLE)

    def _controller(self, channel: int, number: int, value: int) -> Iterator[Heard]:
        if number in NRPN_CCS and channel in self.selected:
            yield from self._nrpn(channel, number, value)
        elif (pair := self.pairs.get((channel, number))) is not None:
            if pair in self.fine_first:
                self.coarse[pair] = value
                yield Heard(pair, value << 7 | self.waiting.pop(pair, 0))
                return
            yield from self._alone(pair)
            self.coarse[pair] = self.waiting[pair] = value
        elif (pair := self.pairs.get((channel, number - 32))) is not None:
            if pair in self.fine_first:
                yield from self._alone(pair)
                self.waiting[pair] = value
                return
            self.waiting.pop(pair, None)
            if pair in self.coarse:
                yield Heard(pair, self.coarse[pair] << 7 | value)
        else:
            yield Heard(Message("cc", channel, number), value)

    def late(self) -> list[Heard]:
        """The first halves that are alone: the second has not come in time.

        A fine half that is none counts as 0, a coarse one stays what it was.
        """
        return [heard for pair in list(self.waiting) for heard in self._alone(pair)]

    def _alone(self, pair: Message) -> Iterator[Heard]:
        """What a first half says that no second one followed."""
        value = self.waiting.pop(pair, None)
        if value is None:
            return
        if pair not in self.fine_first:
            yield Heard(pair, value << 7)
        elif pair in self.coarse:
            yield Heard(pair, self.coarse[pair] << 7 | value)

    def _nrpn(self, channel: int, number: int, value: int) -> Iterator[Heard]:
        at = self.selected[channel]
        if number in (RPN_MSB, RPN_LSB):  # whoever edits that next says both halves of its number anew
            at.forget()
        elif number == NRPN_MSB:
            at.msb, at.data, at.fine = value, None, 0
        elif number == NRPN_LSB:
            at.lsb, at.data, at.fine = value, None, 0
        elif at.number is not None:
            message = Message("nrpn", channel, at.number)
            if message in self.fine_first and number in (DATA, DATA_LSB):
                if number == DATA:
                    yield Heard(message, value << 7 | at.fine, fine=True)
                at.fine = 0 if number == DATA else value
            elif number == DATA:
                at.data = value
                yield Heard(message, value << 7)
            elif number == DATA_LSB:
                alone = at.data is None
                yield Heard(message, (at.data or 0) << 7 | value, lsb=alone, fine=not alone)
            else:
                at.data = None
                yield Heard(message, 1 if number == UP else -1, step=True)
