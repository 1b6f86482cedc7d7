"""One unit, whole way: handshake, faders, MUTE, names."""

import asyncio

from controllers.mackie import wire
from controllers.mackie.surface import Surface
from mackie_parts import CHALLENGE, SERIAL, Ports, cell, device, new_desk, ride, shown
from studiod.desk.desk import Desk


def test_a_unit_shows_what_the_desk_holds_once_it_answers() -> None:
    """Broken on purpose: six columns of a cell in place of seven."""
    desk = new_desk()
    desk.set("ch/2/name", "Kick")
    desk.set("ch/3/fader", 0.0)
    desk.set("ch/4/mute", 1)

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit = surface.units[0]
        unit.state(True)
        assert ports.take("u0") == []
        await asyncio.sleep(0.12)
        assert ports.take("u0") == [bytes.fromhex("f0000066 14 00 f7")]
        unit.hear(bytes.fromhex("f0000066 14 01 58595a57186105 57186105 f7"))
        await asyncio.sleep(0.02)
        sent = ports.take("u0")
        assert cell(sent, 1) == "Kick"
        assert cell(sent, 0) == "Ch 1"
        assert shown(sent)["fader", 2] == unit.device.zero
        assert shown(sent)["fader", 0] == 0
        assert shown(sent)[0x13] == 0x7F
        assert shown(sent)[0x12] == 0
        assert not any(data[:6] == bytes.fromhex("f0000066 14 02") for data in sent), "models 14 and 15 never get an 02"
        await asyncio.sleep(0.2)
        assert ports.take("u0") == [], "at rest nothing is sent"

    ride(law, device("mackie"), desk=desk, online=False)


def test_mute_and_faders_go_both_ways() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit = surface.units[0]
        ports.take("u0")
        unit.hear(bytes.fromhex("90 10 7f"))
        unit.hear(bytes.fromhex("90 10 00"))
        assert desk.get("ch/1/mute") == 1
        await asyncio.sleep(0.01)
        assert ports.take("u0") == [bytes.fromhex("90 10 7f")], "the lamp comes from the desk"
        desk.set("ch/1/mute", 0, "tablet")
        await asyncio.sleep(0.01)
        assert ports.take("u0") == [bytes.fromhex("90 10 00")]
        unit.hear(bytes.fromhex("90 68 7f"))
        unit.hear(wire.fader(0, 12287))
        assert desk.get("ch/1/fader") == 0.0
        assert desk.touched("ch/1/fader")
        desk.set("ch/1/fader", -10.0, "tablet")
        await asyncio.sleep(0.05)
        assert not [data for data in ports.take("u0") if data[0] == 0xE0], "a held motor is told nothing"
        unit.hear(bytes.fromhex("90 68 00"))
        await asyncio.sleep(0.02)
        position = unit.device.position(desk.registry.params["ch/1/fader"], -10.0)
        assert [data for data in ports.take("u0") if data[0] == 0xE0] == [wire.fader(0, position)]
        assert not desk.touched("ch/1/fader")
        desk.set("ch/1/fader", 0.0, "tablet")
        await asyncio.sleep(0.05)
        assert ports.take("u0") == [bytes.fromhex("e0 7f 5f")], "one value is three bytes"

    ride(law, device("mackie"))


def test_a_logic_control_is_dark_until_its_challenge_is_answered() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit = surface.units[0]
        unit.state(True)
        await asyncio.sleep(0.12)
        ports.take("u0")
        unit.hear(wire.sysex(0x10, wire.HELLO, SERIAL + CHALLENGE))
        await asyncio.sleep(0.02)
        assert ports.take("u0") == [wire.sysex(0x10, wire.REPLY, SERIAL + bytes.fromhex("645a5e57"))]
        unit.hear(wire.sysex(0x10, wire.CONFIRMED, SERIAL))
        await asyncio.sleep(0.02)
        assert cell(ports.take("u0"), 0) == "Ch 1"

    ride(law, device("mackie", model=0x10, handshake="challenge"), online=False)


def test_a_unit_that_was_switched_off_and_on_is_told_all_of_it_again() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        ports.take("u0")
        surface.units[0].hear(wire.sysex(0x14, wire.HELLO, SERIAL + CHALLENGE))
        await asyncio.sleep(0.02)
        sent = ports.take("u0")
        assert cell(sent, 7) == "Ch 8"
        assert sum(data[0] & 0xF0 == 0xE0 for data in sent) == 9

    ride(law, device("mackie"))


def test_a_unit_that_never_answers_is_taken_as_live() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        surface.units[0].state(True)
        await asyncio.sleep(1.3)
        assert cell(ports.take("u0"), 0) == "Ch 1"

    ride(law, device("mackie"), online=False)


def test_a_loop_is_told_once_and_the_port_is_silent_until_a_device_speaks(caplog) -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit = surface.units[0]
        unit.state(True)
        await asyncio.sleep(0.12)
        (query,) = ports.take("u0")
        unit.hear(query)
        unit.hear(query)
        await asyncio.sleep(1.3)
        assert ports.take("u0") == []
        assert len(caplog.records) == 1
        unit.hear(bytes.fromhex("90 10 7f"))
        assert desk.get("ch/1/mute") == 0
        await asyncio.sleep(0.15)
        assert ports.take("u0") == [query]

    ride(law, device("mackie"), online=False)


def test_at_the_end_faders_stay_and_the_strips_say_who_has_gone() -> None:
    found: list[bytes] = []

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        desk.set("ch/1/mute", 1)
        await asyncio.sleep(0.01)
        ports.take("u0")
        await surface.close()
        found.extend(ports.take("u0"))

    ride(law, device("x-touch"))
    assert cell(found, 0) == "studiod"
    assert cell(found, 7, 1) == "offline"
    assert shown(found)[0x10] == 0
    assert not any(data[0] & 0xF0 == 0xE0 for data in found)
