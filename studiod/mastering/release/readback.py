"""Every file of a release is read again from the disk, and has to be what was meant: frames, samples, tags, times.

A fault here is a disk's or ours, never the user's: the release is not exchanged, and what was there stays.
"""

import hashlib
from pathlib import Path
from typing import Any

import soundfile as sf
from mutagen import MutagenError
from mutagen.id3 import ID3

from studiod.errors import FileFault
from studiod.mastering.formats import comments, disc, id3, pcm_wav
from studiod.mastering.formats.disc import Disc
from studiod.mastering.formats.tags import Tags
from studiod.mastering.release.deliveries import LOSSY
from studiod.mastering.release.files import Item
from studiod.metering.measure import Meter

READ_BYTES = 1 << 20
TOLD = ("title", "artist", "album", "album_artist", "composer", "isrc", "upc", "date", "genre", "copyright",
        "phonogram", "label", "catalogue")  # fmt: skip


class Spoilt(FileFault):
    """What was written is not what is there."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path}: read back, {what}; the release was not touched: look at the disk, and try again")


def sound(path: Path, item: Item, digest: str) -> dict[str, Any]:
    """Read a file's sound; of what a codec changed, its true peak.  digest: of the samples as they were written.

    Raises Spoilt, OSError.
    """
    if item.kind in LOSSY:
        return _decoded(path, item)
    found = hashlib.sha256()
    if item.kind == "flac":
        with sf.SoundFile(path) as file:
            frames, rate_hz = file.frames, file.samplerate
            for block in file.blocks(rate_hz, dtype="int32"):
                found.update(block.tobytes())
    else:
        rate_hz, width, first, length = pcm_wav.sound_of(path)
        frames = length // width
        with path.open("rb") as raw:
            raw.seek(first)
            while length and (part := raw.read(min(READ_BYTES, length))):
                found.update(part)
                length -= len(part)
    _same(item.path, "frames", item.frames, frames)
    _same(item.path, "rate", item.delivery.rate_hz, rate_hz)
    _same(item.path, "samples", digest, found.hexdigest())
    return {}


def _decoded(path: Path, item: Item) -> dict[str, Any]:
    with sf.SoundFile(path) as file:
        meter = Meter(file.samplerate, 2)
        for block in file.blocks(file.samplerate, dtype="float64"):
            meter.feed(block)
        _same(item.path, "rate", item.delivery.rate_hz, file.samplerate)
    _same(item.path, "frames", item.frames, meter.frames)
    return {"decoded_true_peak_dbtp": meter.reading()["true_peak_dbtp"]}


def tags(path: Path, item: Item) -> None:
    """Read what a file says of itself.  Raises Spoilt."""
    if item.tags is None:
        return
    try:
        if item.kind.startswith("wav"):
            found = id3.read(id3.of_chunk(pcm_wav.part(path, b"id3 ")))
        elif item.kind == "mp3":
            found = id3.read(ID3(path))
        else:
            found = comments.read(comments.KINDS[item.kind](path).tags or {})
    except (MutagenError, ValueError) as fault:
        raise Spoilt(item.path, f"its tags: {fault}") from None
    for name, value in expected(item.tags).items():
        _same(item.path, name, value, found.get(name))


def expected(of: Tags) -> dict[str, str]:
    """What a reader is to find."""
    found = {name: value for name in TOLD if (value := getattr(of, name))}
    return found | ({"number": str(of.number), "total": str(of.total)} if of.number else {})


def sheets(folder: Path, cue: str, toc: str, of: Disc) -> None:
    """Read the sheets of a CD.  Raises Spoilt, OSError."""
    _same(cue, "codes and times", (of.upc, disc.rows(of)), disc.read_cue((folder / cue).read_bytes()))
    _same(toc, "codes and times", (of.upc, disc.rows(of), of.length), disc.read_toc((folder / toc).read_bytes()))


def sums(folder: Path, name: str, kind: str) -> None:
    """Read every file against its checksum.  Raises Spoilt, OSError."""
    for line in (folder / name).read_text("utf-8").splitlines():
        digest, path = line.split("  ", 1)
        _same(path, f"the {kind} sum", digest, hashed(folder / path, kind)[0])


def hashed(path: Path, *kinds: str) -> list[str]:
    """Checksums of a file, read once.  Raises OSError."""
    found = [hashlib.new(kind) for kind in kinds]
    with path.open("rb") as file:
        while part := file.read(READ_BYTES):
            for one in found:
                one.update(part)
    return [one.hexdigest() for one in found]


def _same(path: str, what: str, wanted: object, got: object) -> None:
    if wanted != got:
        raise Spoilt(path, f"{what}: expected {wanted}; got {got}")
