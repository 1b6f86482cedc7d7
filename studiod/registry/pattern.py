"""One OSC pattern of paths, compiled once and never read backwards: each character of a path is one step.

All places of the pattern at which a path may stand are the bits of one number; a character moves them all at once
(R. Baeza-Yates, G. Gonnet, "A new approach to text searching", 1992).  What may be left out is passed over by the carry
of an addition (G. Navarro, M. Raffinot, "Flexible pattern matching in strings", 2002, chapter 4).  So no pattern costs
more than its own bytes and the bytes that it is held against.
"""

from studiod.registry.param import Refusal
from studiod.registry.pattern_bits import Bits
from studiod.registry.recent import Recent
from studiod.texts import plain

BYTES_MAX = 1024
ALTERNATIVES_MAX = 256  # of all {a,b} of a pattern together
SEGMENTS_MAX = 64
PATH_SHOWN = 80  # characters
SPECIAL = frozenset("*?[{")
SPAN = ""  # a segment of any depth


class Pattern:
    """One pattern, without the "/" in front.  `//` and a segment `**` span any depth; at the end, all that is deeper.

    start: the places before the first name; last: the place at the end.  below: a place from which all that is deeper
    fits.  plain: the only name that fits, by the places before it.  steps: the work so far, in characters and places.
    """

    def __init__(self, text: str) -> None:
        """Raises Refusal beyond a bound."""
        _bound(text)
        self.text = text
        self.bits = bits = Bits()
        parts = _parts(text)
        heads = []
        for k, part in enumerate(parts):
            if k and parts[k - 1] != SPAN:
                bits.slash()
            heads.append(1 << bits.size)
            if part == SPAN:
                bits.span()
            else:
                bits.segment(part)
        if bits.alternatives > ALTERNATIVES_MAX:
            expected = f"at most {ALTERNATIVES_MAX} in braces, all together"
            raise _refuse(text, "too many alternatives in a pattern", expected, str(bits.alternatives))
        if bits.nested:
            raise _refuse(text, "braces within braces", "plain text in them, such as {ch,bus}", bits.nested)
        self.last = bits.end()
        self.start = bits.settled(1) if parts[-1] != SPAN else 0
        self.below = heads[-2] if parts[-2:] == [SPAN, "*"] else 0
        self.plain = {
            bits.settled(head): part
            for part, head in zip(parts, heads, strict=True)
            if part != SPAN and SPECIAL.isdisjoint(part)
        }
        self.steps = len(text) + bits.size + bits.turns

    def through(self, at: int, name: str) -> int:
        """The places after one name."""
        bits, stars, spans = self.bits, self.bits.stars, self.bits.spans
        for c in name if at else "":
            at = bits.settled((at & bits.takes(c)) << 1 | at & stars) | at & spans
        self.steps += len(name)
        return at

    def name(self, at: int, name: str) -> tuple[bool, int]:
        """From the places before a name: whether the pattern may end with it, and the places below it."""
        at = self.through(at, name)
        return bool(at & self.last), self.down(at)

    def down(self, at: int) -> int:
        """The places after a slash."""
        self.steps += 1
        return self.bits.settled((at & self.bits.slashes) << 1 | at & self.bits.spans)

    def fits(self, path: str) -> bool:
        """Whether it matches a path, without the "/" in front."""
        head, *names = path.split("/")
        at = self.through(self.start, head)
        for name in names:
            at = self.through(self.down(at), name)
        return bool(at & self.last)


def is_pattern(path: str) -> bool:
    """Whether a path, without the "/" in front, may name more than one."""
    return path.startswith("/") or "//" in path or not SPECIAL.isdisjoint(path)


def compiled(text: str) -> Pattern:
    """The pattern of a text, without the "/" in front: compiled, or kept from lately.  Raises Refusal as Pattern."""
    pattern = _LATELY.get(text)
    if pattern is None:
        pattern = Pattern(text)
        _LATELY.put(text, pattern, len(text.encode("utf-8", "surrogatepass")))
    return pattern


# In bytes of the texts: the numbers of one of 1 kB come to 0.15 MB at most, those of an ordinary one to 5 kB.
_LATELY: Recent[str, Pattern] = Recent(entries=512, weight=32 * BYTES_MAX)


def shown(path: str) -> str:
    """A path or pattern from outside as a refusal names it."""
    return plain(path, PATH_SHOWN)


def _parts(text: str) -> list[str]:
    """The segments, those that span any depth once each.  With one of these at the end nothing matches: a lone "/"."""
    parts = [SPAN if part == "**" else part for part in text.split("/")]
    if text == "/" or text.endswith(("//", "/**")) or text == "**":
        parts.append("*")
    return [part for k, part in enumerate(parts) if part != SPAN or k == 0 or parts[k - 1] != SPAN]


def _bound(text: str) -> None:
    size_bytes, segments = len(text.encode("utf-8", "surrogatepass")), text.count("/") + 1
    if size_bytes > BYTES_MAX:
        raise _refuse(text, "a pattern that is too long", f"at most {BYTES_MAX} bytes", f"{size_bytes} bytes")
    if segments > SEGMENTS_MAX:
        raise _refuse(text, "too many parts in a pattern", f"at most {SEGMENTS_MAX} between slashes", str(segments))


def _refuse(text: str, reason: str, expected: str, got: str) -> Refusal:
    return Refusal(
        shown(text), reason, expected, shown(got), remedy="use several patterns, or * and ** for more of them"
    )
