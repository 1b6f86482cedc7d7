"""Every leaf of the console, both ways: written, read back to the letter, told once, and heard natively by its law."""

import random

import numpy as np
import pytest

import x32_oracle as oracle
from controllers.x32.board import Board
from controllers.x32.laws.law import Law
from studiod.registry.param import Param
from x32_natives import native
from x32_rig import CONSOLE, WIDE, board

ME = "x32:127.0.0.1:4000"


def some_steps(law: Law, chance: random.Random) -> list[int | str]:
    """Both ends and three steps between, in an order in which each is a change."""
    if law.tag == "s":
        return ["", "Kick", 'Bär "x"', "twelve chars and more", "Z"]
    ends = [law.last, law.first]
    return [*ends, *(chance.randint(law.first, law.last) for _ in range(3))]


def accepted(param: Param, expected: object) -> object:
    """A value as the desk stores it, within its range."""
    if param.kind == "number":
        return float(np.float32(min(max(float(expected), param.low), param.high)))  # type: ignore[arg-type]
    if param.kind == "point" and expected not in param.items:
        return "none"
    return expected


def alike(value: object, wanted: object) -> bool:
    """The same, or numbers that differ by the roundings of two ways to count."""
    if isinstance(value, float) and isinstance(wanted, float):
        return abs(value - wanted) <= 2e-6 * abs(wanted) + 1e-9
    return value == wanted


@pytest.mark.parametrize("console", [CONSOLE, WIDE], ids=["usual", "wide"])
def test_every_leaf_is_written_and_read_back_and_told_once(console: object) -> None:
    chance = random.Random(32)
    one, told, rig = board(console)  # type: ignore[arg-type]
    leaves, _ = oracle.console()
    wrong: list[object] = []
    count = mapped = 0
    for address, leaf in one.tree.leaves.items():
        definition = leaves[address]
        for step in some_steps(leaf.law, chance):
            heard = leaf.law.heard(leaf.law.wire(step), one.shown[address])
            assert heard is not None, address
            former, moved = one.shown[address], rig.desk.moved
            told.clear()
            assert one.set(leaf, heard, ME, "admin")
            count += 1
            if one.shown[address] != heard:
                wrong.append((address, "shown", heard, one.shown[address]))
            if told.count((address, ME)) != (heard != former) or (address, "") in told:
                wrong.append((address, "told", heard, former, told[:3]))
            if leaf.link is None and rig.desk.moved != moved:
                wrong.append((address, "a kept leaf moved the desk"))
            printed = leaf.law.tag != "s" and definition["_type"] != "conditional"
            if printed and leaf.law.text(heard) != oracle.text(definition, int(heard)):
                wrong.append((address, "text", heard))
            found = native(address)
            if found is None or found[0] not in rig.desk.values:
                continue
            path, expect = found
            mapped += leaf.link is not None
            if leaf.link is None:
                wrong.append((address, "is not mapped to", path))
            wanted = accepted(rig.desk.registry.params[path], expect(definition, heard))  # type: ignore[arg-type]
            value = rig.desk.values[path]
            if heard != former and not alike(value, wanted):
                wrong.append((address, path, heard, value, wanted))
    assert not wrong, (len(wrong), wrong[:12])
    assert count == 8479 * 5
    assert mapped > 5 * 5000


def test_every_mapped_leaf_follows_the_desk() -> None:
    chance = random.Random(33)
    one, told, rig = board()
    leaves, _ = oracle.console()
    wrong, count = [], 0
    for address, leaf in one.tree.leaves.items():
        found = native(address)
        if found is None or found[0] not in rig.desk.values or leaf.law.tag == "s":
            continue
        path, expect = found
        step = chance.randint(leaf.law.first, leaf.law.last)
        wanted = accepted(rig.desk.registry.params[path], expect(leaves[address], step))
        told.clear()
        former = one.shown[address]
        if rig.desk.values[path] == wanted:
            continue
        rig.desk.set(path, wanted, "osc:10.0.0.9:1")
        count += 1
        shown = one.shown[address]
        again = accepted(rig.desk.registry.params[path], expect(leaves[address], int(shown)))
        if not alike(again, wanted):
            wrong.append((address, path, wanted, shown))
        if ((address, "") in told) != (shown != former):
            wrong.append((address, "told", former, shown))
    assert not wrong, (len(wrong), wrong[:12])
    assert count > 4000


