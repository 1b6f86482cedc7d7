"""Whole MIDI messages of what JACK hands over, which may cut a SysEx into pieces."""

SYSEX, END, REAL_TIME, STATUS = 0xF0, 0xF7, 0xF8, 0x80


class Whole:
    """Of one way in.  most_bytes: a longer SysEx is given once, so that it can be told, and its rest is ignored."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._open: bytearray | None = None  # a SysEx that has not ended
        self._over = False  # it was too long

    def of(self, piece: bytes) -> bytes | None:
        """The message that a piece completes, if it does; what belongs to none is dropped."""
        first = piece[0] if piece else 0
        if first >= REAL_TIME:
            return piece
        if first >= STATUS and first != END:
            self._open = bytearray() if first == SYSEX else None
            self._over = False
            if first != SYSEX:
                return piece
        if self._open is None:
            return None
        return self._more(piece)

    def _more(self, piece: bytes) -> bytes | None:
        assert self._open is not None
        ends = piece[-1:] == bytes((END,))
        told, whole = self._over, None
        if not self._over:
            self._open += piece
            self._over = len(self._open) > self._most_bytes
        if (ends and not told) or (self._over and not told):
            whole = bytes(self._open)
        if self._over:
            self._open = bytearray()
        if ends:
            self._open = None
        return whole
