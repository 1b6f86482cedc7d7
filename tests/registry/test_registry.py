"""Laws of the registry: what every parameter of every console keeps to."""

import math
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiod.registry.commands import WORDS
from studiod.registry.laws import float32, from_turn, to_turn
from studiod.registry.meter_banks import BANKS
from studiod.registry.points import vocabulary
from studiod.registry.registry import BLOCKS, Console, Refusal, Registry, Template
from studiod.registry.strip import BAND_TYPES

SMALL = Registry(Console(inputs=2, outputs=8, channels=3, buses=3))
FULL = Registry(Console(inputs=128, outputs=128, channels=128, buses=16))
EVERY = list(SMALL.params.values())
NUMBERS = [p for p in EVERY if p.kind == "number"]


def refusal(path, value, registry=SMALL):
    with pytest.raises(Refusal) as caught:
        registry.find(path).accept(value)
    assert "\n" not in str(caught.value)
    return caught.value


# -- turn laws: closed form first ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "db"),
    [(0, -90), (0.03125, -75), (0.0625, -60), (0.125, -50), (0.25, -30), (0.375, -20), (0.5, -10), (0.75, 0), (1, 10)],
)
def test_the_fader_law_passes_through_the_points_of_its_table(turn, db):
    assert from_turn("fader", -90, 10, turn) == db
    assert to_turn("fader", -90, 10, db) == turn


def test_an_octave_law_turns_equally_for_equal_ratios():
    assert [from_turn("whole", 1, 16, turn) for turn in (0.0, 0.034, 0.5, 1.0)] == [1.0, 2.0, 8.0, 16.0]
    assert from_turn("octave", 20, 20000, 1 / 3) == pytest.approx(200, rel=1e-12)  # double precision
    assert to_turn("octave", 20, 20000, 2000) == pytest.approx(2 / 3, rel=1e-12)


@pytest.mark.parametrize("param", NUMBERS, ids=lambda p: p.path)
def test_every_value_survives_the_way_to_a_turn_and_back(param):
    values = [param.low, param.high, param.rest, *(param.from_turn(t) for t in np.linspace(0, 1, 101).tolist())]
    for value in values:
        assert param.from_turn(param.to_turn(value)) == value
    turned = [param.to_turn(v) for v in sorted(set(values))]
    assert turned == sorted(turned)


@pytest.mark.parametrize("kind", ["switch", "list", "point"])
def test_every_item_and_switch_position_survives_the_way_to_a_turn_and_back(kind):
    for param in (p for p in EVERY if p.kind == kind):
        for value in param.items or (0, 1):
            assert param.from_turn(param.to_turn(value)) == value


def test_a_turn_beyond_its_ends_stops_there_and_one_that_is_no_number_is_refused():
    fader = SMALL.find("ch/1/fader")
    assert (fader.from_turn(-0.1), fader.from_turn(1.5), fader.from_turn(10**400)) == (-90.0, 10.0, 10.0)
    for bad in (math.nan, "0.5", None, True):
        with pytest.raises(Refusal, match="ch/1/fader: not a turn position; expected a number from 0 to 1; got "):
            fader.from_turn(bad)
    with pytest.raises(Refusal, match="ch/1/name: text has no turn position"):
        SMALL.find("ch/1/name").from_turn(0.5)


# -- what is accepted ------------------------------------------------------------------------------------------------


@given(st.floats(-90, 10))
def test_an_accepted_number_is_the_nearest_float32(value):
    fader = SMALL.find("ch/1/fader")
    assert fader.accept(value) == float32(value)
    assert fader.accept(fader.accept(value)) == fader.accept(value)


@pytest.mark.parametrize("param", NUMBERS, ids=lambda p: p.path)
def test_one_float32_step_around_a_limit_is_the_limit_and_two_beyond_are_refused(param):
    for limit, out in ((param.low, -np.inf), (param.high, np.inf)):
        at, out = np.float32(limit), np.float32(out)
        one = np.nextafter(at, out)
        for near in (limit, one, np.nextafter(at, -out)):
            assert param.accept(near) == limit
        if limit != 0 or out < 0:  # two steps below zero are denormal, and a refusal all the same
            with pytest.raises(Refusal):
                param.accept(np.nextafter(one, out))


def test_minus_infinity_is_off_on_a_fader_and_refused_elsewhere():
    assert SMALL.find("ch/1/fader").accept(-math.inf) == -90.0
    assert SMALL.find("ch/1/send/1/level").accept(-math.inf) == -90.0
    assert refusal("ch/1/trim", -math.inf).reason == "out of range"
    for bad in (math.inf, 1e39, 10**400):
        assert refusal("ch/1/fader", bad).reason == "out of range"


