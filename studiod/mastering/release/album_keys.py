"""Every key of an album file: what it takes, and what is made of it.  A check raises ValueError: what was expected."""

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

from studiod.mastering.album import METERS, MODES, SHAPES, Fade, Limiter, Loudness
from studiod.mastering.release import codes
from studiod.mastering.release.deliveries import delivery
from studiod.registry.strip import LIMITER
from studiod.texts import printable

Check = Callable[[Any], Any]
TEXT_MOST = 200  # characters
IN_TITLES = {'"': "“ and ”, or two '", "/": "a dash, or ∕", "\\": "a dash"}  # what to write in the place of what
GAP_FORM = re.compile(r"([0-9]{1,2}):([0-5][0-9]):([0-9]{2})")
LOWEST_DB, LOUDEST_LUFS, SOFTEST_LUFS = -20.0, 0.0, -60.0


class Within(ValueError):
    """What is wrong within a list.  items: of each at fault its number from 1, what was expected, what came."""

    def __init__(self, items: list[tuple[int, str, object]]) -> None:
        super().__init__(*(what for _, what, _ in items))
        self.items = items


class Inner:
    """A table within a table: its keys, and what is made of those that were given."""

    def __init__(self, make: Callable[..., Any], **keys: Check) -> None:
        self.make, self.keys = make, keys


def text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_MOST or not printable(value):
        raise ValueError(f"a text of 1 to {TEXT_MOST} characters on one line")
    return value.strip()


def title(value: Any) -> str:
    """A text that file names and CUE sheets can hold."""
    found = text(value)
    for sign, instead in IN_TITLES.items():
        if sign in found:
            raise ValueError(
                f"a title without {sign}, which names of files and CUE sheets cannot hold: write {instead}"
            )
    return found


def number(low: float, high: float, unit: str) -> Check:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"{unit} from {low:g} to {high:g}")
        return float(value)

    return check


def whole(low: int, high: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return value

    return check


def one_of(names: tuple[str, ...]) -> Check:
    def check(value: Any) -> str:
        if value not in names:
            raise ValueError(f"one of {' '.join(names)}")
        return str(value)

    return check


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def path(value: Any) -> str:
    """As it stands there; who reads the file makes it absolute."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError("the name of a file, from the folder of the album file")
    return value


def day(value: Any) -> datetime.date:
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise ValueError("a day without quotes, as in 2026-11-28")
    return value


def code(value: Any) -> str:
    """An ISRC, or auto."""
    if value == codes.AUTO:
        return codes.AUTO
    if not isinstance(value, str):
        raise ValueError('"auto", or an ISRC as in "GB-UM7-26-29604"')
    return codes.isrc(value)


def prefix(value: Any) -> str:
    if not isinstance(value, str) or not codes.PREFIX.fullmatch(codes.compact(value)):
        raise ValueError("the 5 characters that you own: 2 letters, 3 letters or digits, as in GBUM7")
    return codes.compact(value)


def upc(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError('12 or 13 digits in quotes, as in "0602527474519"')
    return codes.upc(value)


def gap(value: Any) -> float | int:
    """Seconds (float), or CD frames (int) where it stands there as MM:SS:FF."""
    if isinstance(value, str):
        found = GAP_FORM.fullmatch(value)
        if found and int(found[3]) < 75:
            return (int(found[1]) * 60 + int(found[2])) * 75 + int(found[3])
    elif not isinstance(value, bool) and isinstance(value, int | float) and 0.0 <= value <= 600.0:
        return float(value)
    raise ValueError('seconds from 0 to 600, or minutes, seconds and frames of 1/75 s as in "00:02:37"')


def deliveries(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError('formats, as in ["wav24", "flac", "cd", "mp3"]')
    found, faults = [], []
    for n, one in enumerate(value, 1):
        try:
            found.append(delivery(one).name)
        except ValueError as fault:
            faults.append((n, str(fault), one))
    if faults:
        raise Within(faults)
    if twice := sorted({name for name in found if found.count(name) > 1}):
        raise ValueError(f"each format once; {twice[0]} stands there twice")
    return tuple(found)


def _limits(name: str, unit: str) -> Check:
    template = next(one for one in LIMITER if one.path == f"limiter/{name}")
    return number(template.low, template.high, unit)


SECONDS = number(0.0, 36_000.0, "seconds")
DECIBELS = number(-40.0, 40.0, "LU")
FADE = Inner(Fade, s=number(0.0, 600.0, "seconds"), shape=one_of(SHAPES))
LIMIT = Inner(Limiter, release_ms=_limits("release", "ms"), lookahead_ms=_limits("lookahead", "ms"))
LOUD = Inner(Loudness, mode=one_of(MODES), target_lufs=number(SOFTEST_LUFS, LOUDEST_LUFS, "LUFS"))

ALBUM: Mapping[str, Check | Inner] = {
    "title": title, "artist": text, "upc": upc, "catalogue": text, "label": text, "date": day, "genre": text,
    "copyright": text, "phonogram": text, "artwork": path, "loudness": LOUD,
    "ceiling_dbtp": number(LOWEST_DB, 0.0, "dBTP"), "ceiling_meter": one_of(METERS), "limiter": LIMIT, "chain": path,
    "album_chain": path, "deliver": deliveries, "noise_shaping": flag,
}  # fmt: skip
CODES: Mapping[str, Check | Inner] = {"prefix": prefix, "year": whole(0, 99), "next": whole(0, codes.LAST)}
SONG: Mapping[str, Check | Inner] = {
    "file": path, "title": title, "artist": text, "composer": text, "isrc": code, "explicit": flag,
    "start_s": SECONDS, "end_s": SECONDS, "fade_in": FADE, "fade_out": FADE, "gap_s": gap,
    "crossfade_s": number(0.001, 600.0, "seconds"), "offset_lu": DECIBELS, "chain": path, "limiter": LIMIT,
}  # fmt: skip
VERSION: Mapping[str, Check | Inner] = {"name": title, "file": path, "isrc": code}
NEEDED = {"album": ("title",), "isrc": ("prefix", "year"), "song": ("file", "title"), "version": ("name", "file")}
