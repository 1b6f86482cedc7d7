"""What a section of the graph declares, beside the code that runs it: its units, their lanes, its rings and points.

A declaration gives the unit's number, a constant for the compiled code.  The rack allocates what is declared, the
engine works out goals and finds points by it; nobody else counts units.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from dsp import source
from studiod.realtime import layout as r
from studiod.realtime.layout import Size

Lanes = Callable[[Size, int], int]  # the int: which block of the section, from 0: a bank or a slot
State = Callable[[Size, int], np.ndarray]
Points = Callable[[Size, int], Mapping[str, int]]  # the lane of each point that a ring holds
ANY = -1  # in place of a tap: the point has no others


@dataclass(frozen=True)
class Unit:
    """number: in the first block; state: at rest; at: the path of its parameters below a strip's; fades: ms by row;
    only: the blocks that have it, None all; points, tap, stage: of a ring, stage being the block that it is made in."""

    number: int
    state: State
    made: ModuleType | None = None
    at: str = ""
    fades: Mapping[int, float] | None = None
    only: Collection[int] | None = None
    points: Points | None = None
    tap: int = ANY
    stage: int | None = None


@dataclass(frozen=True)
class Offer:
    """Where the sound of a point lies: a lane of a ring, made in the block `stage`."""

    unit: int
    lane: int
    stage: int


class Section:
    """One section.  Attributes: units, in the order of their numbers; told, the place of each reduction on its meter
    by the path of its unit."""

    def __init__(self, block: int, lanes: Lanes, blocks: Callable[[Size], int] = lambda _: 1) -> None:
        """block: its first; lanes: those of its units, unless a unit has its own."""
        self._block, self._lanes, self._blocks = block, lanes, blocks
        self.units: list[Unit] = []
        self.told: dict[str, int] = {}

    def unit(
        self, made: ModuleType, at: str = "", state: State | None = None, lanes: Lanes | None = None,
        fade_ms: float | None = None, only: Collection[int] | None = None,
    ) -> int:  # fmt: skip
        """The number of a unit of dsp/; fade_ms: of its switches, else as it says itself."""
        many = lanes or self._lanes
        fades = {row: ms if fade_ms is None else fade_ms for row, ms in getattr(made, "FADES", {}).items()}
        at_rest = state or (lambda size, block: made.state(many(size, block)))
        return self._add(Unit(self._next, at_rest, made, at, fades, only))

    def room(
        self, rows: int | Callable[[Size], int] = r.QUANTUM, lanes: Lanes | None = None,
        only: Collection[int] | None = None,
    ) -> int:  # fmt: skip
        """The number of plain memory, [rows, lanes], such as the line of a delay or a quantum's work."""
        many = lanes or self._lanes
        return self._add(
            Unit(self._next, lambda s, b: np.zeros((rows if isinstance(rows, int) else rows(s), many(s, b))), only=only)
        )

    def ring(
        self, points: Points, lanes: Lanes | None = None, tap: int = ANY, stage: int | None = None,
        rows: int = source.RING,
    ) -> int:  # fmt: skip
        """The number of a ring of absolute frames that points are read from."""
        many = lanes or self._lanes
        made = Unit(self._next, lambda s, b: np.zeros((rows, many(s, b))), points=points, tap=tap, stage=stage)
        return self._add(made)

    def tells(self, unit: int) -> int:
        """The place on the section's meter of what a unit takes away."""
        return self.told.setdefault(self.units[unit - self._block * r.BLOCK].at, len(self.told))

    def forgets(self) -> tuple[tuple[int, int], ...]:
        """(number, first row of its memory) of each unit of which a lane can forget alone what it holds.

        A linked unit takes what is no number for silence by itself.
        """
        made = ((unit.number, unit.made) for unit in self.units if unit.made is not None)
        return tuple((number, m.MEMORY) for number, m in made if m.MEMORY < m.ROWS and not getattr(m, "LINKED", False))

    def there(self, size: Size) -> Iterator[tuple[int, int, Unit]]:
        """(number, block, unit) of every unit that a console of a size has; the block counts from 0."""
        for block in range(self._blocks(size)):
            for unit in self.units:
                if unit.only is None or block in unit.only:
                    yield unit.number + block * r.BLOCK, block, unit

    def offers(self, size: Size) -> Iterator[tuple[str, int, Offer]]:
        """(point, tap, where it lies) of every point that the section offers."""
        for number, block, unit in self.there(size):
            for point, lane in unit.points(size, block).items() if unit.points else ():
                stage = number // r.BLOCK if unit.stage is None else unit.stage
                yield point, unit.tap, Offer(number, lane, stage)

    @property
    def _next(self) -> int:
        return self._block * r.BLOCK + len(self.units)

    def _add(self, unit: Unit) -> int:
        if len(self.units) == r.BLOCK:
            raise ValueError(f"block {self._block}: a section has at most {r.BLOCK} units")
        self.units.append(unit)
        return unit.number


def sides(*names: str) -> dict[str, int]:
    """The left and the right point of stereo names, on lanes 0 and 1."""
    return {f"{name}/{side}": lane for name in names for lane, side in enumerate("lr")}


def numbered(kind: str, count: int, first: int = 0) -> dict[str, int]:
    """kind/1, kind/2 … on the lanes from first on."""
    return {f"{kind}/{n}": first + n - 1 for n in range(1, count + 1)}
