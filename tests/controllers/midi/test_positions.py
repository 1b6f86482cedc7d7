"""Laws of positions: the middle, 0 dB and the rest value can be met by every control, and nothing else is lost."""

import pytest

from controllers.midi.positions import raw, set_by
from studiod.registry.registry import Console, Param, Registry

REGISTRY = Registry(Console(returns=2, matrices=2, dcas=1))
TOPS = (127, 200, 16383)
SPANS = [p for p in REGISTRY.params.values() if p.kind == "number" and "read-only" not in p.flags]
KINDS = list({(p.law, p.low, p.high, p.rest): p for p in SPANS}.values())


def round_values(param: Param) -> set[float]:
    """What lies within a range and is to be met: 0 and the rest value."""
    return {value for value in (0.0, float(param.rest)) if param.low < value < param.high}


@pytest.mark.parametrize("top", TOPS)
@pytest.mark.parametrize("param", KINDS, ids=lambda p: p.path.replace("/", "."))
def test_the_step_beside_zero_and_rest_is_zero_and_rest_and_no_other_is(param: Param, top: int) -> None:
    met = round_values(param)
    near = {round(param.to_turn(value) * top) + k for value in met for k in range(-3, 4)} | {0, top // 3, top}
    steps = sorted(step for step in (near if top > 1000 else range(top + 1)) if 0 <= step <= top)
    values = [float(set_by(param, step, top, top)) for step in steps]
    places = {value: steps[values.index(value)] for value in met}
    assert all(values.count(value) == 1 for value in met), "one step, not a stretch"
    assert all(abs(param.to_turn(value) * top - step) <= 0.5 + 1e-9 for value, step in places.items())
    for step, value in zip(steps, values, strict=True):
        if step not in places.values():
            assert value == param.from_turn(step / top)
    assert values == sorted(values), "a hand that goes up turns nothing down"


@pytest.mark.parametrize(("top", "step"), [(127, 64), (255, 128), (1023, 512), (16383, 8192)])
@pytest.mark.parametrize("path", ["ch/1/pan", "ch/1/trim", "ch/2/eq/1/gain", "ch/1/send/2/pan", "return/1/balance"])
def test_of_two_steps_beside_the_middle_the_upper_one_is_it(path: str, top: int, step: int) -> None:
    param = REGISTRY.find(path)
    assert set_by(param, step, top, top) == 0.0
    assert float(set_by(param, step - 1, top, top)) < 0.0 < float(set_by(param, step + 1, top, top))
    assert raw(param, 0.0, top) == step, "and it is what is shown"


@pytest.mark.parametrize("path", ["ch/3/fader", "main/fader", "ch/1/send/1/level", "dca/1/fader"])
def test_every_fader_can_stand_on_0_db(path: str) -> None:
    param = REGISTRY.find(path)
    assert set_by(param, 95, 127, 127) == 0.0
    assert {set_by(param, step, 16368, 1023) for step in (12272, 12288)} >= {0.0}, "ten bits, sent as fourteen"
    assert (set_by(param, 0, 127, 127), set_by(param, 127, 127, 127)) == (-90.0, 10.0)


def test_what_is_beyond_the_top_is_the_top() -> None:
    assert set_by(REGISTRY.find("ch/1/fader"), 16383, 16368, 1023) == 10.0


@pytest.mark.parametrize("path", ["ch/1/mute", "ch/1/eq/1/type", "ch/1/colour", "ch/1/source"])
def test_items_have_their_places_and_no_detent(path: str) -> None:
    param = REGISTRY.find(path)
    assert all(set_by(param, step, 127, 127) == param.from_turn(step / 127) for step in range(128))
