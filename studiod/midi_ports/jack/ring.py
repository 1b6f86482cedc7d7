"""A ring of messages between Python and JACK's thread, one way: never longer than it is, and nobody waits."""

import ctypes

from studiod.midi_ports.jack.library import Library

IN_BYTES, OUT_BYTES = 1 << 19, 1 << 16  # 21,800 and 2,700 messages of three bytes
_HEAD_BYTES, _LOST_WORD, _MASK_WORD = 64, 2, 3


class Ring:
    """Of so many bytes, a power of two.  `address` is for JACK's thread."""

    def __init__(self, library: Library, size_bytes: int) -> None:
        self._library = library
        self._words = (ctypes.c_uint64 * ((_HEAD_BYTES + size_bytes) // 8))()
        self._words[_MASK_WORD] = size_bytes - 1
        self._got = (ctypes.c_uint64 * (size_bytes // 8 + 1))()
        self.address, self._into = ctypes.addressof(self._words), ctypes.addressof(self._got)

    @property
    def lost(self) -> int:
        """How many messages found no room."""
        return int(self._words[_LOST_WORD])

    def put(self, data: bytes, now_us: int = 0) -> bool:
        """A message at the end; False where there is no room."""
        return bool(self._library.put(self.address, data, len(data), now_us))

    def get(self) -> tuple[int, bytes] | None:
        """The next message: when it came (microseconds of JACK), its bytes."""
        size = self._library.get(self.address, self._into)
        return None if size < 0 else (int(self._got[0]), ctypes.string_at(self._into + 8, size))
