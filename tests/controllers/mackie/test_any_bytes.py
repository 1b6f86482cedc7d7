"""Whatever comes in: no exception, no value that no well-formed message named, and the panel is right afterwards."""

import asyncio
import random

from controllers.mackie import wire
from controllers.mackie.surface import Surface
from mackie_parts import CHALLENGE, SERIAL, Ports, device, ride, shown
from studiod.desk.desk import Desk

GOOD = [bytes.fromhex(text) for text in (
    "e0 7f 5f", "e8 00 00", "90 68 7f", "90 68 00", "90 10 7f", "90 2f 7f", "90 32 7f", "b0 10 01", "b0 3c 41",
    "b0 2e 40",
    "f0 00 00 66 14 06 00 f7", "f0 00 00 66 14 01 58595a57186105 57186105 f7")]  # fmt: skip


def mutated(chance: random.Random) -> bytes:
    """A message with something wrong, or nothing of one."""
    data = bytearray(chance.choice(GOOD))
    for _ in range(chance.randrange(1, 4)):
        what = chance.randrange(4)
        if what == 0 and data:
            data[chance.randrange(len(data))] = chance.randrange(256)
        elif what == 1 and data:
            del data[chance.randrange(len(data)) :]
        elif what == 2:
            data.insert(chance.randrange(len(data) + 1), chance.randrange(256))
        else:
            data = bytearray(chance.randbytes(chance.randrange(30)))
    return bytes(data)


def test_random_bytes_on_both_units_raise_nothing_and_leave_the_panel_right() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        chance, seen = random.Random(14), {}
        before = dict(desk.values)
        moves: set[str] = set()

        def noted(origin: str, news: dict) -> None:
            if not origin.startswith("let go"):  # of a key that was held when its unit was switched off
                moves.update(news)

        unlisten = desk.listen(noted)
        for _ in range(6000):
            unit, data = chance.choice(surface.units), mutated(chance)
            event = wire.read(data)
            moves.clear()
            unit.hear(data)
            if isinstance(event, wire.Junk | wire.Loop | wire.Hello | wire.Ready | wire.Confirmed | wire.Refused):
                assert not moves, (data.hex(" "), event, moves)
            if chance.random() < 0.01:
                await asyncio.sleep(0)
        unlisten()
        assert before != desk.values, "well-formed ones did move something"
        for unit in surface.units:
            unit.state(False)
            unit.state(True)
            await asyncio.sleep(0.12)
            unit.hear(wire.sysex(unit.device.model, wire.READY))
        desk.change(surface.lineup.home())
        await asyncio.sleep(0.2)
        for name in ports.sent:
            seen[name] = ports.take(name)
        for k, unit in enumerate(surface.units):
            now = shown(seen[f"u{k}"])
            for n in range(8):
                strip = f"ch/{8 * k + n + 1}"
                param = desk.registry.params[f"{strip}/fader"]
                assert now["fader", n] == unit.device.position(param, desk.get(param.path)), strip
                assert now[0x10 + n] == 127 * int(desk.get(f"{strip}/mute")), strip

    ride(law, device("mackie"), device("x-touch-extender"))


def test_a_storm_of_questions_is_answered_ten_times_a_second() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        ports.take("u0")
        for _ in range(200):
            surface.units[0].hear(wire.sysex(0x10, wire.HELLO, SERIAL + CHALLENGE))
            await asyncio.sleep(0.001)
        replies = [data for data in ports.take("u0") if data[:1] == b"\xf0" and data[5] == wire.REPLY]
        assert 1 <= len(replies) <= 8

    ride(law, device("logic-control"))


def test_junk_is_counted_and_told_once(caplog) -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        for _ in range(5):
            surface.units[0].hear(bytes.fromhex("e9 00 40"))
        assert surface.units[0].junk["pitch bend on channels 10..16"] == 5
        assert len([one for one in caplog.records if "pitch bend" in one.getMessage()]) == 1

    ride(law, device("mackie"))
