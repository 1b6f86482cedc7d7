"""The simulated unit shows what the sheet says, byte for byte, and its wire takes the time that a cable takes."""

import ast
from pathlib import Path

import pytest

import mackie_sim
from mackie_sim.door import SERIAL, response
from mackie_sim.kinds import KINDS, Kind
from mackie_sim.unit import Unit

VECTORS = [("74657374", "6F6F5D22"), ("57186105", "645A5E57"), ("7F7F7F7F", "75797C00"), ("00000000", "0A000070")]
ALLOWED = {"mackie_sim", "jack"}


def new(kind: str | Kind = "x-touch", challenge: str = "57186105") -> Unit:
    made = Unit(KINDS[kind] if isinstance(kind, str) else kind, challenge=bytes.fromhex(challenge))
    made.out.clear()
    return made


def tell(unit: Unit, *messages: str, now_s: float = 0.0) -> dict:
    for message in messages:
        unit.receive(now_s, bytes.fromhex(message))
        unit.advance(now_s)
    return unit.seen(now_s)


def said(unit: Unit) -> list[str]:
    got = [data.hex(" ").upper() for _, data in unit.out]
    unit.out.clear()
    return got


def test_it_imports_nothing_of_the_project() -> None:
    import sys

    for path in Path(mackie_sim.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.split(".")[0]
                assert top in ALLOWED or top in sys.stdlib_module_names, f"{path.name}: {name}"


def test_the_worked_examples_of_the_sheet_stand_on_the_panel() -> None:
    unit = new("x-touch")
    for message in (
        "E0 7F 5F",
        "E8 7F 7F",
        "90 0F 7F",
        "90 5E 01",
        "B0 31 56",
        "B0 30 2B",
        "F0 00 00 66 14 12 00 4B 49 43 4B 20 20 20 F7",
        "F0 00 00 66 14 12 46 2D 36 2E 30 20 20 20 F7",
        "D0 6C",
        "D0 6E",
        "B0 4B 10",
        "B0 4A 0E",
        "B0 40 75",
        "F0 00 00 66 14 72 01 01 02 02 04 04 07 07 F7",
    ):
        tell(unit, message)
    seen = unit.seen(0.2)
    assert seen["faders"][0] == 12287 // 16 * 16
    assert seen["faders"][8] == 15935
    assert seen["leds"] == {"0f": "on", "5e": "flash"}
    assert seen["rings"][1] == [6]
    assert seen["ring_centres"][1]
    assert seen["rings"][0] == list(range(1, 12))
    assert seen["cells"][0][0] == "KICK   "
    assert seen["cells"][1][2] == "-6.0   "
    assert seen["bars"] == [0, 0, 0, 0, 0, 0, 12, 0]
    assert seen["over"][6]
    assert seen["assignment"] == "PN"
    assert seen["timecode"].endswith("5.")
    assert seen["colours"] == [1, 1, 2, 2, 4, 4, 7, 7]
    assert not tell(unit, "D0 6F", now_s=0.2)["over"][6]
    tell(unit, "F0 00 00 66 14 13 00 F7")
    assert said(unit) == ["F0 00 00 66 14 14 56 31 2E 30 20 F7"]


@pytest.mark.parametrize(("challenge", "answer"), VECTORS)
def test_a_logic_control_is_dark_until_its_challenge_is_answered(challenge: str, answer: str) -> None:
    assert response(bytes.fromhex(challenge)).hex().upper() == answer
    unit = new("logic-control", challenge)
    assert not tell(unit, "90107F", now_s=1.0)["online"]
    tell(unit, "F000006610 00F7", now_s=1.1)
    unit.advance(1.2)
    assert said(unit) == [f"F0 00 00 66 10 01 {SERIAL.hex(' ')} {bytes.fromhex(challenge).hex(' ')} F7".upper()]
    tell(unit, f"F00000661002{SERIAL.hex()}00000001F7", now_s=1.2)
    unit.advance(1.21)
    assert said(unit) == [f"F0 00 00 66 10 04 {SERIAL.hex(' ')} F7".upper()]
    tell(unit, f"F00000661002{SERIAL.hex()}{answer}F7", now_s=1.22)
    unit.advance(1.25)
    assert said(unit) == [f"F0 00 00 66 10 03 {SERIAL.hex(' ')} F7".upper()]
    tell(unit, "90107F", now_s=1.3)
    assert unit.seen(1.4)["leds"] == {"10": "on"}


def test_those_that_greet_say_so_when_they_are_switched_on() -> None:
    for name, kind in KINDS.items():
        unit = Unit(kind)
        assert bool(said(unit)) == kind.greets, name
        unit.power(1.0, False)
        tell(unit, "90107F", now_s=1.1)
        assert not unit.seen(1.2)["leds"]
        unit.power(2.0, True)
        assert bool(said(unit)) == kind.greets, name


def test_an_answer_that_comes_late_is_none() -> None:
    unit = new("logic-control", "74657374")
    tell(unit, "F00000661000F7")
    tell(unit, f"F00000661002{SERIAL.hex()}6F6F5D22F7", now_s=0.5)
    assert not unit.seen(0.6)["online"]


def test_a_mackie_that_is_answered_where_it_did_not_ask_is_locked_until_it_is_switched_off() -> None:
    unit = new("x-touch")
    tell(unit, f"F00000661402{SERIAL.hex()}645A5E57F7")
    assert tell(unit, "90107F")["locked"]
    assert not unit.seen(0.0)["leds"]
    unit.power(1.0, False)
    unit.power(2.0, True)
    assert tell(unit, "90107F", now_s=2.0)["leds"] == {"10": "on"}


def test_each_kind_answers_a_query_of_its_own_model_only() -> None:
    answers = {}
    for name in KINDS:
        unit = new(name)
        for model in (0x14, 0x15, 0x10):
            unit.receive(0.0, bytes((0xF0, 0, 0, 0x66, model, 0, 0xF7)))
        unit.advance(1.0)
        answers[name] = [line[12:17] for line in said(unit)]
    assert answers.pop("mackie-xt") == answers.pop("x-touch-extender") == ["15 01"]
    assert answers.pop("logic-control") == ["10 01"]
    assert answers.pop("x-touch-compact") == ["14 06"]
    assert answers.pop("no-touch") == answers.pop("own-travel") == []
    assert set(map(tuple, answers.values())) == {("14 01",)}


def test_an_extender_obeys_model_15_and_has_no_master() -> None:
    unit = new("x-touch-extender")
    seen = tell(
        unit,
        "F000006614120041F7",
        "F00000661572 0101010101010101 F7".replace(" ", ""),
        "905E7F",
        "90077F",
        "E87F7F",
        "B04B10",
    )
    assert seen["cells"][0][0] == " " * 7
    assert seen["colours"] == [1] * 8
    assert seen["leds"] == {"07": "on"}
    assert len(seen["faders"]) == 8
    assert seen["assignment"] == "  "
    assert tell(unit, "F000006615120041F7")["cells"][0][0] == "A      "


def test_a_bar_falls_a_step_in_300_ms_and_zero_is_at_once() -> None:
    unit = new()
    tell(unit, "D00C", "D018")
    assert [unit.seen(t)["bars"][:2] for t in (0.29, 0.3, 0.9, 3.7)] == [[12, 8], [11, 7], [9, 5], [0, 0]]
    tell(unit, "D009", now_s=4.0)
    assert tell(unit, "D005", now_s=4.1)["bars"][0] == 9
    assert tell(unit, "D000", now_s=4.2)["bars"][0] == 0


def test_a_slow_wire_takes_3125_bytes_a_second_and_tells_what_waits() -> None:
    unit = new("mackie")
    for _ in range(100):
        unit.receive(1.0, bytes.fromhex("90107F"))
    unit.receive(1.0, bytes.fromhex("90117F"))
    assert "11" not in unit.seen(1.0 + 302 / 3125)["leds"]
    assert "11" in unit.seen(1.0 + 303.1 / 3125)["leds"]
    assert unit.seen(2.0)["most_backlog"] == 300
    ins = [one for one in unit.log if one["way"] == "in"]
    assert [one["backlog"] for one in ins] == [3 * n for n in range(101)]


def test_text_closer_than_5_ms_behind_a_sysex_is_lost() -> None:
    unit = new("hasty-text")
    tell(unit, "F000006614120041F7", "F000006614120742F7", now_s=1.0)
    tell(unit, "F000006614120E43F7", now_s=1.006)
    seen = unit.seen(1.1)
    assert [cell.strip() for cell in seen["cells"][0][:3]] == ["A", "", "C"]
    assert seen["lost_text"] == 1


def test_a_position_for_a_held_fader_is_noted_with_the_fingers_place() -> None:
    unit = new("mackie")
    unit.move(0.0, 2, 8000, 0.1)
    unit.advance(0.2)
    tell(unit, "E2 00 00", now_s=0.2)
    unit.advance(0.3)
    assert [(one["fader"], one["raw"], one["finger"]) for one in unit.pulls] == [(2, 0, 8000)]
    unit.lift(0.4, 2)
    assert unit.seen(1.0)["faders"][2] == 0


def test_running_status_and_a_sysex_that_is_cut_are_read_as_on_the_unit() -> None:
    unit = new()
    seen = tell(unit, "90 10 7F 11 7F", "F0 00 00 66 14 12 00 41", "90 12 7F", "F8", "90 13", "FE 7F")
    assert seen["leds"] == {"10": "on", "11": "on", "12": "on", "13": "on"}
    assert seen["cells"][0][0].strip() == ""


def test_what_a_unit_does_not_have_changes_nothing() -> None:
    unit = new("x-touch-compact")
    before = unit.seen(0.0)
    after = tell(
        unit,
        "F000006614120041F7",
        "F000006614720101010101010101F7",
        "D00C",
        "90747F",
        "E90000",
        "F0000066141270414141F7",
    )
    assert after == before


def test_dead_sensors_tell_nothing_though_the_others_do() -> None:
    unit = new("dead-touch")
    unit.move(0.0, 0, 800, 0.05)
    unit.move(0.0, 1, 800, 0.05)
    unit.advance(0.2)
    lines = said(unit)
    assert "90 68 7F" in lines
    assert "90 69 7F" not in lines
    assert any(line.startswith("E1") for line in lines)
