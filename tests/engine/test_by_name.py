"""A unit takes exactly what is declared for it: neither a parameter nor an argument is left over in silence."""

import inspect
import math
from dataclasses import replace

import pytest

from dsp import comp, gate, limiter, reverb
from studiod.engine.by_name import ByName
from studiod.host.offline import Offline
from studiod.registry.registry import Console, Registry

PARAMS = Registry(Console(2, 2, 2, 1, returns=1)).params
SIDE_CHAIN = ("key", "filter", "listen")
GIVEN = ("linked", "rate_hz")
VALUES = {path: param.rest for path, param in PARAMS.items()}


def test_the_arguments_are_the_values_in_the_units_that_the_names_say() -> None:
    taken = {}

    def aim(on: int, mode: str, threshold_db: float, range_db: float, hysteresis_db: float, attack_ms: float,
            hold_ms: float, release_ms: float, linked: int, rate_hz: float) -> None:  # fmt: skip
        taken.update(locals())

    ByName(aim, PARAMS, "ch/1/gate", GIVEN, SIDE_CHAIN)(
        VALUES | {"ch/2/gate/range": 20}, "ch/2/gate", linked=1, rate_hz=1
    )
    assert taken.items() >= {"on": 0, "mode": "gate", "range_db": 20.0, "linked": 1, "rate_hz": 1}.items()
    assert taken.keys() - {"taken"} == inspect.signature(gate.aim).parameters.keys()
    wet = ByName(comp.aim, PARAMS, "ch/1/comp", GIVEN, SIDE_CHAIN)
    half = wet(VALUES | {"ch/1/comp/mix": 50.0, "ch/1/comp/on": 1}, "ch/1/comp", linked=0, rate_hz=48_000)
    assert math.isclose(half[comp.WET], 0.5)


@pytest.mark.parametrize(
    ("aim", "at", "given"),
    [(gate.aim, "ch/1/gate", GIVEN), (comp.aim, "ch/1/comp", GIVEN), (limiter.aim, "main/limiter", ("rate_hz",)),
     (reverb.aim, "fx/1/reverb", ("mix", "rate_hz"))],
)  # fmt: skip
def test_a_parameter_that_no_unit_takes_and_an_argument_that_nothing_declares_are_told(aim, at, given) -> None:
    ByName(aim, PARAMS, at, given, SIDE_CHAIN)
    first = next(path for path in PARAMS if path.startswith(f"{at}/"))
    more = PARAMS | {f"{at}/colour_of_it": replace(PARAMS[first], path=f"{at}/colour_of_it")}
    with pytest.raises(TypeError, match=f"{at}/colour_of_it: {aim.__module__}.aim takes no colour_of_it"):
        ByName(aim, more, at, given, SIDE_CHAIN)
    less = {path: param for path, param in PARAMS.items() if path != first}
    with pytest.raises(TypeError, match=rf"{aim.__module__}.aim takes .*: nothing below {at} is declared as that"):
        ByName(aim, less, at, given, SIDE_CHAIN)


def test_an_engine_with_a_parameter_left_over_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Registry.__init__

    def more(self: Registry, console: Console) -> None:
        made(self, console)
        self.params["ch/1/gate/lean"] = replace(self.params["ch/1/gate/range"], path="ch/1/gate/lean")

    monkeypatch.setattr(Registry, "__init__", more)
    with pytest.raises(TypeError, match=r"ch/1/gate/lean: dsp\.gate\.aim takes no lean_db"):
        Offline(Console(2, 2, 2, 1))