@pytest.mark.parametrize("bad", [math.nan, True, "loud", "", None, b"", [], np.float32("nan")])
def test_what_is_no_number_is_refused(bad):
    assert refusal("ch/1/fader", bad).reason == "not a number"


def test_a_switch_takes_every_spelling_of_on_and_off():
    mute = SMALL.find("ch/1/mute")
    for on in (1, True, 1.0, np.float32(1)):
        assert mute.accept(on) == 1
        assert type(mute.accept(on)) is int
    assert [mute.accept(off) for off in (0, False, 0.0)] == [0, 0, 0]
    for bad in (2, 0.5, -1, "2", None, math.nan):
        assert refusal("ch/1/mute", bad).expected == "0 or 1"


def test_a_list_takes_a_name_or_an_index_from_0():
    kind = SMALL.find("ch/1/eq/1/type")
    assert kind.items == BAND_TYPES
    assert [kind.accept(i) for i in range(6)] == list(BAND_TYPES)
    assert kind.accept(2.0) == kind.accept("high_shelf") == kind.accept("HIGH_Shelf") == "high_shelf"
    for bad in (6, -1, 0.5, True, "Bel", "", None, 10**400, math.nan, math.inf):
        assert refusal("ch/1/eq/1/type", bad).expected.startswith("one of bell low_shelf")


def test_text_is_short_and_has_no_control_character():
    name = SMALL.find("ch/1/name")
    assert name.accept("Gesang größer 歌 🎤") == "Gesang größer 歌 🎤"
    assert name.accept("x" * 32) == "x" * 32
    for bad in ("x" * 33, "a\nb", "a\0", "\x7f", "\ud800", "a\u2028b", 5, None):
        refusal("ch/1/name", bad)


def test_a_point_is_named_exactly_and_exists_on_this_console():
    source = SMALL.find("output/1/source")
    for point in ("none", "input/2", "ch/3", "bus/3", "main/l", "main/r"):
        assert source.accept(point) == point
    for bad in ("input/3", "ch/0", "Main/l", "ch/1/l", "", 0, None):
        assert refusal("output/1/source", bad).reason == "no such point"


# -- refusals in words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            "ch/1/fader",
            12,
            "ch/1/fader: out of range; expected a number from -90 to 10 dB; got 12; nearest is 10 dB; "
            "send a value in that range",
        ),
        (
            "ch/1/eq/1/q",
            0.1,
            "ch/1/eq/1/q: out of range; expected a number from 0.3 to 10; got 0.1; nearest is 0.3; "
            "send a value in that range",
        ),
        ("ch/1/mute", "up", "ch/1/mute: not a switch position; expected 0 or 1; got 'up'; send 1 for on or 0 for off"),
        (
            "output/1/tap",
            "Post",
            "output/1/tap: no such item; expected one of input pre_fader post_fader (or an index 0..2); got 'Post'; "
            "nearest is post_fader; send an item's name",
        ),
        (
            "ch/1/source",
            "main",
            "ch/1/source: main is stereo and this takes one lane; expected a point "
            f"({vocabulary(SMALL.points)}); got 'main'; nearest is main/l; send main/l or main/r",
        ),
        (
            "ch/1/name",
            "a\nb",
            "ch/1/name: a control character in the text; expected text of at most 32 characters, none of them a "
            "control character; got 'a\\nb'; leave it out",
        ),
    ],
)
def test_a_refusal_says_where_what_was_expected_what_came_what_is_nearest_and_what_to_do(path, value, words):
    assert str(refusal(path, value)) == words


def test_points_are_told_in_short_by_kind_and_side():
    told = vocabulary(SMALL.points)
    assert told.startswith(
        "none, input/1..2, ch/1..3, bus/1..3, main/l, main/r, main/pre_limiter/l, main/pre_limiter/r, "
    )
    assert "monitor/l, monitor/r, " in told
    assert told.endswith("talkback, generator, click, track/1..3")
    assert vocabulary(("none", "return/1/l", "return/1/r", "return/2/l", "return/2/r", "track/1")) == (
        "none, return/1..2/l, return/1..2/r, track/1"
    )


