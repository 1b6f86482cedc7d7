"""ID3 v2.3, which players read best: of an MP3 ahead of its sound, of a WAV in a chunk at its end."""

import io

from mutagen import id3
from mutagen.id3 import ID3

from studiod.mastering.formats.tags import Tags, replay_gain

UTF16 = 1  # the only whole alphabet of v2.3
FRONT = 3  # the cover
TEXTS = {  # frame: field
    "TIT2": "title", "TPE1": "artist", "TPE2": "album_artist", "TALB": "album", "TCOM": "composer", "TSRC": "isrc",
    "TCON": "genre", "TCOP": "copyright", "TPUB": "label", "TDRC": "date",
}  # fmt: skip
OWN = {"BARCODE": "upc", "CATALOGNUMBER": "catalogue", "PHONOGRAM": "phonogram"}  # of TXXX
ADVISORY = "ITUNESADVISORY"  # 1: explicit


def built(tags: Tags) -> ID3:
    """All that is known, as frames."""
    made = ID3()
    for frame, field in TEXTS.items():
        if value := getattr(tags, field):
            made.add(getattr(id3, frame)(encoding=UTF16, text=[value]))
    own = {name: getattr(tags, field) for name, field in OWN.items()} | replay_gain(tags)
    own[ADVISORY] = "1" if tags.explicit else None
    for name, value in own.items():
        if value:
            made.add(id3.TXXX(encoding=UTF16, desc=name, text=[value]))
    if tags.number:
        made.add(id3.TRCK(encoding=0, text=[f"{tags.number}/{tags.total}"]))
    made.add(id3.TSSE(encoding=UTF16, text=[tags.software]))
    if tags.picture:
        made.add(id3.APIC(encoding=0, mime=tags.picture.kind, type=FRONT, desc="", data=tags.picture.data))
    made.update_to_v23()
    return made


def chunk(tags: Tags) -> bytes:
    """A whole tag, without room for another."""
    place = io.BytesIO()
    built(tags).save(place, v2_version=3, padding=lambda _: 0)
    return place.getvalue()


def of_chunk(data: bytes) -> ID3:
    """A tag from its bytes.  Raises MutagenError of anything else."""
    return ID3(io.BytesIO(data))


def read(tags: ID3) -> dict[str, str]:
    """The fields of Tags that a tag holds, as text."""
    found = {field: str(tags[frame]) for frame, field in TEXTS.items() if frame in tags}
    found |= {field: str(tags[f"TXXX:{name}"]) for name, field in OWN.items() if f"TXXX:{name}" in tags}
    if "TRCK" in tags:
        found["number"], _, found["total"] = str(tags["TRCK"]).partition("/")
    return found
