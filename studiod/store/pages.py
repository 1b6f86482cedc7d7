"""The pages of an SQLite file and of its -wal, read without SQLite: where SQLite stops at the first damage.

SQLite, "Database File Format", sqlite.org/fileformat2.html, section 4.  The sum of a frame goes on from the sum that
the frame before it holds; with that as its start each frame can be judged alone, so that one bad frame costs itself.
"""

import struct
from dataclasses import dataclass
from functools import cache

import numpy as np

from studiod.store.rows import PAGE_BYTES

WAL_HEAD, FRAME_HEAD = 32, 24
MAGIC = 0x377F0682  # its last bit: whether sums read the words with the high byte first
FRAME_BYTES = FRAME_HEAD + PAGE_BYTES


@dataclass(frozen=True)
class Frame:
    """A page as a transaction left it."""

    page: int  # from 1
    size: int  # of the file in pages, when the transaction ends with this frame; else 0
    data: bytes
    good: bool


@cache
def _weights(pairs: int) -> tuple[np.ndarray, np.ndarray]:
    """What each word adds to the two sums, and what the two sums before add; modulo 2^32.

    A pair of words x y turns the sums a b into a + x + b and, with that new a, b + y + a.
    """
    words = np.zeros((2, 2 * pairs), np.uint64)
    a, b, c, d = 1, 0, 0, 1  # the matrix that what came before is multiplied by, [[a b] [c d]]
    for k in range(pairs - 1, -1, -1):
        words[:, 2 * k] = (a + b) % 2**32, (c + d) % 2**32  # x adds 1 to a, and 1 to b through a
        words[:, 2 * k + 1] = b, d
        a, b, c, d = (a + b) % 2**32, (a + 2 * b) % 2**32, (c + d) % 2**32, (c + 2 * d) % 2**32
    return words, np.array([[a, b], [c, d]], np.uint64)


def sums(data: bytes, before: tuple[int, int], high_first: bool) -> tuple[int, int]:
    """The two sums of data, whose length is a multiple of 8 bytes, after those before it."""
    words, start = _weights(len(data) // 8)
    found = np.frombuffer(data, ">u4" if high_first else "<u4").astype(np.uint64)
    low = np.uint64(0xFFFFFFFF)
    out = ((words * found) & low).sum(1) + ((start * np.array(before, np.uint64)) & low).sum(1)
    return int(out[0] & low), int(out[1] & low)


def frames_of(wal: bytes) -> tuple[list[Frame], bool]:
    """The frames of a -wal, and whether none of them is damaged.

    What an unfinished transaction has left at its end is not among them, unless it may be a damaged one that was
    finished.  Frames of an earlier use of the file, behind the last that has one of its salts, are none.
    """
    if len(wal) < WAL_HEAD:
        return [], True
    magic, _, size, _, *salts, one, two = struct.unpack(">8I", wal[:WAL_HEAD])
    high_first = magic == MAGIC + 1
    whole = magic in (MAGIC, MAGIC + 1) and size == PAGE_BYTES and sums(wal[:24], (0, 0), high_first) == (one, two)
    if not whole and len(wal) >= WAL_HEAD + FRAME_BYTES:
        salts = list(struct.unpack(">2I", wal[WAL_HEAD + 8 : WAL_HEAD + 16]))
    before, out, ends = (one, two), [], 0
    places = range(WAL_HEAD, len(wal) - FRAME_BYTES + 1, FRAME_BYTES)
    heads = [struct.unpack(">6I", wal[at : at + FRAME_HEAD]) for at in places]
    used = max((k + 1 for k, head in enumerate(heads) if head[2] == salts[0] or head[3] == salts[1]), default=0)
    for at, (page, pages, salt, other, *total) in zip(places[:used], heads, strict=False):
        data = wal[at + FRAME_HEAD : at + FRAME_BYTES]
        good = [salt, other] == list(salts) and list(sums(wal[at : at + 8] + data, before, high_first)) == total
        before = total[0], total[1]
        out.append(Frame(page, pages, data, good))
        ends = len(out) if good and pages else ends
    rest = out[ends:]
    if all(frame.good for frame in rest):
        out = out[:ends]
    return out, whole and all(frame.good for frame in out)


def laid_over(file: bytes, frames: list[Frame]) -> bytes:
    """The file as it is once its frames, all good, are in it; marked as one that has no -wal."""
    image = bytearray(file)
    for frame in frames:
        at = (frame.page - 1) * PAGE_BYTES
        if len(image) < at + PAGE_BYTES:
            image.extend(bytes(at + PAGE_BYTES - len(image)))
        image[at : at + PAGE_BYTES] = frame.data
        if frame.size:
            del image[frame.size * PAGE_BYTES :]
    image[18:20] = b"\1\1"  # versions to write and to read it: 2 is one with a -wal
    return bytes(image)
