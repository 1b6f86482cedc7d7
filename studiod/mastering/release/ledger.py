"""The ledger of ISRCs: what was given out, once and for ever, in a file beside the album file.

All albums of a folder share it: the same recording keeps its code on every release, and no code is given out twice.
It is on the disk before anything is made with a code of it.
"""

import contextlib
import fcntl
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from studiod.errors import FileFault
from studiod.mastering.album import Album
from studiod.mastering.release import codes
from studiod.mastering.release.album_file import Codes, Read
from studiod.texts import plain
from studiod.toml_text import table

NAME = "isrc-ledger.toml"
HEAD = "# ISRCs that studiod gave out.  A code here is never given out again: keep this file with its albums.\n\n"
KEYS = ("isrc", "file", "title", "version", "album")


@dataclass(frozen=True, slots=True)
class Entry:
    """A code and the recording that has it; file: from the folder of the ledger."""

    isrc: str
    file: str
    title: str
    version: str
    album: str


def entries(path: Path) -> list[Entry]:
    """What a ledger holds; nothing where there is none.  Raises FileFault: a ledger is never begun anew by itself."""
    try:
        return _entries(tomllib.loads(path.read_text("utf-8")).get("code", []))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, RecursionError) as fault:
        why = getattr(fault, "strerror", None) or str(fault)
        raise FileFault(
            f"{path}: expected the ledger of ISRCs; {plain(why, 200)}; mend it, or bring back a copy: without it"
            " a code could be given out twice"
        ) from None


def _entries(rows: object) -> list[Entry]:
    """Of the tables of a ledger.  Raises ValueError for what none was written as: no code, or one that stands twice."""
    if not isinstance(rows, list):
        raise ValueError("code is no list of tables, each under [[code]]")
    found: dict[str, Entry] = {}
    for n, row in enumerate(rows, 1):
        values = [row.get(key) if isinstance(row, dict) else None for key in KEYS]
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) < len(KEYS):
            raise ValueError(f"code[{n}] is no table with the texts {' '.join(KEYS)}")
        code = texts[0]
        if not codes.ISRC.fullmatch(code):
            raise ValueError(f"code[{n}].isrc is no ISRC: {code}")
        if code in found:
            raise ValueError(f"code[{n}].isrc, {code}, stands there before, for {found[code].file}")
        found[code] = Entry(*texts)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Wanted:
    """A recording that asks for a code: the song's number from 0, its version's or -1, and who it is."""

    song: int
    version: int
    file: str
    title: str
    name: str


def wanted(read: Read) -> list[Wanted]:
    """All that ask for a code, in order."""
    folder = read.file.parent
    out: list[Wanted] = []
    for k, song in enumerate(read.album.songs):
        asked = [(-1, "", song.file, song.isrc)]
        asked += [(n, v.name, v.file, v.isrc) for n, v in enumerate(song.versions)]
        out += [
            Wanted(k, n, os.path.relpath(file, folder), song.title, name)
            for n, name, file, isrc in asked
            if isrc == codes.AUTO
        ]
    return out


def taken(read: Read, known: list[Entry]) -> list[str]:
    """A line for each code of the album file that the ledger has for another recording: of another file and title."""
    folder, owner, out = read.file.parent, {entry.isrc: entry for entry in known}, []
    for k, song in enumerate(read.album.songs, 1):
        rows = [(f"song[{k}].isrc", "", song.file, song.isrc)]
        rows += [(f"song[{k}].version[{n}].isrc", v.name, v.file, v.isrc) for n, v in enumerate(song.versions, 1)]
        for place, name, file, isrc in rows:
            entry = owner.get(isrc or "")
            if entry is None or (name == entry.version and song.title == entry.title):
                continue
            if (os.path.relpath(file, folder), name) != (entry.file, entry.version):
                out.append(
                    f"{place}: expected a code of its own; {NAME} gave {codes.hyphened(entry.isrc)} to"
                    f" {plain(entry.file, 60)}, {entry.title!r} of {plain(entry.album, 60)}; take another, or auto"
                )
    return out


