"""Heads that break off anywhere or hold anything: what comes of them is a head, never a fault."""

import os
import random
from collections.abc import Iterator

import pytest

from studiod.files import sound_heads

MAGICS = {
    "WAV": b"RIFF\0\0\0\0WAVE",
    "RF64": b"RF64\xff\xff\xff\xffWAVE",
    "BW64": b"BW64\xff\xff\xff\xffWAVE",
    "W64": b"riff" + bytes(20) + b"wave" + bytes(12),
    "CAF": b"caff\0\1\0\0",
    "AIFF": b"FORM\0\0\0\0AIFF",
    "FLAC": b"fLaC",
    "Ogg": b"OggS",
    "ID3": b"ID3\4\0\0",
    "MP3": b"\xff\xfb\x90\x00",
}
PARTS = [b"fmt ", b"data", b"ds64", b"desc", b"lpcm", b"chan", b"COMM", b"CHAN", b"Xing", bytes(4), b"\xff" * 4, b""]
FLAC_BLOCK = b"\0\0\0\x22\0\x10"


def heads(magic: bytes) -> Iterator[bytes]:
    """Each cut after every number of bytes up to 64; and whole ones of random parts."""
    draw = random.Random(magic)
    for filling in (bytes(64), b"\xff" * 64, FLAC_BLOCK * 11, draw.randbytes(64)):
        yield from ((magic + filling)[:count] for count in range(65))
    for _ in range(200):
        yield magic + b"".join(draw.choice(PARTS) + draw.randbytes(draw.choice([0, 3, 4, 8, 30])) for _ in range(6))


@pytest.mark.parametrize("kind", MAGICS)
def test_any_bytes_behind_a_magic_are_a_head(kind: str) -> None:
    descriptor = os.memfd_create(kind)
    try:
        for head in heads(MAGICS[kind]):
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, head, 0)
            assert isinstance(sound_heads.read(descriptor), sound_heads.Head), head
    finally:
        os.close(descriptor)
