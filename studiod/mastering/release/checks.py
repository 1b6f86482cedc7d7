"""All that can be known to be wrong with an album before a sample of it is rendered: its file, its codes, its mixes.

Faults end it; notes are told, and it is made all the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studiod.encoding import name_of
from studiod.errors import FileFault
from studiod.files.plain_file import opened
from studiod.mastering import chain
from studiod.mastering.album import Album, Limiter, Song
from studiod.mastering.formats.disc import shown
from studiod.mastering.release import codes, ledger, mixes, names
from studiod.mastering.release.album_file import Read
from studiod.mastering.release.mixes import Mix
from studiod.mastering.timeline import GRID_HZ, Timeline, cut, groups, timeline

CD_LEAST, CD_MOST_TRACKS = 4 * GRID_HZ, 99
CD_MOST, CD_SAFE = (79 * 60 + 57) * GRID_HZ, 78 * 60 * GRID_HZ
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
PICTURE_MOST = 10 << 20  # bytes
Apart = Callable[[Limiter], float]


@dataclass(frozen=True, slots=True)
class Checked:
    """An album that can be made; mixes: of every file of it.  faults: none, or nothing is to be made."""

    album: Album
    timeline: Timeline | None
    mixes: Mapping[Path, Mix]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def checked(read: Read, apart_s: Apart, look: Callable[[Path], Mix | str] = mixes.read) -> Checked:
    """Look at everything.  look: how a mix is read; of one that cannot be, why."""
    faults, notes = list(read.faults), list(read.notes)
    album, cd = read.album, "cd" in read.album.deliver
    found: dict[Path, Mix] = {}
    for place, path in files(album):
        mix = found.get(path) or look(path)
        if isinstance(mix, str):
            faults.append(f"{place}: {mix}")
            continue
        where = f"{place}: {called(read, path)}"
        wrong = mixes.faults(where, mix, cd)
        if path not in found and not wrong:
            notes += mixes.notes(where, mix)
        faults += wrong
        found[path] = mix
    for k, song in enumerate(album.songs, 1):
        wrong = song_faults(f"song[{k}]", song, found)
        faults += wrong
        if not wrong:
            for line, ends in versions(f"song[{k}]", song, found):
                (faults if ends else notes).append(line)
    faults += crossfades(album, found) + limiters(album, apart_s) + code_faults(read) + named(album)
    faults += scenes(album) + picture(album)
    made = None
    if not faults:
        made = timeline(album, [found[song.file].head for song in album.songs], apart_s)
        if cd:
            faults += cd_faults(made)
            notes += cd_notes(made)
    return Checked(album, made, found, tuple(faults), tuple(notes))


def files(album: Album) -> list[tuple[str, Path]]:
    """Every mix that is named, and the key that names it."""
    out = []
    for k, song in enumerate(album.songs, 1):
        out.append((f"song[{k}].file", song.file))
        out += [(f"song[{k}].version[{n}].file", version.file) for n, version in enumerate(song.versions, 1)]
    return [(place, path) for place, path in out if path != Path()]  # what is missing is told already


def called(read: Read, path: Path) -> str:
    """A file as an album file names it: from its folder, where it lies below it."""
    folder = read.file.parent
    return name_of(path.relative_to(folder) if path.is_relative_to(folder) else path)


def length_s(song: Song, mix: Mix) -> float:
    """Of what is heard of it."""
    return cut(song, mix.head)[1] / mix.rate_hz


def song_faults(where: str, song: Song, found: Mapping[Path, Mix]) -> list[str]:
    """Trims and fades that its file has no room for."""
    mix = found.get(song.file)
    if mix is None or not mix.frames:
        return []
    whole_s, out = mix.frames / mix.rate_hz, []
    for key in ("start_s", "end_s"):
        if (given := getattr(song, key)) > whole_s:
            out.append(f"{where}.{key}: expected at most {whole_s:.3f} s, the end of the file; got {given:g} s")
    heard_s = length_s(song, mix)
    if not out and heard_s <= 0.0:
        out.append(
            f"{where}.end_s: expected more than start_s, {song.start_s:g} s; got {song.end_s:g} s; 0 is the file's end"
        )
    if out:
        return out
    for key, fade in (("fade_in", song.fade_in), ("fade_out", song.fade_out)):
        if fade.s > heard_s:
            out.append(f"{where}.{key}.s: expected at most {heard_s:.3f} s, the length of the song; got {fade.s:g} s")
    if not out and song.fade_in.s + song.fade_out.s > heard_s:
        out.append(
            f"{where}.fade_out.s: expected both fades to fit into the song of {heard_s:.3f} s; got"
            f" {song.fade_in.s:g} and {song.fade_out.s:g} s"
        )
    return out


def versions(where: str, song: Song, found: Mapping[Path, Mix]) -> list[tuple[str, bool]]:
    """Versions that are longer or shorter than their song, and whether that ends it: where nothing is heard of one."""
    out = []
    whole = found.get(song.file)
    for n, version in enumerate(song.versions, 1):
        mix = found.get(version.file)
        if whole is None or mix is None or not mix.frames:
            continue
        place = f"{where}.version[{n}].file"
        heard_s, other_s = length_s(song, whole), cut(song, mix.head)[1] / mix.rate_hz
        if other_s <= 0.0:
            out.append((f"{place}: expected more than start_s, {song.start_s:g} s; it ends before; trim less", True))
        elif abs(other_s - heard_s) > 1.0 / mix.rate_hz:
            word = "longer" if other_s > heard_s else "shorter"
            told = f"{place}: it is {abs(other_s - heard_s):.3f} s {word} than its song, and is made as long"
            out.append((told, False))
    return out


def crossfades(album: Album, found: Mapping[Path, Mix]) -> list[str]:
    """Crossfades that are longer than what crosses, or meet within one song."""
    out = []
    before_s = 0.0  # what the crossfade before took of the song before
    for k, (one, two) in enumerate(zip(album.songs, album.songs[1:], strict=False), 2):
        mixes_of = [found.get(song.file) for song in (one, two)]
        cross_s = two.crossfade_s or 0.0
        for song, mix, taken_s in zip((one, two), mixes_of, (before_s, 0.0), strict=True):
            if mix is None or not cross_s or not mix.frames:
                continue
            room_s = length_s(song, mix) - taken_s
            if 0.0 < room_s < cross_s:
                left = "what an earlier crossfade leaves of it" if taken_s else "its length"
                out.append(
                    f"song[{k}].crossfade_s: expected at most {room_s:.3f} s for {song.title!r}, {left}; got"
                    f" {cross_s:g} s"
                )
        before_s = cross_s
    return out


def limiters(album: Album, apart_s: Apart) -> list[str]:
    """Songs with a limiter of their own that silence does not part from both neighbours."""
    out = []
    for group in groups(album, apart_s):
        for k in group if len(group) > 1 else []:
            own = album.songs[k].limiter
            if own is not None and own != album.limiter:
                out.append(
                    f"song[{k + 1}].limiter: expected none of its own, since it touches a neighbour: the limiter"
                    f" remembers {apart_s(own):.2f} s; leave it out, or let a longer gap part it from both"
                )
    return out


def code_faults(read: Read) -> list[str]:
    """Codes that stand twice, and a range that does not reach."""
    first: dict[str, str] = {}
    out = []
    for k, song in enumerate(read.album.songs, 1):
        for n, code in enumerate([song.isrc, *(version.isrc for version in song.versions)]):
            place = f"song[{k}].version[{n}].isrc" if n else f"song[{k}].isrc"
            if code and code != codes.AUTO and first.setdefault(code, place) != place:
                out.append(
                    f"{place}: expected a code of its own; {codes.hyphened(code)} stands at {first[code]} too;"
                    " each recording has one"
                )
    try:
        known = ledger.entries(read.file.parent / ledger.NAME)
        out += ledger.taken(read, known)
        if ledger.wanted(read):
            ledger.allotted(read, known)
    except FileFault as fault:
        out.append(str(fault))
    except ValueError as fault:
        out.append(f"isrc: expected {fault}")
    return out


def named(album: Album) -> list[str]:
    """Names of files that are one where systems do not tell case apart; of an album that has all its titles."""
    there = [album.title, *(s.title for s in album.songs), *(v.name for s in album.songs for v in s.versions)]
    return names.clashes(album) if all(there) else []


def scenes(album: Album) -> list[str]:
    """Chains that are no scene of the mains."""
    places = [("album.chain", album.chain), ("album.album_chain", album.album_chain)]
    places += [(f"song[{k}].chain", song.chain) for k, song in enumerate(album.songs, 1)]
    out = []
    for place, path in places:
        if path is None:
            continue
        try:
            chain.read(path)
        except FileFault as fault:
            out += [f"{place}: {line}" for line in str(fault).split("\n")]
    return out


def picture_kind(data: bytes) -> str:
    """image/jpeg or image/png; "" for anything else."""
    return next((kind for head, kind in PICTURES.items() if data.startswith(head)), "")


def picture(album: Album) -> list[str]:
    """Artwork that is none."""
    if album.artwork is None:
        return []
    where = f"album.artwork: {name_of(album.artwork)}"
    try:
        with open(opened(album.artwork), "rb") as file:
            data = file.read(PICTURE_MOST + 1)
    except OSError as fault:
        return [f"{where}: expected a picture; it cannot be read: {fault.strerror}; check the name"]
    if not picture_kind(data):
        return [f"{where}: expected a JPEG or a PNG; got something else; export it as one of them"]
    if len(data) > PICTURE_MOST:
        return [f"{where}: expected at most {PICTURE_MOST >> 20} MB; it is larger; make it smaller"]
    return []


def cd_faults(made: Timeline) -> list[str]:
    """What the Red Book does not allow."""
    out = []
    if len(made.places) > CD_MOST_TRACKS:
        out.append(f"album.deliver: expected at most {CD_MOST_TRACKS} tracks for a CD; got {len(made.places)}")
    if made.length > CD_MOST:
        out.append(
            f"album.deliver: expected at most {shown(CD_MOST)} for a CD; got {shown(made.length)};"
            " leave out cd, or a song"
        )
    for k, place in enumerate(made.places, 1):
        if place.pause - place.track < CD_LEAST:
            out.append(
                f"song[{k}]: expected at least {shown(CD_LEAST)} for a track of a CD; got"
                f" {shown(place.pause - place.track)}; leave out cd, or join it with its neighbour"
            )
    return out


def cd_notes(made: Timeline) -> list[str]:
    """What some plants do not press."""
    if CD_SAFE <= made.length <= CD_MOST:
        return [f"album.deliver: {shown(made.length)} on a CD: some plants press at most 78 minutes"]
    return []
