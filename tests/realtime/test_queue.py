"""The queue's end: what is drained is what was posted, entry by entry in the order of posting, whole, and when due."""

import numpy as np
import pytest

from dsp.core import glide
from studiod.engine.cells import Entry
from studiod.engine.engine import Engine, size_of
from studiod.realtime import layout as r
from studiod.realtime import queue, strip
from studiod.realtime.rack import Rack
from studiod.registry.registry import Console, Registry

CONSOLE = Console(3, 4, 5, 2, returns=1, matrices=1)
MIX = strip.MIX_1 + r.TAP_POST_FADER
CELLS = ((strip.FADER, 2), (strip.HPF_1, 2), (strip.HPF_1, 8), (MIX, 2), (strip.COMP, 2))  # unit, first row of a glide


def started() -> tuple[Rack, Engine]:
    rack = Rack.create(size_of(CONSOLE))
    return rack, Engine(rack, Registry(CONSOLE))


def post(engine: Engine, frame: int, entries: list[Entry]) -> None:
    engine._pending.append((frame, entries))
    engine.pump()


def put(rack: Rack, entries: list[Entry]) -> None:
    """The plain reading: one after the other."""
    for where, value, frames in entries:
        unit, row, lane = where >> 40, where >> 20 & 0xFFFFF, where & 0xFFFFF
        if not 0 <= unit < r.UNITS or row >= rack.state(unit).shape[0] or lane >= rack.state(unit).shape[1]:
            continue
        s = rack.state(unit)
        if frames == queue.PLAIN:
            s[row, lane] = value
        elif frames == queue.MOST:
            s[row, lane] = max(s[row, lane], value)
        else:
            glide.start(s, row, lane, value, frames)
        s[glide.MOVING, 0] = 1.0


def some(rng: np.random.Generator, rack: Rack) -> list[Entry]:
    """Glides, plain cells, cells asked for, the same cell more than once, and cells that are not there."""
    out: list[Entry] = []
    for _ in range(int(rng.integers(1, 60))):
        unit, row = CELLS[rng.integers(len(CELLS))]
        lane = int(rng.integers(rack.state(unit).shape[1]))
        kind = int(rng.integers(6))
        if kind < 3:
            out.append((queue.slot(unit, row, lane), float(rng.uniform(-1.0, 1.0)), int(rng.integers(0, 900))))
        elif kind < 5:
            cell = queue.slot(strip.METER, 2 + kind, lane % 5)
            out.append((cell, float(rng.uniform(-1.0, 1.0)), queue.PLAIN if kind == 3 else queue.MOST))
        else:
            far = (queue.slot(unit, 9999, 0), queue.slot(unit, row, 9999), queue.slot(r.UNITS, 2, 0), -1)
            out.append((far[rng.integers(4)], 1.0, queue.PLAIN))
    return out


@pytest.mark.parametrize("seed", range(8))
def test_what_is_drained_is_what_one_entry_after_the_other_makes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    (rack, engine), (plain, _) = started(), started()
    engine._first = int(rng.integers(r.ENTRIES - 200, r.ENTRIES))  # so that entries lie around the ring's end
    waiting: list[tuple[int, list[Entry]]] = []
    now, late = 1000, 0
    for _ in range(40):
        for _ in range(int(rng.integers(0, 4))):
            frame = int(rng.choice([0, now - 5, now, now + 20, now + 300]))
            entries = some(rng, rack)
            post(engine, frame, entries)
            waiting.append((frame, entries))
        due = [(frame, entries) for frame, entries in waiting if frame <= now]
        waiting = [(frame, entries) for frame, entries in waiting if frame > now]
        late += sum(0 < frame < now for frame, _ in due)
        for _, entries in due:
            put(plain, entries)
        assert queue.drain(rack.base, rack.words, now) == min((frame for frame, _ in waiting), default=queue.NEVER)
        assert rack.words[r.LATE_COUNT] == late
        for unit in {strip.METER, *(unit for unit, _ in CELLS)}:
            np.testing.assert_array_equal(rack.state(unit), plain.state(unit))
        assert np.count_nonzero(rack.headers[:, 0]) == len(waiting)
        now += int(rng.integers(1, 64))
    np.testing.assert_array_equal(rack.memory, plain.memory)  # and nothing else has moved


def test_a_change_of_everything_is_the_same_in_the_order_of_the_memory() -> None:
    """And no entry's cell lies within another's glide: else the order would count."""
    (rack, engine), (plain, other) = started(), started()
    values = {path: param.rest for path, param in engine.registry.params.items()}
    entries = other.aims.entries(values, values)
    queue.put_all(plain.base, *(np.array(column, kind) for column, kind in zip(
        zip(*entries, strict=True), (np.int64, np.float64, np.int64), strict=True)))  # fmt: skip
    post(engine, 0, engine.aims.entries(values, values))
    queue.drain(rack.base, rack.words, 0)
    np.testing.assert_array_equal(rack.memory, plain.memory)
    glides = {where for where, _, frames in entries if frames >= 0}
    within = {where + (k << 20) for where in glides for k in range(1, glide.SIZE)}
    assert not within & {where for where, _, _ in entries}


def test_what_is_not_announced_yet_waits_whole() -> None:
    rack, engine = started()
    queue.drain(rack.base, rack.words, 10)
    known = rack.get(r.LAST_SEQUENCE)
    post(engine, 0, [(queue.slot(strip.FADER, 2, 1), 0.5, 0)])
    rack.put(r.LAST_SEQUENCE, known)  # as it is while the desk writes
    assert queue.drain(rack.base, rack.words, 10) == queue.NEVER
    assert rack.state(strip.FADER)[2, 1] == 1.0
    rack.put(r.LAST_SEQUENCE, known + 1)
    queue.drain(rack.base, rack.words, 10)
    assert rack.state(strip.FADER)[2, 1] == 0.5


def test_a_second_engine_on_a_rack_is_heard_too() -> None:
    rack, engine = started()
    for value in (0.5, 0.25):
        post(engine, 0, [(queue.slot(strip.FADER, 2, 1), value, 0)])
        queue.drain(rack.base, rack.words, 0)
        assert rack.state(strip.FADER)[2, 1] == value
        engine = Engine(rack, engine.registry)


def test_a_name_keeps_unit_row_and_lane_apart_and_in_the_order_of_the_memory() -> None:
    names = [queue.slot(*cell) for cell in ((0, 0, 0), (0, 0, 5), (0, 1, 0), (3, 0, 0), (r.UNITS - 1, 8000, 9000))]
    assert names == sorted(names)
    assert len(set(names)) == len(names)
