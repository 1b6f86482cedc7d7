"""The chunks that a WAV of a release has beside its sound: bext, axml, LIST, id3.

EBU Tech 3285 v2 (bext with loudness), EBU Tech 3352 (an ISRC in axml), Microsoft's RIFF of 1991 (INFO).
"""

import struct
import unicodedata
from xml.sax.saxutils import escape

from studiod.mastering.formats import id3
from studiod.mastering.formats.tags import Tags

UNUSED = 0x7FFF  # of a loudness field
INFO = {  # chunk: field
    b"INAM": "title", b"IART": "artist", b"IPRD": "album", b"ICRD": "date", b"ICOP": "copyright", b"IGNR": "genre",
    b"ISFT": "software",
}  # fmt: skip
AXML = """<?xml version="1.0" encoding="UTF-8"?>
<ebuCoreMain xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="urn:ebu:metadata-schema:ebucore">
  <coreMetadata>
    <identifier typeLabel="GUID" typeDefinition="Globally Unique Identifier" formatLabel="ISRC"\
 formatDefinition="International Standard Recording Code"\
 formatLink="http://www.ebu.ch/metadata/cs/ebu_IdentifierTypeCodeCS.xml#3.7">
      <dc:identifier>ISRC:{isrc}</dc:identifier>
    </identifier>
  </coreMetadata>
</ebuCoreMain>
"""


def ascii_of(text: str, most: int) -> bytes:
    """The nearest letters that a field of ASCII can hold; the rest is a question mark."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.encode("ascii", "replace")[:most]


def _hundredths(value: float | None) -> int:
    return UNUSED if value is None else max(min(round(100.0 * value), UNUSED - 1), -UNUSED)


def bext(tags: Tags, rate_hz: int, bits: int) -> bytes:
    """Broadcast extension, version 2.  No time of day stands in it, so that the same input gives the same bytes."""
    told = tags.title if tags.artist is None else f"{tags.artist}: {tags.title}"
    kind = f"A=PCM,F={rate_hz},W={bits},M=stereo,T={tags.software}\r\n".encode("ascii")
    loud = tags.loudness
    figures = (
        loud.integrated_lufs, loud.range_lu, loud.true_peak_dbtp, loud.momentary_lufs, loud.short_term_lufs
    )  # fmt: skip
    return (
        struct.pack(
            "<256s32s32s10s8sQH64s5h180s",
            ascii_of(told, 256),
            ascii_of(tags.label or tags.album_artist or "", 32),
            ascii_of(tags.catalogue or "", 32),
            (tags.date or "").encode("ascii"),
            b"00:00:00",
            tags.start_frame,
            2,
            bytes(64),
            *map(_hundredths, figures),
            bytes(180),
        )
        + kind
    )


def axml(isrc: str) -> bytes:
    """The EBU's own place for an ISRC."""
    return AXML.format(isrc=escape(isrc)).encode()


def info(tags: Tags) -> bytes:
    """LIST INFO.  Its ISRC means Source, so that no code stands here; nor any text beyond ASCII, of which some readers
    make Latin-1 and some UTF-8: such text stands in ID3, which says what it is."""
    rows = {name: getattr(tags, field) for name, field in INFO.items()}
    rows[b"ITRK"] = str(tags.number) if tags.number else None
    body = b"INFO"
    for name, value in rows.items():
        if value and value.isascii():
            body += chunk(name, value.encode() + b"\0")
    return body


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk, filled up to an even length."""
    return struct.pack("<4sI", name, len(data)) + data + bytes(len(data) % 2)


def behind(tags: Tags) -> bytes:
    """All that stands behind the sound."""
    out = chunk(b"axml", axml(tags.isrc)) if tags.isrc else b""
    return out + chunk(b"LIST", info(tags)) + chunk(b"id3 ", id3.chunk(tags))