def test_a_refusal_is_one_short_line_whatever_came():
    for bad in ("x\n" * 9999, [1] * 9999, 10**4000, "\ud800", object(), "x" * 10**6):
        for path in ("ch/1/fader", "ch/1/mute", "ch/1/name", "ch/1/source", "output/1/tap"):
            words = str(refusal(path, bad))
            assert len(words) < 400
            words.encode()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("ch/1/fadr", "ch/1/fader"),
        ("Ch/1/Fader", "ch/1/fader"),
        ("ch/200/fader", "ch/128/fader"),
        ("ch/0/fader", "ch/1/fader"),
        ("channel/7/fader", "ch/7/fader"),
        ("ch/1/eq/gain", "ch/1/eq/1/gain"),
        ("ch/1/eq/9/gain", "ch/1/eq/1/gain"),
        ("ch/1/send/17/level", "ch/1/send/1/level"),
        ("main/feder", "main/fader"),
        ("outputs/mute", "output/mute"),
        ("status/frame", "status/frames"),
        ("config/panlaw", "config/pan_law"),
        ("ch/fader", "ch/1/fader"),
        ("ch/eq/gain", "ch/1/eq/1/gain"),
    ],
)
def test_a_mistaken_path_is_answered_with_the_nearest_one(wrong, right):
    with pytest.raises(Refusal) as caught:
        FULL.find(wrong)
    got = caught.value.nearest
    assert re.sub(r"\d+", "N", got) == re.sub(r"\d+", "N", right)
    assert got.split("/")[:2] == right.split("/")[:2]
    assert f"{wrong}: no such path; expected a path of this console; nearest is {got}; " in str(caught.value)


@given(st.text(max_size=200))
def test_any_text_at_all_gets_a_path_that_exists(wrong):
    assert SMALL.nearest(wrong) in SMALL.params
    SMALL.match(wrong)


# -- identity --------------------------------------------------------------------------------------------------------


def test_every_parameter_has_a_path_and_an_nrpn_of_its_own():
    every = FULL.params.values()
    assert len({p.nrpn for p in every}) == len(every)
    assert all(1 <= p.nrpn[0] <= 16 and 0 <= p.nrpn[1] < 16384 and 0 <= p.id < 512 for p in every)
    assert all(path == p.path for path, p in FULL.params.items())


def test_no_path_that_is_a_value_holds_others():
    """OSC and OSCQuery have either a method or a container; known clients refuse a tree with a node that is both."""
    rest = {"returns": 2, "matrices": 2, "dcas": 2, "mute_groups": 2, "surfaces": 2}
    paths = Registry(Console(inputs=2, outputs=2, channels=2, buses=2, **rest)).params.keys()
    words = {word for word, one in WORDS.items() if not one.own and not one.former} - {"info", "status"}
    words |= {f"meters/{bank}" for bank in BANKS}
    held = {path[:at] for path in paths | words for at in range(len(path)) if path[at] == "/"}
    assert (paths | words) & held == set()
    assert paths & WORDS.keys() == set()


def test_growing_the_console_never_renumbers():
    small = Registry(Console(inputs=4, outputs=2, channels=16, buses=4))
    for path, param in small.params.items():
        assert (FULL.params[path].id, FULL.params[path].nrpn) == (param.id, param.nrpn)


def test_the_ids_that_were_ever_given_stay():
    """A controller's map outlives this program's versions: append to this list, never change a line of it."""
    given_ids = {"name": 0, "colour": 1, "fader": 2, "mute": 3, "pan": 4, "link": 5, "balance": 6, "main/on": 7}
    given_ids |= {"source": 8, "trim": 9, "polarity": 10, "gate/on": 16, "gate/release": 23, "comp/on": 32}
    given_ids |= {"comp/detector": 42, "hpf/on": 48, "hpf/slope": 50, "eq/on": 63, "eq/1/on": 64, "eq/4/q": 92}
    given_ids |= {"send/1/on": 128, "send/16/tap": 252}
    assert {tail: FULL.params[f"ch/1/{tail}"].id for tail in given_ids} == given_ids
    assert FULL.params["ch/33/fader"].nrpn == (2, 2)
    assert FULL.params["bus/1/fader"].nrpn == (5, 2)
    assert FULL.params["main/fader"].nrpn == (7, 2)
    assert FULL.params["main/eq/6/q"].id == 108


def test_the_blocks_of_the_kinds_leave_room_and_do_not_touch():
    room = {"ch": 128, "bus": 16, "return": 16, "matrix": 16, "dca": 16, "output": 128, "input": 128}
    taken = [BLOCKS[kind] + n for kind in BLOCKS for n in range(room.get(kind, 1))]
    assert len(set(taken)) == len(taken)
    assert max(taken) < 512


# -- the console -----------------------------------------------------------------------------------------------------


