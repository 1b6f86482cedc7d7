"""Names of files that every system takes: FAT and Windows refuse more than Linux does, and cannot tell case apart."""

import re
import unicodedata

from studiod.mastering.album import Album, Song, Version

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?")
NAME_BYTES = 200  # of UTF-8; systems take 255, and an ending follows
UNNAMED = "untitled"


def safe(text: str) -> str:
    """A text as the name of a file, without an ending.  Never empty; composed (NFC); at most NAME_BYTES."""
    name = FORBIDDEN.sub("-", unicodedata.normalize("NFC", text)).strip(" .")
    while len(name.encode()) > NAME_BYTES:
        name = name[:-1].rstrip(" .")
    if not name:
        return UNNAMED
    return f"{name}-" if RESERVED.fullmatch(name) else name


def same(name: str) -> str:
    """What two names have in common that some system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).casefold())


def track(number: int, song: Song, version: Version | None = None) -> str:
    """01 One; 01 One (Instrumental)."""
    return safe(f"{number:02d} {song.title}" + (f" ({version.name})" if version else ""))


def whole(album: Album) -> str:
    """Of the file that holds all of it."""
    return safe(album.title)


def clashes(album: Album) -> list[str]:
    """A line for each two names that are one where case is not told apart."""
    taken = {same(whole(album)): "album.title"}
    out = []
    for k, song in enumerate(album.songs, 1):
        for n, version in enumerate([None, *song.versions]):
            place = f"song[{k}].version[{n}].name" if version else f"song[{k}].title"
            name = track(k, song, version)
            first = taken.setdefault(same(name), place)
            if first != place:
                out.append(
                    f"{place}: the file {name!r} would have the name of that of {first}, where systems do not tell case"
                    " apart; give it another"
                )
    return out
