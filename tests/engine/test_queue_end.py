"""Laws of the desk's end of the queue: what is written in bulk is what is written one by one, round the ring too."""

import random

import numpy as np
import pytest

from studiod.engine import engine as made
from studiod.engine.cells import Entry
from studiod.engine.engine import Engine, size_of
from studiod.realtime import layout as r
from studiod.realtime.rack import Rack
from studiod.registry.registry import Console, Registry

CONSOLE = Console(2, 2, 1, 1)
REGISTRY = Registry(CONSOLE)


@pytest.fixture
def engine() -> Engine:
    return Engine(Rack.create(size_of(CONSOLE)), REGISTRY)


def entries(count: int, seed: int) -> list[Entry]:
    chance = random.Random(seed)
    slots = [chance.choice((0, 5, (1 << 13) << 32 | 0xFFFFFFFF)) for _ in range(count)]
    return [(slot, chance.uniform(-90.0, 10.0), chance.choice((-2, -1, 0, 960))) for slot in slots]


def post(engine: Engine, some: list[Entry], frame: int = 0) -> None:
    engine._pending.append((frame, some))
    engine.pump()


def in_the_ring(engine: Engine, header: int) -> list[Entry]:
    _, _, first, count = (int(n) for n in engine.rack.headers[header])
    at, rack = (first + np.arange(count)) % r.ENTRIES, engine.rack
    slots, values, glides = (part[at].tolist() for part in (rack.slots, rack.values, rack.glides))
    return list(zip(slots, values, glides, strict=True))


@pytest.mark.parametrize("few", [0, 10**9])
@pytest.mark.parametrize("count", [1, 2, 24, 25, 3000])
@pytest.mark.parametrize("before", [0, r.ENTRIES - 1, r.ENTRIES - 20])
def test_a_transaction_lies_whole_in_the_ring(
    engine: Engine, few: int, count: int, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "FEW", few)
    engine._first = before
    some = entries(count, count)
    post(engine, some)
    (header,) = np.flatnonzero(engine.rack.headers[:, 0])
    in_bulk = count > few  # then by cell, and what is later for a cell stays later
    assert in_the_ring(engine, int(header)) == (sorted(some, key=lambda entry: entry[0]) if in_bulk else some)


def test_one_that_waits_for_its_time_keeps_no_header_from_the_others(engine: Engine) -> None:
    """Headers are used again as they come free, also before that of an older transaction."""
    post(engine, entries(1, 0), frame=10**9)
    (held,) = np.flatnonzero(engine.rack.headers[:, 0])
    for k in range(5 * r.HEADERS):
        some = entries(1, k)
        post(engine, some)
        (header,) = (int(h) for h in np.flatnonzero(engine.rack.headers[:, 0]) if h != held)
        assert in_the_ring(engine, header) == some
        engine.rack.headers[header, 0] = 0  # carried out
    assert not engine._pending
    assert engine.rack.headers[held, 0] == 1


def test_beyond_the_headers_they_wait_in_their_order(engine: Engine) -> None:
    for k in range(r.HEADERS + 40):
        post(engine, entries(1, k), frame=k + 1)
    assert len(engine._pending) == 40
    seen = sorted(map(tuple, engine.rack.headers[:, :2].tolist()))
    engine.rack.headers[:, 0] = 0
    assert engine.pump() == 0
    seen += sorted(map(tuple, engine.rack.headers[engine.rack.headers[:, 0] > 0, :2].tolist()))
    assert [frame for _, frame in seen] == list(range(1, r.HEADERS + 41))
