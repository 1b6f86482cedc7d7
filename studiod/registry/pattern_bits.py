"""The places of an OSC pattern as bits of numbers: where each one is, and what it takes.

a  ?  [a-c]  /     one bit, before the character that it takes
*                  one bit, that stays on every character of a name; may be passed over
//  or a part **   one bit, that stays on every character; what follows starts here and after each "/"
{ab,c}             entry | a b end | c end | out; may be passed over when one of them is empty
the end            one bit
"""

from bisect import bisect_right
from itertools import accumulate
from operator import xor

TAKES_MAX = 512  # characters whose places are kept


class Bits:
    """Places, added from left to right.  Each mask below has the bits of all places of its kind."""

    def __init__(self) -> None:
        self.size = 0  # the next free bit
        self.items = 0  # the first bit of each of the above
        self.skips = 0  # all bits of what may be passed over
        self.stars = self.spans = self.slashes = 0
        self.entries = self.starts = self.ends = self.outs = 0  # of alternatives: of all, of one, of one, of all
        self.blocks = 0  # from entry up to, not with, out
        self.alternatives = 0  # how many
        self.nested = ""  # what stood in braces with another brace in it
        self._letters: dict[str, int] = {}  # the places of plain characters
        self._turns: dict[int, int] = {}  # at which code a place of many characters begins or ceases to fit
        self._first = 0  # the places that fit before the first of these codes
        self._edges: list[int] = []
        self._fits: list[int] = []
        self._takes: dict[str, int] = {}

    def _add(self, bits: int = 1) -> int:
        """Room for one item; its first bit."""
        place = 1 << self.size
        self.size += bits
        self.items |= place
        return place

    def slash(self) -> None:
        self.slashes |= self._add()

    def span(self) -> None:
        place = self._add()
        self.spans |= place
        self.skips |= place

    @property
    def turns(self) -> int:
        """How many there are, of places of many characters."""
        return len(self._turns)

    def end(self) -> int:
        """The last place.  Nothing can be added after it."""
        self._edges = sorted(self._turns)
        self._fits = list(accumulate((self._turns[edge] for edge in self._edges), xor, initial=self._first))
        return self._add()

    def segment(self, text: str) -> None:
        """What is between slashes.  A bracket without its counterpart is a plain character, and so are both of `[]`."""
        at = 0
        while at < len(text):
            c, end = text[at], -1
            if c in "[{":
                end = text.find("]" if c == "[" else "}", at + 1)
            if c == "*":
                place = self._add()
                self.stars |= place
                self.skips |= place
            elif c == "?":
                self._many([], True)
            elif c == "[" and end > at + 1:
                self._kinds(text[at + 1 : end])
                at = end
            elif c == "{" and end > 0:
                self._either(text[at + 1 : end])
                at = end
            else:
                self._letter(c, self._add())
            at += 1

    def _letter(self, c: str, place: int) -> None:
        self._letters[c] = self._letters.get(c, 0) | place

    def _kinds(self, inside: str) -> None:
        """The characters of a class; one with a range from high to low takes none at all."""
        no = inside[0] == "!" and len(inside) > 1
        ranges, at = [], int(no)
        while at < len(inside):
            wide = inside[at + 1 : at + 2] == "-" and at + 2 < len(inside)
            ranges.append((ord(inside[at]), ord(inside[at + 2 if wide else at])))
            at += 3 if wide else 1
        if any(low > high for low, high in ranges):
            ranges, no = [], False
        self._many(ranges, no)

    def _many(self, ranges: list[tuple[int, int]], no: bool) -> None:
        """A place that takes the characters of these ranges of codes; no: all others."""
        place, past = self._add(), 0
        if no:
            self._first |= place
        for low, high in sorted(ranges):
            low = max(low, past)  # where ranges overlap, a place would turn twice
            if low <= high:
                past = high + 1
                for edge in (low, past):
                    self._turns[edge] = self._turns.get(edge, 0) ^ place

    def _either(self, inside: str) -> None:
        """Alternatives, plain text each."""
        self.alternatives += inside.count(",") + 1
        if "{" in inside:
            self.nested = f"{{{inside}}}"
        names = sorted(set(inside.split(",")))
        if names == [""]:
            return
        first = self.size
        self.entries |= self._add()
        for name in filter(None, names):
            self.starts |= 1 << self.size
            for k, c in enumerate(name, self.size):
                self._letter(c, 1 << k)
            self.size += len(name)
            self.ends |= 1 << self.size
            self.size += 1
        self.blocks |= (1 << self.size) - (1 << first)
        self.outs |= 1 << self.size
        self.size += 1
        if names[0] == "":
            self.skips |= (1 << self.size) - (1 << first)

    def takes(self, c: str) -> int:
        """The places that take a character, which is no slash."""
        found = self._takes.get(c)
        if found is None:
            found = self._letters.get(c, 0) | self._fits[bisect_right(self._edges, ord(c))]
            if len(self._takes) < TAKES_MAX:
                self._takes[c] = found
        return found

    def settled(self, at: int) -> int:
        """Places, and those that can be reached from them without a character."""
        if self.blocks:
            at |= ((at & self.ends) + self.blocks & self.outs) << 1
        if skipped := at & self.skips & self.items:
            at |= (self.skips ^ (self.skips + skipped)) & self.items  # up to the end of what may be skipped
        if entered := at & self.entries:
            at |= self.starts & ~(entered + self.blocks)
        return at
