"""The moves in the store: what is laid down of each path, and piece by piece what a pass is writing over it.

A record holds all moves of a path.  A pass that goes on adds pieces beside it, each as long as what is new, and its end
lays the whole lane down in one record again.  A start finds pieces only where a pass came to no end; what it had
written counts, and a touch ends as it would have, had the hand rested.
"""

import json
import logging
import zlib
from collections.abc import Mapping
from typing import Any

from studiod.memory.shelf import BROKEN, pack, unpack
from studiod.multitrack.automation_lane import Lane
from studiod.registry.console_sections import MOVED
from studiod.registry.laws import short
from studiod.registry.param import Param, Refusal, Value
from studiod.store.store import Record, Store

KIND = "moves"
UNREADABLE = "unreadable moves"  # what is no record of moves is kept under
FRAMES_MAX = 2**53
_log = logging.getLogger(__name__)


def moves_of(record: Record, rate_hz: int) -> dict[int, object]:
    """All moves of a record, by frames at a rate.  Raises one of BROKEN."""
    scale = _scale(json.loads(record[0]), rate_hz)
    return {_frame(at, scale): value for at, value in unpack(record[1]).items()}


def over(found: dict[int, object], packed: bytes, rate_hz: int) -> tuple[int, int, object] | None:
    """Put what a piece has in the place of what was there; of a touch: its last move, where it would have ended, and
    with what.  Raises one of BROKEN; then nothing was put."""
    piece: dict[str, Any] = unpack(packed)
    scale, back = _scale(piece, rate_hz), piece["back"]
    first, last, until = (_frame(piece[place], scale) for place in ("from", "to", "until"))
    moves = {_frame(at, scale): value for at, value in piece["moves"].items()}
    for at in [at for at in found if first <= at <= last]:
        del found[at]
    found |= moves
    return None if back is None else (last, until, back)


def _scale(head: Mapping[str, Any], rate_hz: int) -> float:
    """From the rate of a head to this one.  Raises one of BROKEN."""
    rate = int(head["rate_hz"])
    if rate <= 0:
        raise ValueError(f"a rate of {rate} Hz")
    return rate_hz / rate


def _frame(at: object, scale: float) -> int:
    """Raises one of BROKEN."""
    frame = round(int(at) * scale)  # type: ignore[call-overload]
    if abs(frame) > FRAMES_MAX:
        raise ValueError("a place behind the end of all music")
    return int(frame)


class Kept:
    """The moves of one store, at one rate."""

    def __init__(self, store: Store, rate_hz: int) -> None:
        self.store, self.rate_hz = store, rate_hz
        self._unfit: dict[str, dict[int, object]] = {}  # moves to values that this console cannot take

    # -- at a start --------------------------------------------------------------------------------------------------

    def load(self, params: Mapping[str, Param]) -> dict[str, Lane]:
        """Every path of this console that has moves; those of others stay in the store as they are."""
        self._unfit.clear()
        for old, new in MOVED.items():
            self._rename(old, new)
        held = {name for kind, name in (*self.store.records, *self.store.pieces) if kind == KIND}
        lanes = {}
        for path in sorted(held & params.keys()):
            lane = self._lane(path, params[path])
            if lane is not None:
                lanes[path] = lane
        return lanes

    def _rename(self, old: str, new: str) -> None:
        """What is kept under a name that a path had once is kept under the one that it has now."""
        record, pieces = self.store.records.pop((KIND, old), None), self.store.pieces.pop((KIND, old), [])
        if record is None and not pieces:
            return
        if not ({(KIND, new)} & (self.store.records.keys() | self.store.pieces.keys())):
            if record is not None:
                self.store.records[KIND, new] = record
                self.store.put(KIND, new, record)
            self.store.pieces[KIND, new] = pieces
            for piece in pieces:
                self.store.add(KIND, new, piece)
        self.store.drop(KIND, old)

    def _lane(self, path: str, param: Param) -> Lane | None:
        record, pieces = self.store.records.get((KIND, path)), self.store.pieces.get((KIND, path), [])
        found: dict[int, object] = {}
        if record is not None:
            try:
                found = moves_of(record, self.rate_hz)
            except BROKEN as fault:
                self._aside(path, record, fault)
                if not pieces:
                    self.store.drop(KIND, path)
                    return None
        end: tuple[int, int, object] | None = None
        for number, packed in enumerate(pieces, 1):
            try:
                end = over(found, packed, self.rate_hz)
            except BROKEN as fault:
                self._aside(f"{path}, piece {number} of a pass", ("{}", packed), fault)
        if end is not None:
            last, until, back = end
            found = {at: value for at, value in found.items() if not last < at <= until} | {until: back}
        lane = self._fitted(path, param, found)
        if pieces:
            _log.warning("moves of %s: a pass came to no end; what it had written counts", path)
            self.lay(path, lane)
        return lane

    def _aside(self, name: str, record: Record, fault: Exception) -> None:
        _log.error("moves of %s: cannot be read (%s); kept aside, as they are", name, fault)
        self.store.put(UNREADABLE, name, record)

    def _fitted(self, path: str, param: Param, found: dict[int, object]) -> Lane:
        """The moves that this console can play; the others are told, and kept for one that can."""
        lane, unfit, why = Lane(), {}, ""
        for at in sorted(found):
            try:
                value = param.accept(found[at])
            except Refusal as fault:
                unfit[at] = found[at]
                why = why or str(fault)
                continue
            lane.at.append(at)
            lane.values.append(value)
        if unfit:
            self._unfit[path] = unfit
            _log.warning("moves of %s: %d of %d are left out, and kept: %s", path, len(unfit), len(found), why)
        return lane

    # -- while it runs -----------------------------------------------------------------------------------------------

    def more(
        self, path: str, moves: list[tuple[int, Value]], first: int, last: int, end: tuple[int, Value] | None
    ) -> None:
        """A pass has written these moves, which are all from first to last; end: where a touch would end, with what."""
        until, back = end or (last, None)
        piece = {"rate_hz": self.rate_hz, "from": first, "to": last, "until": until, "back": short(back),
                 "moves": {at: short(value) for at, value in moves}}  # fmt: skip
        self.store.add(KIND, path, zlib.compress(json.dumps(piece, ensure_ascii=False).encode(), 1))

    def lay(self, path: str, lane: Lane) -> None:
        """All moves of a path, packed on the store's thread: a long lane takes its time."""
        at, values, unfit = lane.at[:], lane.values[:], self._unfit.get(path, {})

        def packed() -> Record:
            moves: dict[int, object] = dict(unfit) | dict(zip(at, values, strict=True))
            head = {"rate_hz": self.rate_hz, "count": len(moves)}
            return json.dumps(head), pack({str(place): moves[place] for place in sorted(moves)})

        self.store.put(KIND, path, packed)

    def drop(self, path: str) -> None:
        """Forget the moves of a path, those too that this console cannot take."""
        self._unfit.pop(path, None)
        self.store.drop(KIND, path)
