"""The console's seventeen blocks of meters, made of the desk's banks: levels as amplitudes, what is taken away as gain.

A block is 32-bit floats of the other byte order, their count before them; of two of them a part is 16-bit numbers.
"""

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict

from studiod.desk.desk import Desk
from studiod.registry.meter_banks import BANKS

MOST = 8.0  # +18 dBFS
CELLS_PER_TICK = 5  # of 10 ms in one of 50 ms
RTA_BINS, RTA_PER_OCTAVE, THIRDS_PER_OCTAVE = 100, 10, 3
LOW_DB = -128.0
BLOCKS = range(17)
GAINS = ("gate", "comp")
Row = tuple[str, str]  # a bank, and the name of a value in it; ("", ""): nothing


def _several(bank: str, kind: str, count: int, first: int = 1) -> list[Row]:
    return [(bank, f"{kind}/{n}") for n in range(first, first + count)]


NOTHING: Row = ("", "")
CHANNELS, AUX = _several("ch", "ch", 32), _several("ch", "ch", 8, 33)
RETURNS = [("return", f"return/{n}/{side}") for n in range(1, 5) for side in "lr"]
BUSES, MATRICES = _several("bus", "bus", 16), _several("matrix", "matrix", 6)
MAINS, MONITOR = [("main", "peak_l"), ("main", "peak_r")], [("monitor", "monitor/l"), ("monitor", "monitor/r")]
INPUTS = _several("input", "input", 32)
GATES, COMPS = _several("gate", "ch", 32), _several("comp", "ch", 32)
BUS_COMPS, MATRIX_COMPS, MAIN_COMP = _several("comp", "bus", 16), _several("comp", "matrix", 6), [("comp", "main")]
FULL: Row = ("comp", "")  # a gain of what the desk has not: nothing is taken away
LAYOUTS: dict[int, list[Row]] = {
    0: [*CHANNELS, *AUX, *RETURNS, *BUSES, *MATRICES],
    1: [*CHANNELS, *GATES, *COMPS],
    2: [*BUSES, *MATRICES, *MAINS, NOTHING, *BUS_COMPS, *MATRIX_COMPS, *MAIN_COMP, FULL],
    3: [*_several("output", "output", 6, 17), *AUX, *RETURNS],
    4: [*INPUTS, *_several("input", "input", 8, 33), *_several("output", "output", 16), *[NOTHING] * 16,
        *_several("output", "output", 6, 17), *[NOTHING] * 2, *MONITOR],
    7: BUSES,
    8: MATRICES,
    9: [row for n in range(4) for row in (NOTHING, NOTHING, *RETURNS[2 * n : 2 * n + 2])] + [NOTHING] * 16,
    10: [NOTHING] * 32,
    11: [*MONITOR, NOTHING, FULL, NOTHING],
    12: [*MAINS, NOTHING, NOTHING],
    13: [*CHANNELS, *AUX, *RETURNS],
    14: [NOTHING] * 80,
}  # fmt: skip
SURFACE = ((CHANNELS[:16], CHANNELS[16:], [*AUX, *RETURNS], BUSES), ([NOTHING] * 8, BUSES[:8], BUSES[8:], MATRICES))
GAINS_16 = [*GATES, *COMPS, *BUS_COMPS, *MATRIX_COMPS, *MAIN_COMP, FULL]
STRIPS = [*CHANNELS, *AUX, *RETURNS, *BUSES, *MATRICES, MAINS[0], NOTHING]  # by their number


def amplitude(level_db: float) -> float:
    return min(10.0 ** (level_db / 20.0), MOST)