def test_every_rest_value_is_one_that_would_be_accepted():
    for param in (*EVERY, *FULL.params.values()):
        assert param.accept(param.rest) == param.rest
        assert param.about.endswith(".")
        assert "\n" not in param.about


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("ch/1/fader", -90), ("bus/1/fader", 0), ("main/fader", 0), ("ch/1/main/on", 1), ("bus/1/main/on", 0),
        ("ch/2/source", "input/2"), ("ch/3/source", "none"), ("output/1/source", "main/l"),
        ("output/2/source", "main/r"), ("output/3/source", "monitor/l"), ("output/4/source", "monitor/r"),
        ("output/5/source", "bus/1"), ("output/7/source", "bus/3"), ("output/8/source", "none"),
        ("ch/1/eq/3/freq", 2000), ("main/eq/6/freq", 10000), ("ch/1/eq/1/q", float32(0.707)),
        ("ch/1/comp/position", "post_eq"), ("ch/1/send/2/tap", "post_fader"), ("config/pan_law", "-3dB"),
    ],
)  # fmt: skip
def test_a_console_at_rest_is_as_the_contract_says(path, rest):
    assert SMALL.find(path).rest == rest


def test_only_an_odd_strip_with_a_neighbour_can_be_linked():
    assert [p.path for p in SMALL.match("{ch,bus}/*/link")] == ["ch/1/link", "bus/1/link"]
    assert [p.path for p in SMALL.match("*/*/balance")] == ["ch/1/balance", "bus/1/balance"]


def test_flags_are_where_the_contract_puts_them():
    around = {"input", "output", "monitor", "talkback", "generator", "click", "recorder", "transport"}
    assert {
        p.path.split("/")[0] for p in EVERY if "safe" in p.flags and not p.path.endswith(("/safe", "/arm"))
    } == around
    volatile = ("output/mute", "solo/any", "solo/clear", "tap", "talkback/on", "generator/on", "click/on")
    volatile += tuple(f"transport/{tail}" for tail in ("state", "position", "soundcheck"))
    volatile += tuple(f"recorder/{tail}" for tail in ("state", "remaining", "lost", "folder", "alarm"))
    for p in EVERY:
        one = p.path in volatile or p.path.endswith(("/solo", "/listen")) or p.path.startswith("status/")
        assert ("volatile" in p.flags) == one, p.path
    assert SMALL.find("output/mute").flags == {"volatile"}
    assert all(p.flags >= {"read-only", "volatile"} for p in SMALL.match("status/*"))


@pytest.mark.parametrize("bad", [{"channels": 0}, {"channels": 129}, {"buses": 17}, {"inputs": -1}, {"rate_hz": 0}])
def test_a_console_that_cannot_be_is_refused(bad):
    with pytest.raises(ValueError, match=f"console {next(iter(bad))}: expected .*; got "):
        Console(**bad)


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "number", "low": 0.0, "high": 10.0, "rest": 1.0, "law": "octave"},
        {"kind": "number", "low": 0.0, "high": 10.0, "rest": 11.0},
        {"kind": "number", "low": -80.0, "high": 10.0, "rest": 0.0, "law": "fader"},
        {"kind": "number", "low": 5.0, "high": 5.0, "rest": 5.0},
        {"kind": "list", "items": ("a",), "rest": "b"},
        {"kind": "switch", "rest": 2},
        {"kind": "switch", "id": 512},
    ],
)
def test_a_template_whose_law_or_rest_does_not_fit_is_refused_when_made(bad):
    with pytest.raises(ValueError, match="x: "):
        Template(**{"id": 0, "path": "x", "about": "A thing.", **bad})


# -- patterns --------------------------------------------------------------------------------------------------------


def brute(pattern):
    """The same pattern over whole paths, one regular expression: an oracle that shares nothing with the tree."""
    out = ""
    for i, c in enumerate(pattern):
        before = pattern[:i]
        inside = before.count("[") > before.count("]")
        if c == "*":
            out += "[^/]*"
        elif c == "?":
            out += "[^/]"
        elif c in "{}" or (c == "," and before.count("{") > before.count("}")):
            out += {"{": "(?:", "}": ")", ",": "|"}[c]
        else:
            out += "^" if c == "!" and inside else c
    out = ("/" + out).replace("//", "/(?:.*/)?")
    return [path for path in SMALL.params if re.fullmatch(out, "/" + path)]


@pytest.mark.parametrize(
    "pattern",
    ["ch/*/fader", "*", "*/*", "ch/[1-2]/mute", "ch/[!1]/mute", "{ch,bus}/?/eq/{1,3}/f*", "/fader", "ch//freq",
     "/eq//q", "ch/1/fader", "ch/9/fader", "output/mute", "output/*/mute", "m[a-b]in/*", "/on", "*/1//on", "ch/1",
     "c*h/*/n?me"],
)  # fmt: skip
def test_a_pattern_matches_what_the_same_regular_expression_does(pattern):
    assert sorted(p.path for p in SMALL.match(pattern)) == sorted(brute(pattern))


