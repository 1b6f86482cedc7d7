"""Packed files of a release, by libsndfile's encoders: FLAC, MP3 of 320 kbit/s, Ogg Vorbis, Opus.

Each is encoded from its own first frame, and made so that the same sound gives the same bytes: an Ogg has a random
serial number, which is rewritten.  RFC 3533.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soundfile as sf
from mutagen.id3 import ID3
from mutagen.ogg import OggPage

from studiod.mastering.formats import comments, id3
from studiod.mastering.formats.tags import Tags

PIECE_FRAMES = 4800  # some minutes of Vorbis at once end libsndfile 1.2; the same cuts give the same bytes
SERIAL = 1
# kind: format, subtype, compression level, bit rate mode
ENCODERS = {
    "flac": ("FLAC", "PCM_24", 5 / 8, None),
    "mp3": ("MP3", "MPEG_LAYER_III", 0.0, "CONSTANT"),
    "ogg": ("OGG", "VORBIS", 0.1, None),
    "opus": ("OGG", "OPUS", 0.5, None),
}


def encode(path: Path, kind: str, blocks: Iterable[np.ndarray], rate_hz: int) -> int:
    """Write blocks of float32, or for FLAC int32 with 24 bit on top, as a file without tags; how many frames.

    Raises OSError, sf.LibsndfileError.
    """
    form, subtype, level, mode = ENCODERS[kind]
    done = 0
    with sf.SoundFile(
        path, "w", rate_hz, 2, subtype, format=form, compression_level=level, bitrate_mode=mode
    ) as file:  # fmt: skip
        for piece in pieces(blocks):
            file.write(piece)
            done += len(piece)
    if kind in ("ogg", "opus"):
        _renumber(path)
    return done


def pieces(blocks: Iterable[np.ndarray]) -> Iterable[np.ndarray]:
    """The same sound in pieces of one length, so that no cut of it is heard of."""
    rest: np.ndarray | None = None
    for block in blocks:
        rest = block if rest is None else np.concatenate([rest, block])
        whole = len(rest) - len(rest) % PIECE_FRAMES
        for at in range(0, whole, PIECE_FRAMES):
            yield rest[at : at + PIECE_FRAMES]
        rest = rest[whole:]
    if rest is not None and len(rest):
        yield rest


def tag(path: Path, kind: str, tags: Tags) -> None:
    """Let a file say what it is.  Raises OSError, MutagenError."""
    if kind == "mp3":
        made: ID3 = id3.built(tags)
        made.save(path, v2_version=3, padding=lambda _: 0)
        return
    comments.write(str(path), kind, tags)


def _renumber(path: Path) -> None:
    """Give every page one serial number, and its new checksum."""
    beside = path.with_name(path.name + ".new")
    with path.open("rb") as old, beside.open("wb") as new:
        while True:
            try:
                page = OggPage(old)
            except EOFError:
                break
            page.serial = SERIAL
            new.write(page.write())
    os.replace(beside, path)
