"""What the head of a sound file says, read with doubt: where its channels stand, and a better head where it lies.

libsndfile believes sizes that a writer left unfinished (0, or all ones), and does not know BW64 nor a CAF of unknown
length.  Such a file is read behind a head made here, which says what is there: see `Mended`.

EBU Tech 3306 (RF64), ITU-R BS.2088 (BW64), Sony Wave64, Apple CAF and AIFF, RFC 9639 (FLAC), RFC 3533 (Ogg).
"""

import io
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from studiod.files import speakers
from studiod.files.mpeg_frames import honest

UNKNOWN = 0x7FFF_0000  # bytes; claims from here on are those of streams, whose writers did not know
LARGEST = 0xFFFF_FFFF  # a 32-bit size that says: see elsewhere, or nobody knows
CHUNKS_MOST = 10_000  # in one file; more are no head any more
CHUNK_BYTES = 4096  # of what is read of a chunk
HEAD_BYTES = 1 << 20  # of a CAF, kept as they are
FLAC_BLOCK_BYTES = 1 << 20  # of tags: pictures have blocks of their own
Layout = tuple[str, ...] | None


@dataclass(frozen=True)
class Splice:
    """A head to read in the place of a file's own, and the bytes of the file that follow it."""

    head: bytes
    first: int
    end: int


@dataclass(frozen=True)
class Head:
    """What was found.  layout: the speakers by channel (None: by their number, as in a WAV).  promised: how many times
    the sound that is there the head speaks of, where that is more (1: no more, or it does not know)."""

    layout: Layout = None
    splice: Splice | None = None
    promised: float = 1.0


class Mended(io.RawIOBase):
    """A file behind another head, as soundfile reads one: its descriptor is shared and keeps its place."""

    def __init__(self, descriptor: int, splice: Splice) -> None:
        self._descriptor, self._splice, self._at = descriptor, splice, 0
        self._length = len(splice.head) + splice.end - splice.first

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(offset + (0, self._at, self._length)[whence], 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, into: object) -> int:
        room = memoryview(into).cast("B")  # type: ignore[arg-type]
        splice, want = self._splice, len(room)
        got = splice.head[self._at : self._at + want]
        if len(got) < want:
            at = splice.first + self._at + len(got) - len(splice.head)
            got += os.pread(self._descriptor, max(min(want - len(got), splice.end - at), 0), at)
        room[: len(got)] = got
        self._at += len(got)
        return len(got)


def read(descriptor: int, channels: int | None = None) -> Head:
    """The head of an open file of whatever kind.  channels: how many there are, where that is known already.

    Raises OSError.
    """
    begin = os.pread(descriptor, 64, 0)
    size = os.fstat(descriptor).st_size
    try:
        if begin[:4] in (b"RIFF", b"RF64", b"BW64") and begin[8:12] == b"WAVE":
            return _wave(descriptor, size, begin[:4])
        if begin[:4] == b"riff" and begin[24:28] == b"wave":
            return Head(_wave64(descriptor, size))
        if begin[:4] == b"caff":
            return _caf(descriptor, size)
        if begin[:4] == b"FORM":
            return _aiff(descriptor, size)
        if begin[:4] == b"fLaC":
            return Head(_flac(descriptor, size))
        if begin[:4] == b"OggS":
            return Head(_ogg(begin))
        if begin[:3] == b"ID3" or (begin[:1] == b"\xff" and len(begin) > 1 and begin[1] & 0xE0 == 0xE0):
            head = honest(descriptor, size)
            return Head(splice=Splice(*head, size) if head else None)
    except struct.error:  # it breaks off in the middle
        pass
    return Head()


