"""A CD as its sheets have it: the CUE sheet, cdrdao's TOC, the PQ sheet for people; and the first two read back.

Red Book: IEC 60908.  Times are CD frames of 1/75 s from the beginning of the image, whose two seconds of pre-gap a
writer adds.
"""

import re
from dataclasses import dataclass, field

GRID_HZ = 75
PREGAP = 2 * GRID_HZ  # ahead of the first track
TEXT_MOST = 80  # characters of a CUE sheet's text


@dataclass(frozen=True, slots=True)
class Track:
    """index_0: where its pause begins, None where there is none."""

    number: int
    title: str
    index_1: int
    index_0: int | None = None
    performer: str | None = None
    composer: str | None = None
    isrc: str | None = None


@dataclass(frozen=True, slots=True)
class Disc:
    title: str
    length: int
    tracks: tuple[Track, ...] = field(default=())
    performer: str | None = None
    upc: str | None = None
    genre: str | None = None


def shown(frames: int) -> str:
    """MM:SS:FF."""
    seconds, rest = divmod(frames, GRID_HZ)
    return f"{seconds // 60:02d}:{seconds % 60:02d}:{rest:02d}"


def frames_of(time: str) -> int:
    """CD frames of MM:SS:FF.  Raises ValueError."""
    minutes, seconds, rest = map(int, time.split(":"))
    return (minutes * 60 + seconds) * GRID_HZ + rest


def quoted(text: str) -> str:
    """As a sheet can hold it: no quotes within."""
    return '"' + text.replace('"', "'")[:TEXT_MOST] + '"'


def cue(disc: Disc, image: str) -> bytes:
    """The CUE sheet of an image: Latin-1, which CD tools expect, or UTF-8 where that lacks a letter."""
    lines = [f"REM GENRE {quoted(disc.genre)}"] if disc.genre else []
    lines += [f"CATALOG {disc.upc}"] if disc.upc else []
    lines += [f"PERFORMER {quoted(disc.performer)}"] if disc.performer else []
    lines += [f"TITLE {quoted(disc.title)}", f"FILE {quoted(image)} WAVE"]
    for track in disc.tracks:
        lines += [f"  TRACK {track.number:02d} AUDIO", f"    TITLE {quoted(track.title)}"]
        lines += [f"    PERFORMER {quoted(track.performer)}"] if track.performer else []
        lines += [f"    SONGWRITER {quoted(track.composer)}"] if track.composer else []
        lines += [f"    ISRC {track.isrc}"] if track.isrc else []
        lines += [f"    INDEX 00 {shown(track.index_0)}"] if track.index_0 is not None else []
        lines += [f"    INDEX 01 {shown(track.index_1)}"]
    text = "\r\n".join([*lines, ""])
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def toc(disc: Disc, image: str) -> bytes:
    """cdrdao's TOC of an image, without text: a track's pause is its first part, up to START."""
    lines = ["CD_DA", ""]
    lines += [f'CATALOG "{disc.upc}"', ""] if disc.upc else []
    begins = [track.index_1 if track.index_0 is None else track.index_0 for track in disc.tracks]
    for track, begin, end in zip(disc.tracks, begins, [*begins[1:], disc.length], strict=True):
        lines += [f"// {track.number:02d}", "TRACK AUDIO"]
        lines += [f'ISRC "{track.isrc}"'] if track.isrc else []
        lines += [f'FILE "{image}" {shown(begin)} {shown(end - begin)}']
        lines += [f"START {shown(track.index_1 - begin)}"] if track.index_1 > begin else []
        lines += [""]
    return "\n".join(lines).encode()


def pq_sheet(disc: Disc) -> str:
    """What a plant and a client read: times on the disc, with its pre-gap."""
    lines = [f"PQ sheet: {disc.title}" + (f", {disc.performer}" if disc.performer else "")]
    lines += [f"UPC/EAN {disc.upc or '–'}   total {shown(disc.length)}   1/75 s a frame; on the disc", ""]
    lines += [f"{'track':<6}{'index':<6}{'time':<10}{'length':<10}{'ISRC':<14}title"]
    ends = [*(track.index_1 for track in disc.tracks[1:]), disc.length]
    for track, end in zip(disc.tracks, ends, strict=True):
        pause = 0 if track.number == 1 else None if track.index_0 is None else track.index_0 + PREGAP
        if pause is not None:
            lines += [f"{track.number:02d}    00    {shown(pause):<10}{shown(track.index_1 + PREGAP - pause)}"]
        row = f"{track.number:02d}    01    {shown(track.index_1 + PREGAP):<10}{shown(end - track.index_1):<10}"
        lines += [f"{row}{track.isrc or '':<14}{track.title}"]
    return "\n".join([*lines, f"AA    01    {shown(disc.length + PREGAP)}", ""])


Row = tuple[int, str | None, int | None, int]  # number, ISRC, index 0, index 1


def read_cue(data: bytes) -> tuple[str | None, list[Row]]:
    """UPC and tracks of a CUE sheet."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    upc = re.search(r"^CATALOG (\d{13})", text, re.MULTILINE)
    rows: list[Row] = []
    for number, body in re.findall(r"TRACK (\d\d) AUDIO(.*?)(?=  TRACK|\Z)", text, re.DOTALL):
        isrc = re.search(r"ISRC (\w{12})", body)
        at = {int(index): frames_of(time) for index, time in re.findall(r"INDEX (\d\d) ([\d:]{8})", body)}
        rows.append((int(number), isrc[1] if isrc else None, at.get(0), at[1]))
    return upc[1] if upc else None, rows


def read_toc(data: bytes) -> tuple[str | None, list[Row], int]:
    """UPC, tracks and length of a TOC."""
    text = data.decode()
    upc = re.search(r'^CATALOG "(\d{13})"', text, re.MULTILINE)
    rows: list[Row] = []
    end = 0
    for number, body in enumerate(text.split("TRACK AUDIO")[1:], 1):
        isrc = re.search(r'ISRC "(\w{12})"', body)
        file = re.search(r'FILE ".*" ([\d:]{8}) ([\d:]{8})', body)
        start = re.search(r"^START ([\d:]{8})", body, re.MULTILINE)
        assert file is not None
        begin, end = frames_of(file[1]), frames_of(file[1]) + frames_of(file[2])
        pause = frames_of(start[1]) if start else 0
        rows.append((number, isrc[1] if isrc else None, begin if pause else None, begin + pause))
    return upc[1] if upc else None, rows, end


def rows(disc: Disc) -> list[Row]:
    """The tracks of a disc as both sheets are to have them."""
    return [(track.number, track.isrc, track.index_0, track.index_1) for track in disc.tracks]
