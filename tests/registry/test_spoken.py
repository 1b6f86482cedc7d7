"""Laws of what people write: numbers by the unit of their place, switches by words, and never another unit."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library_rig import REGISTRY, Rig
from studiod.cli.main import parser
from studiod.desk.arguments import Words
from studiod.registry.param import Refusal
from studiod.registry.spoken import WRITTEN, OtherUnit, number, switch


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("1k2", "Hz", 1200.0), ("1.2k", "Hz", 1200.0), ("2 kHz", "Hz", 2000.0), ("2KHZ", "Hz", 2000.0),
        ("4k7 Hz", "Hz", 4700.0), ("12k", "Hz", 12000.0), ("0k5", "Hz", 500.0), ("80Hz", "Hz", 80.0),
        ("3 dB", "dB", 3.0), ("3dB", "dB", 3.0), ("+3", "dB", 3.0), ("-6.5 db", "dB", -6.5), ("−6 dB", "dB", -6.0),
        ("-oo", "dB", -math.inf), ("-inf", "dB", -math.inf), ("-OO dB", "dB", -math.inf), ("-∞", "dB", -math.inf),
        ("inf", "dB", math.inf), ("-1 dBFS", "dBFS", -1.0), ("-1 dB", "dBFS", -1.0), ("-1 dBTP", "dBTP", -1.0),
        ("250 ms", "ms", 250.0), ("0.25 s", "ms", 250.0), ("2 min", "ms", 120_000.0), ("20us", "ms", 0.02),
        ("20 µs", "ms", 0.02), ("20 μs", "ms", 0.02), ("250 ms", "s", 0.25), ("1.5 sec", "s", 1.5), ("2", "s", 2.0),
        ("4:1", "", 4.0), ("0.7", "", 0.7), (".5", "", 0.5), ("5.", "", 5.0), ("1e3", "", 1000.0), ("50 %", "%", 50.0),
        ("120 BPM", "BPM", 120.0), ("64 frames", "frames", 64.0), ("  7  ", "dB", 7.0),
    ],
)  # fmt: skip
def test_a_number_is_read_in_the_unit_of_its_place(text: str, unit: str, found: float) -> None:
    assert number(text, unit) == pytest.approx(found, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    ["", " ", "loud", "nan", "1,5", "1 000", "1_0", "k2", "1k2k", "1.2k3", "3 foo", "--3", "3 dB dB", "１", "1e", "oo5",
     "3\n4", "0x10", "1" * 41, "1k2" * 20, "3 \x00dB"],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text, "dB") is None


@pytest.mark.parametrize("unit", [*WRITTEN, "BPM", "frames"])
def test_another_unit_is_refused_and_never_guessed_at(unit: str) -> None:
    own = {unit.lower(), *WRITTEN.get(unit, {})}
    others = {name for names in WRITTEN.values() for name in names} - own
    assert len(others) > 5
    for other in others:
        with pytest.raises(OtherUnit, match=f"^{other}$"):
            number(f"3 {other}", unit)


@given(st.floats(-1e6, 1e6, allow_nan=False))
def test_a_plain_number_is_what_python_reads(value: float) -> None:
    assert number(repr(value), "dB") == value


@given(st.text(max_size=60))
def test_any_text_at_all_is_a_number_none_or_another_unit(text: str) -> None:
    with contextlib.suppress(OtherUnit):
        found = number(text, "ms")
        assert found is None or found == found


def test_switches_have_words_in_any_case() -> None:
    assert [switch(word) for word in ("on", "ON", "Yes", "true", "TRUE", "1", " on ")] == [1] * 7
    assert [switch(word) for word in ("off", "Off", "NO", "false", "0", " off")] == [0] * 6
    assert [switch(word) for word in ("", "maybe", "oné", "2", "o n", "on" * 50, "-1")] == [None] * 7


# -- where they are read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("ch/1/fader", "-oo", -90.0), ("ch/1/fader", "3 dB", 3.0), ("ch/1/hpf/freq", "1k", 1000.0),
        ("ch/1/eq/4/freq", "1k2", 1200.0), ("ch/1/comp/ratio", "4:1", 4.0), ("ch/1/delay/time", "0.25 s", 250.0),
        ("ch/1/comp/mix", "50%", 50.0), ("ch/1/pan", "-30", -30.0), ("ch/1/mute", "On", 1), ("ch/1/mute", "no", 0),
        ("main/limiter/ceiling", "-1 dB", -1.0),
    ],
)  # fmt: skip
def test_a_path_takes_what_people_write(path: str, text: str, value: float) -> None:
    assert REGISTRY.params[path].accept(text) == value


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("ch/1/fader", "2 kHz", "ch/1/fader: kHz is not its unit; expected a number from -90 to 10 dB; got '2 kHz'; "
                                "send a number in dB"),
        ("ch/1/fader", "30 dB", "ch/1/fader: out of range; .*; got 30; nearest is 10 dB"),
        ("ch/1/hpf/freq", "-oo", "ch/1/hpf/freq: out of range"),
        ("ch/1/hpf/freq", "3 dB", "dB is not its unit; .*; send a number in Hz"),
        ("ch/1/pan", "3 dB", "dB is not its unit; .*; send a number without a unit"),
        ("ch/1/pan", "left", "ch/1/pan: not a number; .*; got 'left'"),
        ("ch/1/mute", "maybe", "not a switch position; expected 0 or 1; got 'maybe'; send 1 for on or 0 for off"),
        ("ch/1/delay/time", "3 kHz", "kHz is not its unit; .*; send a number in ms"),
    ],
)  # fmt: skip
def test_a_path_refuses_the_rest_in_words(path: str, text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        REGISTRY.params[path].accept(text)


def test_the_words_of_commands_are_read_alike() -> None:
    def words(*given: object) -> Words:
        return Words("scene/recall", "a scene's name, [fade s]", given)

    assert [words(text).number("the fade", 0, 600, "s") for text in ("2", "2 s", "250 ms", "1 min", 2)] == [
        2.0, 2.0, 0.25, 60.0, 2.0,
    ]  # fmt: skip
    for text, said in (("3 dB", "the fade: dB is not its unit; .*; send a number in s"), ("x", "is not a number"),
                       ("-1 s", r"the fade is out of range \(0 to 600 s\); .*; got '-1 s'; nearest is 0"),
                       ("-oo", "the fade is not a number")):  # fmt: skip
        with pytest.raises(Refusal, match=said):
            words(text).number("the fade", 0, 600, "s")


def test_a_name_may_be_a_number() -> None:
    def key(word: object) -> str:
        return Words("scene/recall", "a scene's name or number", [word]).key("the name")

    assert [key(word) for word in ("Verse", 3, 3.0, "3", -1)] == ["Verse", "3", "3", "3", "-1"]
    for bad in (3.5, float("nan"), float("inf"), 10**9, True, None, b"x"):
        with pytest.raises(Refusal, match="scene/recall: the name is "):
            key(bad)


@pytest.mark.parametrize("value", ["-oo", "-inf", "-3 dB", "-.5", "-∞"])
def test_the_command_line_takes_a_value_that_looks_like_an_option(value: str) -> None:
    assert parser().parse_args(["set", "ch/1/fader", value]).value == [value]
    assert parser().parse_args(["set", "ch/1/fader", *value.split()]).value == value.split(), "without quotes, too"


def test_scenes_take_them_too() -> None:
    rig = Rig()
    rig.desk.change([("ch/1/fader", "-10 dB"), ("ch/1/mute", "yes")])
    assert (rig.desk.get("ch/1/fader"), rig.desk.get("ch/1/mute")) == (-10.0, 1)
