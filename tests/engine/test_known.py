"""What is known of values met before is what these values come to: no parameter changes without being looked at."""

import pytest

from dsp import svf
from studiod.engine import known
from studiod.engine.cells import Cells, Entry
from studiod.engine.engine import size_of
from studiod.engine.filter_goals import SIDE_CHAINS, Filters
from studiod.engine.known import Known
from studiod.realtime import layout as r
from studiod.realtime import queue
from studiod.realtime.rack import Rack
from studiod.registry.param import Param, Value
from studiod.registry.registry import Console, Registry

CONSOLE = Console(inputs=2, outputs=2, channels=2, buses=1, returns=1)
REGISTRY = Registry(CONSOLE)
BASE = {path: param.rest for path, param in REGISTRY.params.items()}  # and what makes every setting count
BASE |= {f"ch/2/eq/{band}/{name}": value for band in range(1, 5) for name, value in (("on", 1), ("gain", 6.0))}
BASE |= {"ch/2/eq/on": 1, "ch/2/comp/listen": 1, "ch/2/gate/listen": 1}
FILTERS = ("eq/", "hpf/", "lpf/", "gate/filter", "gate/listen", "comp/filter", "comp/listen", "comp/position")
LOOKED_AT = [p for path, p in REGISTRY.params.items() if path.startswith(tuple(f"ch/2/{part}" for part in FILTERS))]


def moved(param: Param) -> Value:
    stands = BASE[param.path]
    if param.kind == "number":
        return param.from_turn(0.9 if param.to_turn(stands) < 0.5 else 0.1)
    return param.items[param.items.index(str(stands)) - 1] if param.items else 1 - int(stands)


@pytest.fixture(scope="module")
def cells() -> Cells:
    return Cells(Rack.create(size_of(CONSOLE)), REGISTRY)


def goals(filters: Filters, values: dict[str, Value]) -> list[Entry]:
    """Of all filters of channel 2, but for how they get there."""
    out: list[Entry] = []
    bank, lane = r.INPUT_BANK, 1
    filters.hpf(out, values, 0, bank, lane, 0)
    filters.lpf(out, values, 0, bank, lane, 0)
    for band in range(r.EQ_BANDS[bank]):
        filters.eq(out, values, 0, bank, lane, band)
    for place in (place for places in SIDE_CHAINS.values() for place in places):
        filters.side_chain(out, values, 0, bank, lane, place)
    return [entry for entry in out if entry[0] >> queue.BITS & queue.LOW != svf.ASK or entry[2] != queue.MOST]


@pytest.mark.parametrize("param", LOOKED_AT, ids=lambda param: param.path)
def test_every_parameter_of_a_filter_counts_in_values_that_were_met_before(cells: Cells, param: Param) -> None:
    used, before = Filters(cells), dict(BASE)
    at_rest = goals(used, before)
    after = before | {param.path: moved(param)}
    assert goals(used, after) == goals(Filters(cells), after) != at_rest
    assert goals(used, before) == at_rest


def test_what_is_known_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "KEPT", 3)
    asked: list[Value] = []
    one = Known[Value](
        lambda values, strip: asked.append(values[f"{strip}/fader"]) or values[f"{strip}/fader"], "fader"
    )
    for value in (1.0, 2.0, 3.0, 3.0, 4.0, 4.0, 1.0):
        assert one({"ch/7/fader": value}, "ch/7") == value
    assert one({"ch/8/fader": 4.0}, "ch/8") == 4.0, "another strip of the same values"
    assert asked == [1.0, 2.0, 3.0, 4.0, 1.0]
