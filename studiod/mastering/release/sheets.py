"""What people read beside the sound: the label copy; and release.json for programs.  No time of making is in them."""

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import soundfile as sf

from studiod.mastering.album import Album
from studiod.mastering.formats.disc import shown
from studiod.mastering.release import codes, plan
from studiod.mastering.release.exchange import MAKER
from studiod.mastering.timeline import Timeline

LIBRARIES = ("numpy", "numba", "soxr", "soundfile", "mutagen")


def label_copy(album: Album, made: Timeline) -> str:
    """All that goes on a cover and to a shop."""
    facts = {
        "Artist": album.artist, "Label": album.label, "Catalogue": album.catalogue, "UPC/EAN": album.upc,
        "Release": album.date.isoformat() if album.date else None, "Genre": album.genre,
        "Copyright": album.copyright, "Phonogram": album.phonogram, "Total": shown(made.length),
    }  # fmt: skip
    lines = [album.title, ""] + [f"{name + ':':<12}{value}" for name, value in facts.items() if value]
    for place in made.places:
        song = album.songs[place.song]
        lines += ["", f"{place.song + 1:02d} {song.title}" + (" [explicit]" if song.explicit else "")]
        told = {
            "Artist": song.artist or album.artist, "Composer": song.composer, "ISRC": hyphened(song.isrc),
            "Length": shown(place.until - place.track),
        }  # fmt: skip
        lines += [f"   {name + ':':<12}{value}" for name, value in told.items() if value]
        lines += [f"   {one.name + ': ':<12}{hyphened(one.isrc) or 'no ISRC'}" for one in song.versions]
    return "\n".join([*lines, ""])


def hyphened(code: str | None) -> str:
    """For people; "" for none."""
    return codes.hyphened(code) if code else ""


def made_by() -> dict[str, str]:
    """The versions of what makes a release."""
    found = {"name": MAKER, "studiod": version("studiod"), "libsndfile": sf.__libsndfile_version__}
    return found | {name: version(name) for name in LIBRARIES}


def report(
    album: Album, made: Timeline, files: list[dict[str, Any]], figures: dict[str, Any], notes: list[str], key: str
) -> dict[str, Any]:
    """release.json: all that is known.  key: what the release was made from, as one hash."""
    facts = asdict(album)
    facts["date"] = album.date.isoformat() if album.date else None
    facts["artwork"] = album.artwork.name if album.artwork else None
    for name in ("chain", "album_chain"):
        path = getattr(album, name)
        facts[name] = path.name if path else None
    for song, told in zip(album.songs, facts["songs"], strict=True):
        told["file"], told["chain"] = song.file.name, song.chain.name if song.chain else None
        for one, inner in zip(song.versions, told["versions"], strict=True):
            inner["file"] = one.file.name
    return {
        "made_by": made_by(),
        "key": key,
        "album": facts,
        "plan": plan.rows(album, made),
        "figures": figures,
        "files": files,
        "notes": notes,
    }