def test_a_native_change_within_a_step_is_not_told() -> None:
    _one, told, rig = board()
    rig.desk.set("ch/1/fader", -20.0, "x")
    told.clear()
    rig.desk.set("ch/1/fader", -20.001, "x")
    assert not told
    rig.desk.set("ch/1/fader", -20.1, "x")
    assert told == [("ch/01/mix/fader", "")]


def test_a_set_to_what_is_shown_leaves_the_finer_value_alone() -> None:
    one, told, rig = board()
    rig.desk.set("ch/1/fader", -10.001, "x")
    leaf = one.tree.leaves["ch/01/mix/fader"]
    told.clear()
    assert one.set(leaf, one.shown["ch/01/mix/fader"], ME, "admin")
    assert rig.desk.values["ch/1/fader"] == float(np.float32(-10.001))
    assert not told


def test_beyond_the_range_of_the_console_its_end_is_read() -> None:
    one, _, rig = board()
    rig.desk.change(
        [("ch/1/trim", 24.0), ("ch/1/eq/1/gain", -18.0), ("ch/1/hpf/freq", 1000.0), ("ch/1/delay/time", 0.0)]
    )
    assert one.line("ch/01/preamp").split()[1] == "+18.0"
    assert one.line("ch/01/preamp").split()[5] == "400"
    assert one.line("ch/01/eq/1").split()[3] == "-15.0"
    assert one.line("ch/01/delay").split()[2] == "0.3"


def _set(one: Board, address: str, text: str, role: str = "admin") -> bool:
    leaf = one.tree.leaves[address]
    step = leaf.law.said(text, one.shown[address])
    assert step is not None
    return one.set(leaf, step, ME, role)


def test_what_the_desk_cannot_hold_stays_until_its_value_is_another() -> None:
    one, _, rig = board()
    assert _set(one, "ch/01/config/color", "RDi")
    assert rig.desk.values["ch/1/colour"] == "red"
    rig.desk.set("ch/1/name", "Kick")
    assert one.line("ch/01/config").split()[3] == "RDi"
    rig.desk.set("ch/1/colour", "blue")
    rig.desk.set("ch/1/colour", "red")
    assert one.line("ch/01/config").split()[3] == "RD"
    assert _set(one, "main/st/eq/1/type", "LR24")
    assert rig.desk.values["main/eq/1/type"] == "bell"
    assert one.line("main/st/eq/1").split()[1] == "LR24"


def test_an_insert_is_on_with_what_is_chosen() -> None:
    one, told, rig = board()
    assert _set(one, "ch/01/insert/sel", "FX2R")
    assert rig.desk.values["ch/1/insert/fx"] == "0"
    assert _set(one, "ch/01/insert/on", "ON")
    assert rig.desk.values["ch/1/insert/fx"] == "2"
    assert _set(one, "ch/01/insert/on", "OFF")
    assert rig.desk.values["ch/1/insert/fx"] == "0"
    assert one.line("ch/01/insert").split()[1:] == ["OFF", "POST", "FX2R"]
    _set(one, "ch/01/insert/on", "ON")
    told.clear()
    rig.desk.set("ch/2/insert/fx", "2")  # an effect is in one place
    assert one.line("ch/01/insert").split()[1] == "OFF"
    assert ("ch/01/insert/on", "") in told
    assert one.line("ch/02/insert").split()[1:] == ["ON", "POST", "FX2L"]


