"""MIDI bytes cut into messages, as a unit's firmware does: running status, real-time bytes within, a cut SysEx."""

from collections.abc import Iterator

LENGTH = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
SYSTEM_LENGTH = {0xF1: 1, 0xF2: 2, 0xF3: 1}
SYSEX, END, REAL_TIME = 0xF0, 0xF7, 0xF8


class Cutter:
    """Bytes in, whole messages out; what was begun waits for its rest."""

    def __init__(self) -> None:
        self._part = bytearray()
        self._status = 0

    def cut(self, data: bytes) -> Iterator[bytes]:
        for byte in data:
            if byte >= REAL_TIME:
                continue
            if self._part[:1] == b"\xf0":
                if byte < 0x80 or byte == END:
                    self._part.append(byte)
                    if byte == END:
                        yield bytes(self._part)
                        self._part.clear()
                    continue
                self._part.clear()  # cut short: its bytes are lost
            if byte >= 0x80:
                self._status = byte if byte < SYSEX else 0
                self._part[:] = bytes([byte]) if byte != END else b""
            elif self._part or self._status:
                if not self._part:
                    self._part.append(self._status)
                self._part.append(byte)
            if self._part and len(self._part) == 1 + self._wanted(self._part[0]):
                yield bytes(self._part)
                self._part.clear()

    @staticmethod
    def _wanted(status: int) -> int:
        return LENGTH[status & 0xF0] if status < SYSEX else SYSTEM_LENGTH.get(status, -1)
