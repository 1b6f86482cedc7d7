"""How many frames an MP3 really has: counted, since a header may claim too few, or be missing where it is needed.

A decoder ends where the claim ends; without one it guesses from the size of the file and the first frame, which is
wrong by several times with a variable bit rate.

ISO/IEC 11172-3 and 13818-3 (frame headers); the Xing and LAME headers.
"""

import errno
import os

LAYER_3 = 1
KBPS = (  # by bitrate index: MPEG 1, and MPEG 2 and 2.5
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8000)}  # by version
SAME = 0xFFFE_0C00  # sync, version, layer, rate: what all frames of a file share
SIDE_BYTES = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}  # MPEG 1, mono
HEAD_BYTES = 10  # of ID3v2
WINDOW_BYTES = 1 << 16
LOST_BYTES = 1 << 20  # without any frame: the rest is something else
TAGS_MOST = 64  # before the first frame
MISSES_MOST = 1 << 20  # places that look like a frame's first byte and are none


class Window:
    """A file as bytes, read piece by piece.  Raises OSError when it gets shorter meanwhile."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor, self._size = descriptor, size
        self._at, self._held = 0, b""

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        """data[first:end], of at most WINDOW_BYTES."""
        first, end = part.start, min(part.stop, self._size)
        if first < self._at or end > self._at + len(self._held):
            self._at, self._held = first, os.pread(self._descriptor, max(WINDOW_BYTES, end - first), first)
            if len(self._held) < end - first:
                raise OSError(errno.EIO, "it got shorter while it was read")
        return self._held[first - self._at : max(end, first) - self._at]

    def find(self, byte: bytes, first: int, end: int) -> int:
        """Where a byte stands from first on, before end; -1: nowhere."""
        for at in range(first, min(end, self._size), WINDOW_BYTES):
            found = self[at : min(at + WINDOW_BYTES, end)].find(byte)
            if found >= 0:
                return at + found
        return -1


def frame_bytes(head: int) -> int:
    """The length of the frame that has this header; 0: it is none of layer 3, or of a free bit rate."""
    version, layer, index, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != LAYER_3 or not 0 < index < 15 or rate == 3:
        return 0
    kbps = KBPS[version != 3][index]
    return (144 if version == 3 else 72) * kbps * 1000 // RATES_HZ[version][rate] + (head >> 9 & 1)


def _frames(data: Window, first: int) -> tuple[int, int]:
    """Where the first frame begins (-1: nowhere), and how many there are, those of all parts counted together."""
    at = heard = first  # heard: where the last frame ended
    start, count, shape, end = -1, 0, 0, len(data) - 4
    misses = 0
    while at <= end and misses < MISSES_MOST:
        head = int.from_bytes(data[at : at + 4], "big")
        length = frame_bytes(head)
        if length and (head & SAME == shape or not shape) and at + length <= len(data):
            after = int.from_bytes(data[at + length : at + length + 4], "big")
            if shape or after & SAME == head & SAME or at + length > end:
                start, shape = (start, shape) if shape else (at, head & SAME)
                count += 1
                at = heard = at + length
                continue
        misses += 1
        at = data.find(b"\xff", at + 1, heard + LOST_BYTES)
        if at < 0:
            break
    return start, count


def _tag(data: Window) -> int:
    """Where the sound begins, behind ID3v2."""
    at = 0
    for _ in range(TAGS_MOST):
        if data[at : at + 3] != b"ID3" or at + HEAD_BYTES > len(data):
            break
        a, b, c, d = (byte & 0x7F for byte in data[at + 6 : at + HEAD_BYTES])
        at += HEAD_BYTES + (a << 21 | b << 14 | c << 7 | d)
    return at


def honest(descriptor: int, size: int) -> tuple[bytes, int] | None:
    """A head that tells how many frames there are, and the first byte of the file that comes behind it.

    None: the file's own head tells at least as many, or it is no MP3.  Raises OSError.
    """
    if size < 8:
        return None
    data = Window(descriptor, size)
    start, count = _frames(data, _tag(data))
    if start < 0:
        return None
    word = int.from_bytes(data[start : start + 4], "big")
    frame = data[start : start + frame_bytes(word)]
    if frame[36:40] == b"VBRI":
        return None
    side = 4 + SIDE_BYTES[word >> 19 & 3 == 3, word >> 6 & 3 == 3]
    told = frame[side : side + 4] in (b"Xing", b"Info") and len(frame) >= side + 16
    if told and frame[side + 7] & 1:
        numbers = _numbers(frame[side + 7 : side + 16], count - 1, size - start)
        if frame[side + 8 : side + 8 + len(numbers)] == numbers:
            return None
        return frame[: side + 8] + numbers + frame[side + 8 + len(numbers) :], start + len(frame)
    word = (word | 0x10000) & ~0xF200 | 14 << 12  # no checksum, the longest frame, no padding
    made = word.to_bytes(4, "big") + bytes(side - 4) + b"Xing" + (1).to_bytes(4, "big") + count.to_bytes(4, "big")
    return made + bytes(frame_bytes(word) - len(made)), start + (len(frame) if told else 0)


def _numbers(told: bytes, frames: int, size: int) -> bytes:
    """Frames and, where they are told, bytes, as a Xing header should have them; a claim of more frames stays."""
    claim, length = int.from_bytes(told[1:5], "big"), int.from_bytes(told[5:9], "big")
    numbers = max(claim, frames).to_bytes(4, "big")
    if not told[0] & 2:
        return numbers
    size = min(size, 0xFFFF_FFFF)
    return numbers + (length if abs(length - size) * 200 < size else size).to_bytes(4, "big")