def test_matches_come_in_the_order_of_the_console():
    order = {path: k for k, path in enumerate(FULL.params)}
    for pattern in ("**", "//fader", "ch/*/fader", "{bus,ch}/*/mute"):
        places = [order[p.path] for p in FULL.match(pattern)]
        assert places == sorted(places)


def test_the_whole_tree_has_three_spellings_and_a_broken_pattern_none():
    for everything in ("**", "//", "/"):
        assert len(SMALL.match(everything)) == len(EVERY)
    assert len(SMALL.match("ch/1//")) == len(SMALL.match("ch/1/**")) == sum(p.path.startswith("ch/1/") for p in EVERY)
    for broken in ("", "ch/1/", "ch/[/fader", "ch/{1/fader", "ch/[z-a]/fader", "ch/[]/fader", "ch/1/fader/"):
        assert SMALL.match(broken) == []


def test_a_look_up_on_128_channels_never_scans_all_the_paths():
    """Some 3 times the steps that each takes; a scan would be a hundred times as many."""
    FULL.forget()
    for look_up, what, most in (
        (FULL.match, "ch/*/fader", 3 * 3 * 128),  # a node on the way, a node at the end, a path found
        (FULL.nearest, "ch/100/eq/4/gian", 3 * 2500),
        (FULL.nearest, "chanel/100/fader", 3 * 2500),
    ):
        before = FULL.steps
        look_up(what)
        assert FULL.steps - before < most < sum(map(len, FULL.params)) / 10


def test_building_a_console_takes_twice_the_calls_for_twice_the_channels():
    calls = []
    for channels in (32, 64, 96):
        count = 0

        def seen(_frame, event, _function):
            nonlocal count
            count += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(seen)
        try:
            Registry(Console(inputs=0, channels=channels))
        finally:
            sys.setprofile(before)
        calls.append(count)
    first, second = calls[1] - calls[0], calls[2] - calls[1]
    assert second == pytest.approx(first, rel=0.02)  # a scan of what is there already would make it grow


# -- what is near, and what is not -----------------------------------------------------------------------------------
def test_items_of_lists_are_taken_in_any_case_where_one_alone_can_be_meant():
    for param in (one for one in EVERY if one.kind == "list"):
        for item in param.items:
            assert param.accept(item.upper()) == param.accept(item.title()) == param.accept(item) == item
    twins = replace(FULL.find("ch/1/colour"), items=("Red", "red", "blue"))
    assert [twins.accept(word) for word in ("Red", "red", "BLUE")] == ["Red", "red", "blue"]
    with pytest.raises(Refusal, match="no such item"):
        twins.accept("RED")


@pytest.mark.parametrize("said", [18, 18.0, "18", "18 db", 17, "19dB/oct"])
def test_the_nearest_item_goes_by_its_number_where_it_has_one(said):
    slope = FULL.find("ch/1/hpf/slope")
    assert slope.items[0].endswith("dB")
    with pytest.raises(Refusal, match="nearest is 18dB;"):
        slope.accept(said)
    with pytest.raises(Refusal, match=f"nearest is {slope.items[-1]};"):
        slope.accept(10**400)


def test_where_nothing_is_near_nothing_is_named():
    for path in ("nosuch/path", "zzz", "", "x" * 500, "qq/ch"):
        with pytest.raises(Refusal, match="no such path; expected a path of this console; `studiod params`"):
            FULL.find(path)
    for path, value in (("ch/1/colour", "zzz"), ("ch/1/source", "zzz"), ("ch/1/colour", "")):
        with pytest.raises(Refusal) as caught:
            FULL.find(path).accept(value)
        assert caught.value.nearest == ""


@pytest.mark.parametrize("word", ["fader", "/FADER/", "colour", "threshold"])
def test_the_last_part_of_paths_alone_is_answered_with_their_pattern(word):
    near = FULL.near(word)
    assert near == f"'**/{word.strip('/').lower()}'"
    assert FULL.match(near.strip("'"))


def test_a_decimal_comma_is_answered_with_the_point():
    fader = FULL.find("ch/1/fader")
    for text in ("-6,5", "6,5 dB", ",5", "\N{MINUS SIGN}6,5"):
        for take in (fader.accept, fader.from_turn):
            with pytest.raises(Refusal, match=r"; write the decimals with a point, not with a comma$"):
                take(text)
    for text in ("six", "1,2,3", ",", "a,5"):
        with pytest.raises(Refusal) as caught:
            fader.accept(text)
        assert "comma" not in str(caught.value)
