"""A unit takes exactly what is declared for it: neither a parameter nor an argument is left over in silence."""

import inspect
import math
from dataclasses import replace

import pytest

from dsp import automix, click, comp, delay, gate, generator, limiter, reverb, svf, svf_design
from studiod.engine.by_name import ByName
from studiod.host.offline import Offline
from studiod.realtime import strip
from studiod.registry.registry import Console, Registry

PARAMS = Registry(Console(2, 2, 2, 1, returns=1)).params
SIDE_CHAIN = ("key", "filter", "listen")
GIVEN = ("linked", "rate_hz")
VALUES = {path: param.rest for path, param in PARAMS.items()}


def test_the_arguments_are_the_values_in_the_units_that_the_names_say() -> None:
    taken = {}

    def aim(**values: object) -> None:
        taken.update(values)

    aim.__signature__ = inspect.signature(gate.aim)
    ByName(aim, PARAMS, "ch/1/gate", GIVEN, SIDE_CHAIN)(
        VALUES | {"ch/2/gate/range": 20}, "ch/2/gate", linked=1, rate_hz=1
    )
    assert taken.items() >= {"on": 0, "mode": "gate", "range_db": 20.0, "linked": 1, "rate_hz": 1}.items()
    assert taken.keys() == inspect.signature(gate.aim).parameters.keys()
    wet = ByName(comp.aim, PARAMS, "ch/1/comp", GIVEN, SIDE_CHAIN)
    half = wet(VALUES | {"ch/1/comp/mix": 50.0, "ch/1/comp/on": 1}, "ch/1/comp", linked=0, rate_hz=48_000)
    assert math.isclose(half[comp.WET], 0.5)


ON, KIND = ("on",), {"type": "kind"}


@pytest.mark.parametrize(
    ("aim", "at", "given", "apart", "aliases"),
    [
        (gate.aim, "ch/1/gate", GIVEN, SIDE_CHAIN, {}),
        (comp.aim, "ch/1/comp", GIVEN, SIDE_CHAIN, {}),
        (limiter.aim, "main/limiter", ("rate_hz",), (), {}),
        (delay.aim, "ch/1/delay", ("rate_hz",), (), {}),
        (reverb.aim, "fx/1/reverb", ("mix", "rate_hz"), (), {}),
        (svf.aim, "ch/1/eq/1", ("rate_hz",), ON, KIND),
        (svf.aim, "ch/1/gate/filter", ("gain_db", "rate_hz"), ON, KIND),
        (svf_design.butterworth, "ch/1/hpf", ("rate_hz", "high"), ON, {}),
        (generator.aim, "generator", ("rate_hz",), ("to",), KIND),
        (click.aim, "click", ("bpm", "rate_hz"), ("to",), {}),
        (automix.aim, "ch/1/automix", ("on_desk", "rate_hz"), (), {"on": "on_lane"}),
    ],
)
def test_a_parameter_that_no_unit_takes_and_an_argument_that_nothing_declares_are_told(
    aim, at, given, apart, aliases
) -> None:
    ByName(aim, PARAMS, at, given, apart, aliases)
    name = f"{aim.__module__}.{aim.__name__}"
    first = next(p for p in PARAMS if p.startswith(f"{at}/") and p.removeprefix(f"{at}/").split("/")[0] not in apart)
    more = PARAMS | {f"{at}/colour_of_it": replace(PARAMS[first], path=f"{at}/colour_of_it")}
    with pytest.raises(TypeError, match=f"{at}/colour_of_it: {name} takes no colour_of_it"):
        ByName(aim, more, at, given, apart, aliases)
    less = {path: param for path, param in PARAMS.items() if path != first}
    with pytest.raises(TypeError, match=rf"{name} takes .*: nothing below {at} is declared as that"):
        ByName(aim, less, at, given, apart, aliases)


def test_decibels_are_a_linear_gain_where_the_unit_takes_one_and_the_foot_of_a_fader_is_off() -> None:
    count = ByName(click.aim, PARAMS, "click", ("bpm", "rate_hz"), ("to",))
    values = VALUES | {"click/level": -90.0, "click/accent": 6.0}
    goals = count(values, "click", bpm=120.0, rate_hz=48_000)
    assert goals[click.LEVEL] == 0.0
    assert math.isclose(goals[click.ACCENT], 10.0 ** (6.0 / 20.0))


@pytest.mark.parametrize(
    "at",
    ["ch/1/gate", "bus/1/comp", "main/comp", "ch/1/eq/1", "ch/1/hpf", "ch/1/lpf", "ch/1/gate/filter", "ch/1/delay",
     "ch/1/automix", "main/limiter", "generator", "click", "fx/1/reverb", "fx/1/delay", "fx/1/chorus"],
)  # fmt: skip
def test_an_engine_with_a_parameter_left_over_does_not_start(at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Registry.__init__

    def more(self: Registry, console: Console) -> None:
        made(self, console)
        self.params[f"{at}/lean"] = replace(self.params["ch/1/gate/range"], path=f"{at}/lean")

    monkeypatch.setattr(Registry, "__init__", more)
    with pytest.raises(TypeError, match=rf"{at}/lean: dsp\.\w+\.\w+ takes no lean_db"):
        Offline(Console(2, 2, 2, 1, returns=1))


def test_a_unit_that_the_strip_runs_and_no_strip_declares_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    other = [replace(unit, at="leveller") if unit.at == "gate" else unit for unit in strip.SECTION.units]
    monkeypatch.setattr(strip.SECTION, "units", other)
    with pytest.raises(TypeError, match=r"the strip runs dsp\.gate as leveller; no strip declares a parameter below"):
        Offline(Console(2, 2, 2, 1))
