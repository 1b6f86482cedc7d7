"""What the units take by themselves: how long each fades from one state to the next."""

import pytest

from dsp import comp, gate, limiter, svf
from studiod.host.offline import Offline
from studiod.realtime import layout as r
from studiod.realtime import mixes, strip
from studiod.registry.registry import Console


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_each_unit_fades_for_its_own_time_after_a_settle(rate_hz: int) -> None:
    """Two units may number their rows alike: a time hangs on the unit, not on the row."""
    offline = Offline(Console(2, 2, 1, 1, rate_hz=rate_hz))
    rack = offline.rack
    rows = list(offline.engine.aims.fade_rows())
    assert len(rows) == len({(unit, row) for unit, row, _ in rows})
    for unit, row, ms in rows:
        assert (rack.state(unit)[row] == round(ms * rate_hz / 1000)).all(), (unit, row)
    for bank in r.BANKS:
        first = bank * r.BLOCK
        assert (rack.state(first + strip.COMP)[comp.FADE] == round(0.005 * rate_hz)).all()
        assert (rack.state(first + strip.GATE)[gate.FADE] == round(0.005 * rate_hz)).all()
        assert (rack.state(first + strip.EQ_1)[svf.GLIDE] == round(0.02 * rate_hz)).all()
    assert (rack.state(mixes.LIMITER)[limiter.FADE] == round(0.005 * rate_hz)).all()


def test_a_path_that_should_sound_and_moves_nothing_is_a_fault_at_once() -> None:
    aims = Offline(Console(4, 4, 4, 2, returns=1, matrices=1, dcas=1, mute_groups=1)).engine.aims
    for path in aims.registry.params:
        aims.served(path)
    for path in ("ch/1/leveller/threshold", "main/tilt", "bus/1/eqq/on", "dca/1/gain", "lights/1/level"):
        with pytest.raises(LookupError, match=f"{path}: no goal of the engine hangs on it"):
            aims.served(path)
