"""MIDI machine control in: play, stop, record and locate for the transport and the recorder.

MIDI Machine Control 1.0 (MMA, RP-013): F0 7F device 06 commands F7, several commands in one message; from 40 on a
command says how long it is.  Everything here runs on the desk's loop.
"""

from collections.abc import Iterator

from controllers.sync.timecode import BY_CODE, Label, number_of
from controllers.sync.transport_remote import POSITION, RECORDER, STATE, Transport
from studiod.desk.desk import Desk

ALL = 127
STOP, PLAY, DEFERRED_PLAY, RECORD, RECORD_EXIT, PAUSE, LOCATE = 1, 2, 3, 6, 7, 9, 0x44
LONG, LONG_END = 0x40, 0x78  # commands that say how long they are


def commands(data: bytes, device: int) -> Iterator[tuple[int, bytes]]:
    """The commands of a message for a device or for all, each with its data.  What is cut off yields what is whole."""
    if len(data) < 6 or data[:2] != b"\xf0\x7f" or data[-1] != 0xF7 or data[2] not in (device, ALL) or data[3] != 6:
        return
    body, at = data[4:-1], 0
    while at < len(body):
        command, size = body[at], 0
        at += 1
        if LONG <= command < LONG_END:
            if at >= len(body) or at + 1 + body[at] > len(body):
                return
            size, at = body[at], at + 1
        yield command, body[at : at + size]
        at += size


def place_s(data: bytes) -> float | None:
    """Where a locate goes to, by its time: 01 hh mm ss ff and hundredths of a frame; None for other kinds."""
    if len(data) < 5 or data[0] != 1:
        return None
    rate, label = BY_CODE[data[1] >> 5 & 3], Label(data[1] & 31, data[2], data[3], data[4] & 31)
    part = data[5] / 100 if len(data) > 5 and data[5] < 100 and not data[4] & 32 else 0.0  # else it is a status
    return (number_of(label, rate) + part) / float(rate.per_s) if label.fits(rate) else None


class Mmc:
    """Listens to one port."""

    def __init__(self, desk: Desk, device: int) -> None:
        self.device = device
        self.transport = Transport(desk, "mmc")
        self._records = False  # whether it was this hand that pressed record

    def close(self) -> None:
        """It holds nothing."""

    def hear(self, data: bytes, ns: int) -> None:
        """One message."""
        for command, more in commands(data, self.device):
            self._obey(command, more)

    def _obey(self, command: int, more: bytes) -> None:
        change = self.transport.change
        if command in (PLAY, DEFERRED_PLAY):
            change((STATE, "play"))
        elif command in (STOP, PAUSE):
            # the end of a take is the end of this one: who pressed record on the desk goes on recording
            change((STATE, "stop"), *([(RECORDER, "stop")] if self._records else []))
            self._records = False
        elif command == RECORD:
            self._records = True
            change((RECORDER, "record"), (STATE, "play"))
        elif command == RECORD_EXIT:
            self._records = False
            change((RECORDER, "stop"))
        elif command == LOCATE and (at_s := place_s(more)) is not None:
            change((POSITION, at_s))