class Meters:
    """Over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        sizes = asdict(desk.registry.console)
        self._places = {bank: {name: k for k, (name, _) in enumerate(make(sizes))} for bank, make in BANKS.items()}
        self._read: dict[tuple[str, int], Sequence[float]] = {}
        self._blocks: dict[tuple[int, tuple[int, ...], int], bytes] = {}
        self._ends: dict[str, int] = {}

    def tick(self) -> None:
        """A new beat: all is read anew."""
        self._read.clear()
        self._blocks.clear()
        self._ends.clear()

    def block(self, number: int, args: tuple[int, ...], ticks: int) -> bytes:
        """A block with the most of so many ticks of 50 ms, as it stands in a blob."""
        key = number, args, ticks
        if key not in self._blocks:
            self._blocks[key] = self._made(number, args, ticks)
        return self._blocks[key]

    def _made(self, number: int, args: tuple[int, ...], ticks: int) -> bytes:
        special: dict[int, Callable[[tuple[int, ...], int], bytes]] = {5: self._surface, 6: self._strip}
        special |= {15: self._spectrum, 16: self._gains}
        if number in special:
            return special[number](args, ticks)
        return floats([self.value(row, ticks) for row in LAYOUTS[number]])

    def _bank(self, bank: str, ticks: int) -> Sequence[float]:
        key = bank, ticks
        if key not in self._read:
            if bank not in self._ends:
                self._ends[bank] = self.desk.meters(bank)[1]
            since = max(self._ends[bank] - CELLS_PER_TICK * ticks, 0)
            self._read[key] = self.desk.meters(bank, since)[0]
        return self._read[key]

    def value(self, row: Row, ticks: int) -> float:
        """A level as an amplitude, or what is taken away as gain; of what the desk has not: silence, or all of it."""
        bank, name = row
        place = self._places.get(bank, {}).get(name)
        found = self._bank(bank, ticks) if place is not None else ()
        if place is None or place >= len(found):
            return 1.0 if bank in GAINS else 0.0
        return 10.0 ** (-found[place] / 20.0) if bank in GAINS else amplitude(found[place])

    def _surface(self, args: tuple[int, ...], ticks: int) -> bytes:
        left, right = (SURFACE[k][_within(args, k, 3)] for k in range(2))
        right = [*right, *[NOTHING] * (8 - len(right))]
        return floats([self.value(row, ticks) for row in (*left, *right, *MAINS, NOTHING)])

    def _strip(self, args: tuple[int, ...], ticks: int) -> bytes:
        """One strip: before its fader, its gate, its compressor, behind its fader."""
        number = _within(args, 0, 71)
        level, strip = strip_of(number)
        before, heard = self.value(level, ticks), self.desk.heard
        fader_db = float(heard.get(f"{strip}/fader", -90.0))
        passes = 0.0 if heard.get(f"{strip}/mute") or fader_db <= -90.0 else amplitude(fader_db)
        gains = [self.value((unit, strip), ticks) for unit in GAINS]
        return floats([before, *gains, min(before * passes, MOST)])

    def _spectrum(self, args: tuple[int, ...], ticks: int) -> bytes:
        """A hundred tenths of octaves, each as high as its third of an octave."""
        thirds = self._bank("rta", ticks)
        bins = []
        for k in range(RTA_BINS):
            place = round((k - 90) / RTA_PER_OCTAVE * THIRDS_PER_OCTAVE + 27)  # 10 kHz is the 28th third
            level_db = thirds[place] if 0 <= place < len(thirds) else LOW_DB
            bins.append(round(min(max(level_db, LOW_DB), 0.0) * 256.0))
        return words(bins)

    def _gains(self, args: tuple[int, ...], ticks: int) -> bytes:
        """What all dynamics leave, and the automix of eight channels, which the desk does not tell: none."""
        gains = [round(self.value(row, ticks) * 32767.0) for row in GAINS_16]
        return words([*gains, *[0] * 8])


def strip_of(number: int) -> tuple[Row, str]:
    """The meter and the strip of a number of the console."""
    row = STRIPS[number]
    strip = "main" if row[0] == "main" else row[1].removesuffix("/l").removesuffix("/r")
    return row, strip


def _within(args: tuple[int, ...], place: int, most: int) -> int:
    return min(max(args[place] if len(args) > place else 0, 0), most)


def floats(values: Sequence[float]) -> bytes:
    """Their count, and themselves."""
    return struct.pack(f"<i{len(values)}f", len(values), *(value if math.isfinite(value) else 0.0 for value in values))


def words(values: Sequence[int]) -> bytes:
    """Pairs of 16-bit numbers, counted as one each."""
    return struct.pack(f"<i{len(values)}h", len(values) // 2, *values)
