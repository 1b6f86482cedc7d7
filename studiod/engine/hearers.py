"""Who reads a tap of the strips from its ring: the rack copies there what is heard, and nothing else.

A tap that gets a reader is kept from the same frame on, long before the reader, which fades its old source out first,
comes to it.  One that has lost its last reader is let go only where nothing posted for later could still want it.
"""

from collections import Counter

from dsp import heard
from studiod.engine.cells import Cells, Entry
from studiod.realtime import layout as r
from studiod.realtime import queue
from studiod.realtime import strip as units
from studiod.realtime.section import Offer

Tap = tuple[int, int]  # the unit that holds the word of its bank, and the word's lane


class Hearers:
    """The readers of one rack, as posted."""

    def __init__(self, cells: Cells, offers: dict[str, dict[int, Offer]]) -> None:
        self.cells = cells
        self._at: dict[int, Tap] = {}  # by the first cell of a column
        rings = {bank * r.BLOCK + units.RING_1 + tap: (bank, tap) for bank in r.BANKS for tap in r.TAPS}
        for taps in offers.values():
            for offer in taps.values():
                if offer.unit in rings:
                    bank, tap = rings[offer.unit]
                    base = cells.rack.column(offer.unit, offer.lane)[0]
                    self._at[base] = bank * r.BLOCK + units.TAPS_HEARD, tap
        self._readers: Counter[Tap] = Counter()
        self._left = {(bank * r.BLOCK + units.TAPS_HEARD, tap) for bank, tap in rings.values()}
        self._kept: set[Tap] = set()  # for ever: a change posted earlier may bring a reader back to it

    def forget(self) -> None:
        """A reader may not have gone where it was sent: no tap is let go any more."""
        self._kept |= set(self._at.values())

    def moved(self, out: list[Entry], before: int | None, after: int) -> None:
        """A reader goes from the column that begins at one cell (None: from nothing) to another."""
        if (tap := self._at.get(after)) is not None:
            self._readers[tap] += 1
            self._left.discard(tap)
            out.append((self.cells.cell(tap[0], heard.HOLD, tap[1]), heard.EVER, queue.PLAIN))
        if before is not None and (tap := self._at.get(before)) is not None:
            self._readers[tap] -= 1
            if self.cells.early:
                self._kept.add(tap)
            if not self._readers[tap]:
                self._left.add(tap)

    def let_go(self, out: list[Entry]) -> None:
        """At the end of a transaction: taps without a reader are kept for a reader's fade only."""
        if self.cells.latest > self.cells.now:
            return
        for unit, tap in sorted(self._left - self._kept):
            out.append((self.cells.cell(unit, heard.HOLD, tap), float(heard.LEAVE_FRAMES), queue.PLAIN))
        self._left.clear()
