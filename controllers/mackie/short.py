"""Names and values that fit a cell of six or seven characters, in 20..7E of ASCII alone."""

import math
import unicodedata
from collections.abc import Iterator, Sequence

from studiod.registry.param import Param, Value

LETTERS = {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d",
           "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ﬁ": "fi", "–": "-", "—": "-", "’": "'",
           "‘": "'", "“": '"', "”": '"', "♯": "#", "♭": "b", "×": "x", "°": "o", "µ": "u"}  # fmt: skip
KINDS = {"ch": "Ch", "return": "Rtn", "bus": "Bus", "matrix": "Mtx", "dca": "DCA", "main": "Main"}
VOWELS = "aeiouAEIOU"
OFF_DB = -90.0


def ascii_of(text: str) -> str:
    """The nearest that ASCII has; letters that it has nothing for are left out."""
    spelt = "".join(LETTERS.get(letter, letter) for letter in text)
    plain = unicodedata.normalize("NFKD", spelt)
    return " ".join("".join(letter for letter in plain if " " <= letter <= "~").split())


def label(strip: str) -> str:
    """What a strip without a name is called: Ch 12."""
    kind, _, index = strip.partition("/")
    return f"{KINDS.get(kind, kind)} {index}".rstrip()


def names(wanted: Sequence[tuple[str, str]], width: int) -> list[str]:
    """Short names of (strip, name) in view: names that differ are shown different where there is any way to.

    Of two that would be shown alike the second takes another shortening.
    """
    taken: dict[str, str] = {}
    out = []
    for strip, name in wanted:
        whole = (ascii_of(name) or label(strip)) if strip else ""
        short = next((one for one in shortened(whole, width) if taken.get(one, whole) == whole), whole[:width])
        if whole:
            taken.setdefault(short, whole)
        out.append(short)
    return out


def shortened(name: str, width: int) -> Iterator[str]:
    """Ways to say a name in so many characters, the best first; digits at its end are kept."""
    if len(name) <= width:
        yield name
    stem = name.rstrip("0123456789")
    number = name[len(stem) :][-width:]
    stem, room = stem.rstrip(), width - len(number)
    tight = "".join(word[:1].upper() + word[1:] for word in stem.split())
    if len(name) > width and len(stem) + 1 + len(number) <= width + 1:
        yield stem[:room] + number
    lean = tight
    for k in range(len(tight) - 1, 0, -1):
        if len(lean) <= room:
            break
        if lean[k] in VOWELS:
            lean = lean[:k] + lean[k + 1 :]
    yield lean[:room] + number
    yield tight[:room] + number
    for tail in range(1, room):
        yield lean[: room - tail] + lean[-tail:] + number
    for mark in "~^*+=_":
        yield (lean[: max(room - 1, 0)] + mark + number)[:width]
    for n in range(1000):
        yield (lean[: max(width - len(f"~{n}"), 0)] + f"~{n}")[:width]


def value(param: Param, held: Value, width: int) -> str:
    """A value in plain words with the unit, as far as it fits."""
    if param.kind == "switch":
        return "on" if held else "off"
    if param.kind != "number":
        return ascii_of(str(held))[:width]
    number = float(held)
    if param.law == "fader" and number <= OFF_DB:
        return "off"
    if param.path.rpartition("/")[2] in ("pan", "balance"):
        side = round(abs(number))
        return f"{'L' if number < 0 else 'R'}{side}" if side else "C"
    return _number(number, param.unit, width)


def _number(number: float, unit: str, width: int) -> str:
    """With the unit if it fits, with as many decimals as fit, two at most."""
    if unit == "Hz" and number >= 1000:
        number, unit = number / 1000, "kHz"
    elif unit == "ms" and number >= 1000:
        number, unit = number / 1000, "s"
    digits = 0 if number == 0 else math.floor(math.log10(abs(number))) + 1
    most = 2 if digits <= 1 and unit in ("kHz", "s", "", "ms") else 1 if digits <= 2 else 0
    short = {"kHz": "k", "dBFS": "dB", "dBTP": "dB"}.get(unit, unit)
    for decimals in range(most, -1, -1):
        said = f"{number:.{decimals}f}"
        for with_unit in dict.fromkeys((unit, short)):
            if with_unit and len(said + with_unit) <= width:
                return said + with_unit
        if len(said) <= width and (decimals == most or not unit):
            return said
    return f"{number:.0f}"[:width]
