"""Text from outside, made fit to be shown: escaped and cut, in one place.

A name of a scene, a path, a device or a peer may hold what moves a terminal's cursor, turns the reading direction or
splits a line of the log.  Here it becomes what TOML and JSON would write: \\u001b.
"""

import unicodedata

TEXT_MOST = 400  # characters of one line
NAME_MAX = 64  # characters of what something is kept under
CUT = "…"
CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # C0 C1 DEL; halves of a surrogate pair; line and paragraph separators
JOINERS = frozenset("\u200c\u200d")  # seen in how their neighbours look: Persian, Hindi, families of emoji
# of the reading direction, until further notice
TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# seen as nothing though they count as letters or marks: fillers of Hangul, vowels and joiners without a sign
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def fit(character: str) -> bool:
    """Whether a character may be shown as it is: it is seen, and moves nothing but the line that it stands in."""
    if character.isascii():
        return character.isprintable()
    kind = unicodedata.category(character)
    return kind not in CONTROLS and (kind != "Cf" or character in JOINERS) and character not in BLANKS


def printable(text: str) -> bool:
    """Whether a text may be kept as a name: no control character, line break, half of a surrogate pair or turner."""
    if text.isprintable():
        return True
    return all(unicodedata.category(c) not in CONTROLS and c not in TURNERS for c in text)


def nameable(text: str) -> bool:
    """Whether something may be kept under a text: 1 to NAME_MAX characters, not all blank, each printable."""
    return bool(text.strip()) and len(text) <= NAME_MAX and printable(text)


def plain(text: str, most: int = TEXT_MOST, keep: str = "") -> str:
    """A text as it may be shown: escaped, and cut to at most that many characters, the last one then an ellipsis.

    The cost is bounded by `most`, not by the text.  keep: characters left as they are, such as a line break.
    """
    out = escaped(text[: most + 1], keep)
    return out if len(out) <= most else out[: most - 1] + CUT


def escaped(text: str, keep: str = "") -> str:
    """Every character that is not fit to be shown as \\uXXXX or \\UXXXXXXXX, but for those to keep; nothing is cut."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in keep or fit(c) else _code(c) for c in text)


def _code(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