def test_the_two_sides_of_a_return_are_one() -> None:
    one, told, rig = board()
    told.clear()
    _set(one, "fxrtn/03/mix/fader", "-20.0")
    assert rig.desk.values["return/2/fader"] == pytest.approx(-20.0, abs=0.05)
    assert ("fxrtn/04/mix/fader", "") in told
    _set(one, "fxrtn/03/mix/pan", "-20")
    _set(one, "fxrtn/04/mix/pan", "+60")
    assert (rig.desk.values["return/2/balance"], rig.desk.values["return/2/width"]) == (20.0, 40.0)
    assert one.line("fxrtn/03/mix").split()[4] == "-20"


def test_a_pair_is_told_to_its_author_too() -> None:
    one, told, _rig = board()
    _set(one, "config/chlink/1-2", "ON")
    told.clear()
    _set(one, "ch/01/mix/fader", "-5.0")
    assert ("ch/01/mix/fader", ME) in told
    assert ("ch/02/mix/fader", "") in told


def test_the_type_of_an_effect_brings_its_parameters() -> None:
    one, _told, rig = board()
    _set(one, "fx/1/type", "PLAT")
    assert (rig.desk.values["fx/1/type"], rig.desk.values["fx/1/reverb/character"]) == ("reverb", "plate")
    assert len(one.line("fx/1/par").split()) == 65
    _set(one, "fx/1/par/02", "2.5")
    assert rig.desk.values["fx/1/reverb/time"] == pytest.approx(2.5, rel=0.03)
    _set(one, "fx/1/par/09", "1.50")
    _set(one, "fx/1/type", "DLY")
    _set(one, "fx/1/par/02", "500")
    _set(one, "fx/1/par/05", "1/2")
    assert (rig.desk.values["fx/1/delay/time_l"], rig.desk.values["fx/1/delay/time_r"]) == (500.0, 250.0)
    rig.desk.set("fx/1/type", "reverb")
    assert one.line("fx/1") == "/fx/1 PLAT\n"


def test_an_output_without_a_switch_for_its_delay_has_one_here() -> None:
    one, _, rig = board()
    _set(one, "outputs/main/01/delay/time", "12.0")
    assert rig.desk.values["output/1/delay"] == 0.0
    _set(one, "outputs/main/01/delay/on", "ON")
    assert rig.desk.values["output/1/delay"] == pytest.approx(12.0)
    _set(one, "outputs/main/01/delay/on", "OFF")
    assert one.line("outputs/main/01/delay").split()[1:] == ["OFF", "12.0"]


def test_the_oscillator_has_two_frequencies_and_one_way() -> None:
    one, _, rig = board()
    _set(one, "config/osc/f2", "2k00")
    assert rig.desk.values["generator/freq"] == 1000.0
    _set(one, "config/osc/fsel", "F2")
    assert rig.desk.values["generator/freq"] == pytest.approx(2000.0, rel=0.06)
    for dest, path in ((3, "bus/4"), (18, "main"), (25, "matrix/6")):
        _set(one, "config/osc/dest", str(dest))
        on = [at for at, value in rig.desk.values.items() if at.startswith("generator/to/") and value]
        assert on == [f"generator/to/{path}"]


@pytest.mark.parametrize(
    ("role", "address", "may"),
    [
        ("view", "ch/01/mix/fader", False), ("view", "ch/01/config/icon", False), ("mix", "ch/01/config/icon", True),
        ("mix", "headamp/000/phantom", False), ("mix", "outputs/main/01/invert", False),
        ("bus:3", "ch/01/mix/03/level", True), ("bus:3", "ch/01/mix/04/level", False), ("bus:3", "ch/01/mix/on", False),
    ],
)  # fmt: skip
def test_a_role_may_here_what_it_may_elsewhere(role: str, address: str, may: bool) -> None:
    one, told, _ = board()
    leaf = one.tree.leaves[address]
    step = 1 if one.shown[address] != 1 else 0
    told.clear()
    assert one.set(leaf, step, ME, role) is may
    assert (one.shown[address] == step) is may
    assert bool(told) is may
    assert one.refused == (not may)
