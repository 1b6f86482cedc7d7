"""Vorbis comments, of FLAC, Ogg and Opus alike, and what each has besides: a picture, its own loudness."""

import base64
from typing import Any

from mutagen.flac import FLAC, Picture
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from studiod.mastering.formats.tags import Tags, opus_gain, replay_gain

FRONT = 3  # the cover
KINDS: dict[str, Any] = {"flac": FLAC, "ogg": OggVorbis, "opus": OggOpus}
FIELDS = {
    "TITLE": "title", "ARTIST": "artist", "ALBUM": "album", "ALBUMARTIST": "album_artist", "COMPOSER": "composer",
    "ISRC": "isrc", "BARCODE": "upc", "DATE": "date", "GENRE": "genre", "COPYRIGHT": "copyright",
    "PHONOGRAM": "phonogram", "LABEL": "label", "CATALOGNUMBER": "catalogue",
}  # fmt: skip


def rows(tags: Tags, opus: bool) -> dict[str, str]:
    """All that is known, by name."""
    found = {name: value for name, field in FIELDS.items() if (value := getattr(tags, field))}
    if tags.number:
        found |= {"TRACKNUMBER": str(tags.number), "TRACKTOTAL": str(tags.total)}
    if tags.explicit:
        found["ITUNESADVISORY"] = "1"
    return found | (opus_gain(tags) if opus else replay_gain(tags))


def _picture(tags: Tags) -> Picture | None:
    if tags.picture is None:
        return None
    made = Picture()
    made.type, made.mime, made.data = FRONT, tags.picture.kind, tags.picture.data
    return made


def write(path: str, kind: str, tags: Tags) -> None:
    """Give a file of a kind (flac, ogg or opus) its comments in the place of what an encoder put there.

    Raises OSError, or MutagenError of a file that is none of its kind.
    """
    file: Any = KINDS[kind](path)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()
    for name, value in rows(tags, kind == "opus").items():
        file.tags[name] = [value]
    picture = _picture(tags)
    if picture is not None and kind == "flac":
        file.clear_pictures()
        file.add_picture(picture)
    elif picture is not None:
        file.tags["METADATA_BLOCK_PICTURE"] = [base64.b64encode(picture.write()).decode("ascii")]
    file.save(padding=lambda _: 0)


def read(tags: Any) -> dict[str, str]:
    """The fields of Tags that comments hold, as text."""
    found = {field: tags[name][0] for name, field in FIELDS.items() if name in tags}
    for name, field in (("TRACKNUMBER", "number"), ("TRACKTOTAL", "total")):
        if name in tags:
            found[field] = tags[name][0]
    return found
