"""What a surface shows and moves: banks, pages, flip, extenders, colours, meters, text under a finger."""

import asyncio
from typing import Any

from controllers.hand import HELD_S, TRAVEL_S
from controllers.mackie import wire
from controllers.mackie.panel import VALUE_S
from controllers.mackie.surface import Surface
from mackie_parts import Ports, cell, device, new_desk, ride, shown
from studiod.desk.desk import Desk

NOTES = {"bank": 0x2F, "channel": 0x31, "flip": 0x32, "send": 0x29, "eq": 0x2C, "pan": 0x2A}


async def settled(ports: Ports, seen: dict[str, list[bytes]], after_s: float = 0.03) -> None:
    await asyncio.sleep(after_s)
    for name in list(ports.sent):
        seen.setdefault(name, []).extend(ports.take(name))


def press(surface: Surface, note: int, unit: int = 0) -> None:
    surface.units[unit].hear(bytes((0x90, note, 0x7F)))
    surface.units[unit].hear(bytes((0x90, note, 0x00)))


def test_a_bank_change_is_at_most_420_bytes_with_its_motors_first() -> None:
    desk = new_desk()
    for n in range(1, 33):
        desk.change([(f"ch/{n}/name", f"Name {n}"), (f"ch/{n}/fader", -n / 1.0), (f"ch/{n}/mute", n // 9 % 2)])
        desk.change([(f"ch/{n}/pan", 3.0 * n), (f"ch/{n}/colour", "red" if n > 8 else "blue")])

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        before = ports.take("u0")
        press(surface, NOTES["bank"])
        await asyncio.sleep(0.05)
        sent = ports.take("u0")
        assert [data[0] for data in sent[:8]] == [0xE0 + n for n in range(8)]
        assert sum(map(len, sent)) <= 420
        assert [cell(before + sent, n) for n in range(8)] == [f"Name{n}" if n > 9 else "Name 9" for n in range(9, 17)]
        assert shown(sent)["colours"] == [1] * 8

    ride(law, device("x-touch", text=6), desk=desk)


def test_places_past_the_end_are_dark() -> None:
    desk = new_desk(channels=9, returns=0, buses=1, matrices=0, dcas=0)
    desk.set("ch/2/mute", 1)

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        seen: dict[str, list[bytes]] = {}
        desk.set("ch/3/fader", 0.0)
        await settled(ports, seen)
        press(surface, NOTES["bank"])
        await settled(ports, seen)
        now = shown(seen["u0"])
        assert [cell(seen["u0"], n) for n in range(8)] == ["Ch 9", "Bus 1", "", "", "", "", "", ""]
        assert now["fader", 2] == 0
        assert now["colours"] == [7, 7, 0, 0, 0, 0, 0, 0]
        assert now[0x11] == 0
        assert now["ring", 2] == 0
        press(surface, 0x12)  # MUTE of an empty place
        press(surface, NOTES["bank"])
        await settled(ports, seen)
        assert cell(seen["u0"], 0) == "Ch 9"

    ride(law, device("x-touch"), desk=desk)


def test_extenders_stand_where_they_stand_and_a_missing_one_shifts_nobody() -> None:
    """Broken on purpose: model 14 to the extender."""

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        main, seen = surface.units[1], {}
        main.state(True)
        main.hear(wire.sysex(0x14, wire.READY))
        await settled(ports, seen)
        assert cell(seen["u1"], 0) == "Ch 9"
        main.hear(bytes.fromhex("90 10 7f"))
        assert desk.get("ch/9/mute") == 1
        left = surface.units[0]
        left.state(True)
        await asyncio.sleep(0.12)
        left.hear(wire.sysex(0x15, wire.READY))
        await settled(ports, seen)
        assert cell(seen["u0"], 0) == "Ch 1"
        assert all(data[4] == 0x15 for data in seen["u0"] if data[0] == 0xF0), "its own model in all its SysEx"
        press(surface, NOTES["bank"], 1)
        await settled(ports, seen)
        assert cell(seen["u0"], 0) == "Ch 17"
        assert cell(seen["u1"], 0) == "Ch 25"
        left.state(False)
        press(surface, 0x2E, 1)
        await settled(ports, seen)
        assert cell(seen["u1"], 0) == "Ch 9"

    ride(law, device("x-touch-extender"), device("x-touch"), main=1, online=False)


def test_on_every_page_knob_and_flipped_fader_move_the_path_that_they_show() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit, params = surface.units[0], desk.registry.params
        for page in ("pan", "trim", "send", "eq", "dyn", "fx"):
            for part in (1, 2, 3):
                for strip in ("ch/3", "return/1", "bus/2"):
                    desk.change([("surface/1/now/page", page), ("surface/1/now/part", part)])
                    desk.change([("surface/1/now/select", strip), ("surface/1/now/flip", 0)])
                    for place in surface.panel.places:
                        path = surface.panel.turned(place)
                        if not path:
                            continue
                        param = params[path]
                        for way in (0x40, 0x00):
                            for _ in range(300 if param.kind == "number" else 30):
                                unit.hear(bytes((0xB0, 0x10 + place.n, way | 1)))
                            assert desk.get(path) == param.from_turn(0.0 if way else 1.0), path
                        desk.set("surface/1/now/flip", 1)
                        assert place.fader is not None
                        assert place.fader.path == path
                        assert surface.panel.turned(place) == f"{place.strip}/fader"
                        unit.hear(wire.fader(place.n, 0))
                        unit.hear(wire.fader(place.n, 16383))
                        assert desk.get(path) == param.from_turn(1.0), path
                        unit.hear(wire.fader(place.n, 0))
                        assert desk.get(path) == param.from_turn(0.0), path
                        place.fader.hand.come()
                        desk.set("surface/1/now/flip", 0)

    ride(law, device("x-touch"))


def test_one_knob_reaches_every_parameter_of_a_page_and_no_part_is_past_the_last() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        found = []
        press(surface, NOTES["eq"])
        for _ in range(40):
            found.append(surface.panel.turned(surface.panel.places[0]))
            press(surface, 0x63)
        assert len(set(found)) == 4 * 5 + 1, "four bands of five, and the switch of all"
        desk.set("surface/1/now/select", "dca/1")
        desk.set("surface/1/now/page", "trim")
        assert surface.panel.turned(surface.panel.places[0]) == "ch/1/delay/time"

    ride(law, device("x-touch-one"))


def test_flip_on_the_send_page_is_sends_on_faders_and_the_master_is_the_bus() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit = surface.units[0]
        for bus in range(1, 17):
            desk.change([("surface/1/now/page", "send"), ("surface/1/now/bus", bus), ("surface/1/now/flip", 1)])
            for fader in surface.panel.faders.of.values():
                fader.hand.come()
            unit.hear(wire.fader(1, unit.device.zero))
            unit.hear(wire.fader(8, unit.device.position(desk.registry.params["bus/1/fader"], -20.0)))
            assert desk.get(f"ch/2/send/{bus}/level") == 0.0
            assert abs(float(desk.get(f"bus/{bus}/fader")) + 20.0) < 0.01
        assert desk.get("main/fader") == 0.0

    ride(law, device("mackie"))


def test_the_second_line_is_the_value_while_it_changes_and_the_level_under_a_finger() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        seen: dict[str, list[bytes]] = {}
        unit = surface.units[0]
        await settled(ports, seen)
        assert cell(seen.setdefault("u0", []) or [wire.text(0x14, 56, "Pan")], 0, 1) == "Pan"
        desk.set("ch/1/pan", -35.0)
        await settled(ports, seen)
        assert cell(seen["u0"], 0, 1) == "L35"
        unit.hear(bytes.fromhex("90 68 7f"))
        unit.hear(wire.fader(0, unit.device.zero))
        await settled(ports, seen)
        assert cell(seen["u0"], 0, 1) == "0.0dB"
        unit.hear(bytes.fromhex("90 68 00"))
        await settled(ports, seen)
        assert cell(seen["u0"], 0, 1) == "L35"
        await settled(ports, seen, VALUE_S)
        assert cell(seen["u0"], 0, 1) == "Pan"

    ride(law, device("mackie"))


def test_meters_are_said_while_there_is_signal_and_zero_once() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        engine: Any = desk.engine
        ports.take("u0")
        engine.level = -12.0
        await asyncio.sleep(0.2)
        sent = [data for data in ports.take("u0") if data[0] == 0xD0 and data[1] >> 4 == 0]
        assert set(sent) == {wire.meter(0, 6)} | ({wire.meter(0, 15)} & set(sent))
        assert len(sent) >= 3, "a unit lets its bars fall: what stands is said again"
        engine.level = 1.0
        await asyncio.sleep(0.1)
        assert shown([d for d in ports.take("u0") if d[0] == 0xD0 and d[1] & 15 == 14])["meter", 7] == 14
        desk.set("meter/clip_hold", 0)
        engine.level = -150.0
        await asyncio.sleep(2.3)
        ports.take("u0")
        await asyncio.sleep(0.2)
        assert ports.take("u0") == []

    ride(law, device("mackie"))


def test_a_bar_is_zero_at_once_where_its_place_is_empty_now() -> None:
    """Broken on purpose: meters not zeroed on a bank change."""
    desk = new_desk(channels=9, returns=0, buses=1, matrices=0, dcas=0)

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        engine: Any = desk.engine
        engine.level = -12.0
        await asyncio.sleep(0.1)
        ports.take("u0")
        press(surface, NOTES["bank"])
        await asyncio.sleep(0.1)
        now = shown(ports.take("u0"))
        assert [now["meter", n] for n in range(8)] == [6, 6, 0, 0, 0, 0, 0, 0]

    ride(law, device("mackie", overload=False), desk=desk)


def test_a_hand_without_a_sensor_is_felt_and_leaves_by_resting() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit = surface.units[0]
        await asyncio.sleep(TRAVEL_S + 0.05)  # until then a position is what its motor does
        ports.take("u0")
        unit.hear(wire.fader(2, 8000))
        assert desk.touched("ch/3/fader")
        desk.set("ch/3/fader", -3.0, "tablet")
        await asyncio.sleep(HELD_S - 0.05)
        assert not [data for data in ports.take("u0") if data[0] == 0xE2]
        await asyncio.sleep(0.15)
        assert not desk.touched("ch/3/fader")
        assert [data for data in ports.take("u0") if data[0] == 0xE2] == [
            wire.fader(2, unit.device.position(desk.registry.params["ch/3/fader"], -3.0))
        ]

    ride(law, device("bcf2000-mc"))


def test_a_bank_under_a_finger_moves_nothing_until_it_is_lifted() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit = surface.units[0]
        await asyncio.sleep(0.05)
        unit.hear(bytes.fromhex("90 68 7f"))
        unit.hear(wire.fader(0, 5000))
        press(surface, NOTES["bank"])
        assert not desk.touched("ch/1/fader")
        ports.take("u0")
        unit.hear(wire.fader(0, 9000))
        await asyncio.sleep(0.05)
        assert desk.get("ch/9/fader") == -90.0
        assert not desk.touched("ch/9/fader")
        assert not [data for data in ports.take("u0") if data[0] == 0xE0]
        unit.hear(bytes.fromhex("90 68 00"))
        await asyncio.sleep(0.03)
        assert [data for data in ports.take("u0") if data[0] == 0xE0] == [wire.fader(0, 0)]

    ride(law, device("mackie"))


def test_two_surfaces_of_one_number_show_one_line_up() -> None:
    desk = new_desk()

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        twin = Surface(desk, ports, "other", 1, [("twin", device("mackie"))], 0)
        twin.units[0].state(True)
        twin.units[0].hear(wire.sysex(0x14, wire.READY))
        press(surface, NOTES["bank"])
        await asyncio.sleep(0.05)
        assert cell(ports.take("twin"), 0) == "Ch 9"
        twin.units[0].hear(bytes.fromhex("90 68 7f"))
        twin.units[0].hear(wire.fader(0, 12287))
        await asyncio.sleep(0.05)
        assert desk.get("ch/9/fader") == 0.0
        assert shown(ports.take("u0"))["fader", 0] == surface.units[0].device.zero
        await twin.close()

    ride(law, device("x-touch"), desk=desk)
