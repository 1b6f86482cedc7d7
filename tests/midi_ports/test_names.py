"""A MIDI port is found by its own name, however it is written: as a driver gives it, as `studiod devices` prints it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controllers.midi.surfaces import patterns
from studiod.host.devices import pattern, quoted
from studiod.midi_ports.link import _Port
from studiod.midi_ports.names import Want, choose, fits

ODD = ["C++ Keys", "Synth (1)", "Pad [2", "a|b$", "^Top", "Keys {3}", "what?", "*star*", "back\\slash", 'Bob\'s "8"']


def found(port: str, names: list[str]) -> list[str]:
    return fits(patterns(port, ()), names)


@pytest.mark.parametrize("name", [*ODD, *(f"{name}:{name} MIDI 1" for name in ODD), "a2j:nano [20] (capture): nano"])
@pytest.mark.parametrize("tail", ["", " 20:0"])
def test_a_port_is_found_by_its_own_name(name: str, tail: str) -> None:
    names = ["C Keys", "Synth 1", "Pad 2", "b", "Top", "Keys 3", "wha", "star", "CC Keys", f"{name}{tail}"]
    for said in (name, f"{name}{tail}", name.upper()):
        assert found(said, names)[:1] == [f"{name}{tail}"], said
    printed = tomllib.loads(f"port = {quoted(pattern(f'{name}{tail}'))}")["port"]
    assert found(printed, names) == [f"{name}{tail}"]


@given(st.text(st.characters(blacklist_categories=("C", "Z")), min_size=1, max_size=12))
def test_any_name_is_found_by_itself_and_as_it_is_printed(name: str) -> None:
    assert fits([name], [name]) == [name]
    assert found(tomllib.loads(f"port = {quoted(pattern(name))}")["port"], [name]) == [name]


@pytest.mark.parametrize(("port", "names"), [
    ("Synth [12]", ["Synth 1", "Synth 2", "Synth [12] 24:0"]), ("C+", ["CCC", "C+"]), ("Pad.", ["Pads", "Pad."]),
    ("(X)", ["X", "(X) 9:0"]), ("Keys [[2]]", ["Keys 2]", "Keys [[2]]"]),
])  # fmt: skip
def test_the_port_that_is_called_so_comes_before_those_that_a_pattern_fits(port: str, names: list[str]) -> None:
    assert found(port, names)[0] == names[-1]
    assert sorted(found(port, names)) == sorted(names), "a pattern stays one"
    nothing = {"in": "", "out": ""}
    want = Want({"in": [port], "out": [port]}, nothing, nothing)
    assert choose([want], {"in": names, "out": names}) == [{"in": names[-1], "out": names[-1]}]


@pytest.mark.parametrize(("port", "names", "first"), [
    ("nano.*CTRL", ["nanoKONTROL2 CTRL", "other"], "nanoKONTROL2 CTRL"),
    ("*nano*", ["other", "my nano 2"], "my nano 2"),
    (".", ["X.2", "A"], "A"),
    ("n", ["n:n MIDI 1 24:0", "n:n MIDI 1 20:0"], "n:n MIDI 1 20:0"),
])  # fmt: skip
def test_patterns_mean_what_they_did(port: str, names: list[str], first: str) -> None:
    assert found(port, names)[0] == first


@pytest.mark.parametrize("port", ["Pad [2", "*nano*", "a{99999999999}"])
def test_what_is_missing_is_told_as_it_was_written(port: str) -> None:
    wanted = patterns(port, ())
    assert fits(wanted, ["nanu"]) == []
    assert _Port("x", wanted, wanted, lambda _: None, lambda _: None).pattern == repr(port)
