"""The album file, read as a whole: every fault of it is told, and in the place of what is wrong stands what is usual.

So who goes on looks at the mixes too, and a user hears of everything at once.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studiod.errors import FileFault
from studiod.mastering.album import Album, Song, Version
from studiod.mastering.release import album_keys
from studiod.mastering.release.album_keys import Check, Inner
from studiod.registry.alike import closest
from studiod.registry.param import told
from studiod.texts import plain

DELIVER = ("wav24",)
GAP_S = 2.0  # between two songs of which nothing is said
TABLES = ("album", "isrc", "song")


@dataclass(frozen=True, slots=True)
class Codes:
    """The range of ISRCs that a user owns."""

    prefix: str
    year: int
    next: int = 1


@dataclass(frozen=True, slots=True)
class Read:
    """An album file.  faults, notes: lines without the name of the file."""

    file: Path
    album: Album
    codes: Codes | None
    faults: tuple[str, ...]
    notes: tuple[str, ...]


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[str] = []
        self.notes: list[str] = []

    def table(self, where: str, data: object, keys: Mapping[str, Check | Inner], needed: str = "") -> dict[str, Any]:
        """The good values of a table, by key."""
        if not isinstance(data, dict):
            self.faults.append(f"{where}: expected a table; got {told(data)}")
            return {}
        found: dict[str, Any] = {}
        for key, value in data.items():
            if key == "version" and where.startswith("song["):
                continue  # which has its own tables
            place = f"{where}.{plain(key, 60)}"
            check = keys.get(key)
            if check is None:
                near = closest(key, keys)
                self.faults.append(f"{place}: no such key; " + (f"nearest is {near}" if near else "leave it out"))
            elif isinstance(check, Inner):
                found[key] = check.make(**self.table(place, value, check.keys))
            else:
                try:
                    good = check(value)
                except album_keys.Within as fault:
                    self.faults += [f"{place}[{n}]: expected {what}; got {told(one)}" for n, what, one in fault.items]
                    continue
                except ValueError as fault:
                    self.faults.append(f"{place}: expected {fault}; got {told(value)}")
                    continue
                if check is not album_keys.path:
                    found[key] = good
                elif good:  # "" is none
                    found[key] = self.rooted(good)
        for key in album_keys.NEEDED.get(needed, ()):
            if key not in data or (data[key] == "" and keys[key] is album_keys.path):  # an empty text is told above
                self.faults.append(f"{where}.{key}: expected this key, which is not there; add it")
        return found

    def tables(self, where: str, data: object) -> list[Any]:
        """A list of tables; counted from 1 when they are told."""
        if not isinstance(data, list):
            self.faults.append(f"{where}: expected tables, each under [[{where}]]; got {told(data)}")
            return []
        return data

    def rooted(self, name: str) -> Path:
        try:
            return (self.folder / Path(name).expanduser()).absolute()
        except RuntimeError:  # "~nobody"
            return (self.folder / name).absolute()

    def song(self, k: int, data: object) -> Song:
        where = f"song[{k + 1}]"
        found = self.table(where, data, album_keys.SONG, "song")
        versions = data.get("version", []) if isinstance(data, dict) else []
        tables = [
            self.table(f"{where}.version[{n + 1}]", one, album_keys.VERSION, "version")
            for n, one in enumerate(self.tables(f"{where}.version", versions))
        ]
        found["versions"] = tuple(Version(**{"name": "", "file": Path(), **one}) for one in tables)
        if "gap_s" in found and "crossfade_s" in found:
            self.faults.append(f"{where}.crossfade_s: expected a gap or a crossfade, not both; leave one of them out")
        if k == 0 and "crossfade_s" in found:
            self.faults.append(f"{where}.crossfade_s: there is no song before the first; leave it out")
            del found["crossfade_s"]
        if k == 0 and found.get("gap_s"):
            self.notes.append(f"{where}.gap_s: nothing is before the first song: its gap is not heard")
        gap = found.pop("gap_s", GAP_S)
        if k == 0 or "crossfade_s" in found:
            gap = 0.0
        found |= {"gap_s": 0.0, "gap_cd_frames": gap} if isinstance(gap, int) else {"gap_s": gap}
        found.setdefault("file", Path())
        found.setdefault("title", "")
        return Song(**found)


def read(path: str | Path) -> Read:
    """An album file and all that is wrong with it.  Raises FileFault where it is no TOML at all."""
    file = Path(path)
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise FileFault(f"{file}: no such file; name an album file, as in docs/mastering.md") from None
    except UnicodeDecodeError as fault:
        raise FileFault(f"{file}: expected UTF-8 text; byte {fault.start} is not; save it as UTF-8") from None
    except OSError as fault:
        raise FileFault(f"{file}: cannot be read: {fault.strerror}; check its name and its rights") from None
    except (ValueError, RecursionError) as fault:
        raise FileFault(f"{file}: expected TOML; {plain(str(fault), 200)}; mend that line") from None
    reader = _Reader(file.absolute().parent)
    for key in data:
        if key not in TABLES:
            near = closest(key, TABLES)
            reader.faults.append(f"{plain(key, 60)}: no such table; nearest is {near or 'album'}")
    album = reader.table("album", data.get("album", {}), album_keys.ALBUM, "album")
    own = reader.table("isrc", data["isrc"], album_keys.CODES, "isrc") if "isrc" in data else {}
    songs = tuple(reader.song(k, one) for k, one in enumerate(reader.tables("song", data.get("song", []))))
    if not data.get("song"):
        reader.faults.append("song: expected at least one song, under [[song]]; there is none")
    album = {"title": "", "deliver": DELIVER, **album}
    codes = Codes(**own) if {"prefix", "year"} <= own.keys() else None
    return Read(file.absolute(), Album(songs=songs, **album), codes, tuple(reader.faults), tuple(reader.notes))