def _chunks(descriptor: int, at: int, size: int, shape: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and length of each chunk from a place on: shape is that of a name and a length."""
    step = struct.calcsize(shape)
    for _ in range(CHUNKS_MOST):
        if at + step > size:
            return
        name, length = struct.unpack(shape, os.pread(descriptor, step, at))
        yield name, at + step, length
        at += step + max(length, 0) + (length % 2 if step == 8 else 0)


def _follow(descriptor: int, at: int, size: int, shape: str) -> bool:
    """Whether what follows is chunks up to the very end: an empty sound chunk is then what it says."""
    for name, first, length in _chunks(descriptor, at, size, shape):
        if not re.fullmatch(rb"[ -~]{4}", name) or not 0 <= length <= size - first:
            return False
        at = first + length
    return size - 1 <= at <= size


# -- WAV and its larger kin --------------------------------------------------------------------------------------------


def _wave(descriptor: int, size: int, kind: bytes) -> Head:
    form, claim64 = b"", 0
    for name, first, length in _chunks(descriptor, 12, size, "<4sI"):
        if name == b"ds64":
            claim64 = struct.unpack("<Q", os.pread(descriptor, 16, first)[8:16])[0]
        elif name == b"fmt ":
            form = os.pread(descriptor, min(length, CHUNK_BYTES), first)
        elif name == b"data":
            claim = claim64 if kind != b"RIFF" and length == LARGEST else length
            splice = _mended_wave(descriptor, size, kind, form, first, claim)
            return Head(_mask(form), splice, _promised(claim, size - first))
    return Head(_mask(form))


def _promised(claim: int, rest: int) -> float:
    """How many times what is there a chunk of sound claims; streams claim the most that they can."""
    return claim / rest if 0 < rest < claim < UNKNOWN else 1.0


def _mask(form: bytes) -> Layout:
    """Of a fmt chunk."""
    if len(form) < 24 or struct.unpack("<H", form[:2])[0] != 0xFFFE:
        return None
    return speakers.of_mask(struct.unpack("<I", form[20:24])[0], struct.unpack("<H", form[2:4])[0])


def _mended_wave(descriptor: int, size: int, kind: bytes, form: bytes, first: int, claim: int) -> Splice | None:
    rest = size - first
    unfinished = claim == 0 and rest > 0 and not _follow(descriptor, first, size, "<4sI")
    if not (unfinished or kind == b"BW64" or (kind == b"RF64" and claim > rest)):
        return None
    length = rest if unfinished else min(claim, rest)
    inner = b"WAVE" + struct.pack("<4sI", b"fmt ", len(form)) + form + form[: len(form) % 2]
    body = len(inner) + 8 + length
    if body < LARGEST - 36:
        return Splice(struct.pack("<4sI", b"RIFF", body) + inner + struct.pack("<4sI", b"data", length), first, size)
    large = struct.pack("<4sIQQQI", b"ds64", 28, body + 36, length, 0, 0)
    inner = inner[:4] + large + inner[4:]
    return Splice(struct.pack("<4sI", b"RF64", LARGEST) + inner + struct.pack("<4sI", b"data", LARGEST), first, size)


def _wave64(descriptor: int, size: int) -> Layout:
    at = 40
    for _ in range(CHUNKS_MOST):
        name, length = struct.unpack("<16sQ", os.pread(descriptor, 24, at))
        if name[:4] == b"fmt ":
            return _mask(os.pread(descriptor, min(max(length - 24, 0), CHUNK_BYTES), at + 24))
        at += max(length + 7 & ~7, 24)
        if at > size:
            break
    return None


# -- Apple's -----------------------------------------------------------------------------------------------------------


def _core_audio(chunk: bytes, channels: int) -> Layout:
    tag, mask, count = struct.unpack(">III", chunk[:12])
    labels = [struct.unpack(">I", chunk[at : at + 4])[0] for at in range(12, min(len(chunk) - 19, 12 + 20 * count), 20)]
    return speakers.of_core_audio(tag, mask, labels, channels)


def _aiff(descriptor: int, size: int) -> Head:
    channels, chunk, promised = 0, b"", 1.0
    for name, first, length in _chunks(descriptor, 12, size, ">4sI"):
        if name == b"COMM":
            channels = struct.unpack(">H", os.pread(descriptor, 2, first))[0]
        elif name == b"CHAN":
            chunk = os.pread(descriptor, min(length, CHUNK_BYTES), first)
        elif name == b"SSND":
            promised = _promised(length - 8, size - first - 8)
    return Head(_core_audio(chunk, channels) if chunk else None, promised=promised)


def _caf(descriptor: int, size: int) -> Head:
    channels, plain, chunk, splice, promised = 0, False, b"", None, 1.0
    for name, first, length in _chunks(descriptor, 8, size, ">4sq"):
        if name == b"desc":
            form = os.pread(descriptor, 32, first)
            channels, plain = struct.unpack(">I", form[24:28])[0], form[8:12] in (b"lpcm", b"ulaw", b"alaw")
        elif name == b"chan":
            chunk = os.pread(descriptor, min(max(length, 0), CHUNK_BYTES), first)
        elif name == b"data" and plain:
            rest = size - first
            promised = _promised(length - 4, rest - 4)
            unfinished = length == 0 and not _follow(descriptor, first, size, ">4sq")
            if (length < 0 or length > rest or unfinished) and rest > 4 and first < HEAD_BYTES:
                head = os.pread(descriptor, first - 8, 0) + struct.pack(">q", rest)
                splice = Splice(head + os.pread(descriptor, 4, first), first + 4, size)
            if splice or length < 0:
                break
    return Head(_core_audio(chunk, channels) if chunk else None, splice, promised)


# -- Those that are packed ---------------------------------------------------------------------------------------------


def _flac(descriptor: int, size: int) -> Layout:
    at, channels = 4, 0
    for _ in range(CHUNKS_MOST):
        kind, *length = os.pread(descriptor, 4, at) or bytes(4)
        count = int.from_bytes(bytes(length), "big")
        if kind & 0x7F == 0:
            info = os.pread(descriptor, 13, at + 4)
            channels = (info[12] >> 1 & 7) + 1 if len(info) == 13 <= count else 0
        elif kind & 0x7F == 4:
            tags = os.pread(descriptor, min(count, FLAC_BLOCK_BYTES), at + 4)
            if mask := re.search(rb"(?i)WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x([0-9a-f]{1,8})", tags):
                return speakers.of_mask(int(mask[1], 16), channels)
        at += 4 + count
        if kind & 0x80 or at >= size:
            break
    return None


def _ogg(begin: bytes) -> Layout:
    """By the first packet of the first page."""
    packet = begin[27 + begin[26] :] if len(begin) > 27 else b""
    if packet[:7] == b"\x01vorbis" and len(packet) > 11:
        return speakers.VORBIS.get(packet[11])
    if packet[:8] == b"OpusHead" and len(packet) > 18 and packet[18] < 2:
        return speakers.VORBIS.get(packet[9])
    return None