def allotted(read: Read, known: list[Entry]) -> tuple[Album, list[Entry]]:
    """The album with all its codes, and the ledger as it is then.  Raises ValueError: the range is exhausted.

    A recording is known by its file and version, wherever it stands; one whose file was renamed, by its title within
    the same album.
    """
    album_name, asked, ledger = read.file.name, wanted(read), list(known)
    here = {(one.file, one.name) for one in asked}
    used = {code for song in read.album.songs for code in [song.isrc, *(v.isrc for v in song.versions)]}
    found: dict[tuple[int, int], str] = {}
    claimed: set[str] = set()
    tests = (
        lambda one, e: (one.file, one.title, one.name) == (e.file, e.title, e.version),
        lambda one, e: (one.file, one.name) == (e.file, e.version),
        lambda one, e: (
            (one.title, one.name, album_name) == (e.title, e.version, e.album) and (e.file, e.version) not in here
        ),
    )
    for test in tests:
        for one in asked:
            if (one.song, one.version) in found:
                continue
            fits = [k for k, e in enumerate(ledger) if e.isrc not in claimed and test(one, e)]
            if fits:
                entry = ledger[fits[0]]
                found[one.song, one.version] = entry.isrc
                claimed.add(entry.isrc)
                ledger[fits[0]] = Entry(entry.isrc, one.file, one.title, one.name, album_name)
    given = {e.isrc for e in ledger} | {code for code in used if code}
    for one in asked:
        if (one.song, one.version) not in found:
            code = following(read.codes, given)
            found[one.song, one.version] = code
            given.add(code)
            ledger.append(Entry(code, one.file, one.title, one.name, album_name))
    return coded(read.album, found), ledger


def following(own: Codes | None, given: set[str]) -> str:
    """The next code of a range: above all that were given out of it.  Raises ValueError."""
    if own is None:
        raise ValueError("a table [isrc] with prefix and year, for codes that are given out")
    head = f"{own.prefix}{own.year:02d}"
    number = max([own.next, *(int(code[7:]) + 1 for code in given if code.startswith(head))])
    if number > codes.LAST:
        raise ValueError(
            f"a code left of {head}: its last, {codes.LAST}, is given out; take the next year, or another prefix"
        )
    return codes.made(own.prefix, own.year, number)


def coded(album: Album, found: dict[tuple[int, int], str]) -> Album:
    """The album with codes in the place of auto."""
    songs = []
    for k, song in enumerate(album.songs):
        versions = tuple(replace(v, isrc=found.get((k, n), v.isrc)) for n, v in enumerate(song.versions))
        songs.append(replace(song, isrc=found.get((k, -1), song.isrc), versions=versions))
    return replace(album, songs=tuple(songs))


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def give_out(read: Read) -> Album:
    """The album with its codes, which are on the disk when this returns.  Raises FileFault."""
    if not wanted(read):
        return read.album
    path = read.file.parent / NAME
    try:
        with _alone(path):
            known = entries(path)
            album, ledger = allotted(read, known)
            if ledger != known:
                _write(path, ledger)
    except OSError as fault:
        raise FileFault(
            f"{path}: cannot be written: {fault.strerror}; make room or give rights there: codes are written down"
            " before anything is made"
        ) from None
    except FileFault:  # a ValueError as well
        raise
    except ValueError as fault:
        raise FileFault(f"{read.file}: isrc: expected {fault}") from None
    return album


def _write(path: Path, ledger: list[Entry]) -> None:
    rows = [{key: getattr(entry, key) for key in KEYS} for entry in ledger]
    data = (HEAD + "\n".join(table("code", row, one_of_many=True) for row in rows)).encode()
    beside = path.with_name(f".{path.name}")  # one process is here: what a former one left is written over
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
