"""Surfaces over MIDI: pick-up, LEDs, banks, the loop guard, and real ports in processes of their own."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import servers
from controllers.midi import surface_files
from controllers.midi import surface_in_use as played_surface
from controllers.midi import surfaces as midi
from midi_parts import Wire, new_desk, until
from studiod.desk.desk import Desk
from studiod.midi_ports.link import Link
from studiod.registry.registry import Value

NANO = "nanokontrol2"
LEDS = 28


def settings(*surfaces: Any) -> Any:
    return SimpleNamespace(midi=SimpleNamespace(api="jack", surfaces=list(surfaces)))


def played(law: Callable[[Desk, Wire], Any], channels: int = 32) -> None:
    """Run a law on a nanoKONTROL2 that is there."""

    async def run() -> None:
        desk, wire = new_desk(channels), Wire()
        controller = await midi.start(desk, settings(NANO), wire)
        wire.state(True)
        await asyncio.sleep(0.03)
        await law(desk, wire)
        await controller.close()

    asyncio.run(run())


def test_a_sweep_that_steps_over_the_value_takes_it_along() -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        desk.set("ch/1/fader", 0.0)  # at 0.75 of the way
        wire.cc(0, 10)
        wire.cc(0, 60)
        assert desk.get("ch/1/fader") == 0.0
        wire.cc(0, 120)
        assert desk.get("ch/1/fader") == desk.registry.find("ch/1/fader").from_turn(120 / 127)
        wire.cc(0, 127)
        assert desk.get("ch/1/fader") == 10.0
        desk.set("ch/1/fader", -20.0, "tablet")
        wire.cc(0, 126)
        assert desk.get("ch/1/fader") == -20.0

    played(law)


def test_a_linked_partner_must_be_picked_up_anew() -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        wire.cc(0, 0)
        wire.cc(1, 0)
        desk.set("ch/1/link", 1)
        wire.cc(0, 100)
        at = desk.get("ch/2/fader")
        assert at == desk.get("ch/1/fader") > -90
        wire.cc(1, 5)
        assert desk.get("ch/2/fader") == at

    played(law)


def test_a_press_toggles_and_its_led_follows() -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        wire.cc(48, 127)
        wire.cc(48, 0)
        assert desk.get("ch/1/mute") == 1
        await until(lambda: wire.lamps()[48] == 127)
        desk.set("ch/1/mute", 0, "tablet")
        await until(lambda: wire.lamps()[48] == 0)

    played(law)


def test_a_reconnected_surface_is_told_everything() -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        assert wire.lamps().keys() == {*range(32, 40), *range(48, 56), *range(64, 72), 41, 42, 45, 46}
        assert wire.lamps()[42] == 127  # STOP: it stands
        assert wire.lamps()[41] == wire.lamps()[48] == 0
        wire.state(False)
        wire.sent.clear()
        desk.set("ch/3/mute", 1)
        await asyncio.sleep(0.05)
        assert wire.sent == []
        wire.state(True)
        await until(lambda: len(wire.lamps()) == LEDS)
        assert wire.lamps()[50] == 127

    played(law)


def test_a_bank_shift_moves_every_strip_and_shows_it() -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        desk.set("ch/12/mute", 1)
        wire.cc(59, 127)
        wire.cc(59, 0)
        await until(lambda: wire.lamps()[51] == 127 or wire.lamps()[55] == 127)
        # twelve channels: the second bank starts at the fifth, so that eight are in reach
        assert wire.lamps()[55] == 127
        wire.cc(48, 127)
        assert desk.get("ch/5/mute") == 1
        wire.cc(59, 127)  # no further
        wire.cc(48, 127)
        assert desk.get("ch/5/mute") == 0
        wire.cc(58, 127)
        await until(lambda: wire.lamps()[55] == 0)

    played(law, channels=12)


def test_a_console_smaller_than_the_surface_leaves_controls_dark() -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        wire.cc(59, 127)
        wire.cc(55, 127)
        wire.cc(48, 127)
        assert desk.get("ch/1/mute") == 1
        assert wire.lamps()[39] == 0

    played(law, channels=3)


MOTOR = """
ports = ["motor"]
takeover = "jump"
[[control]]
cc = "0-7"
path = "ch/{n}/fader"
feedback = "same"
"""


def test_a_motor_is_left_alone_while_the_hand_moves_it_and_led_home_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "motor.toml").write_text(MOTOR)
    monkeypatch.setattr(surface_files, "folders", lambda _: [tmp_path])

    async def run() -> None:
        desk, wire = new_desk(), Wire()
        controller = await midi.start(desk, settings(SimpleNamespace(name="motor", port="*")), wire)
        assert wire.into == ["motor"]
        wire.state(True)
        await until(lambda: len(wire.sent) == 8)
        wire.sent.clear()
        for motor in controller.played[0].motors.values():
            motor.arrived()
        for value in range(20, 100):
            wire.cc(0, value)
        await asyncio.sleep(played_surface.HAND_S + 0.1)
        assert wire.sent == []  # it never hears itself
        wire.cc(0, 100)
        desk.set("ch/1/fader", 0.0, "tablet")
        await asyncio.sleep(0.1)
        assert wire.sent == []
        await until(lambda: wire.sent == [bytes((0xB0, 0, 95))])  # 0.75 × 127
        wire.sent.clear()
        for step in range(1000):
            desk.set("ch/2/fader", -step / 20, "tablet")
            if step % 50 == 0:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.1)
        assert len(wire.sent) < 15  # 50 Hz, and the last value arrives
        assert wire.sent[-1][2] == round(desk.registry.find("ch/2/fader").to_turn(desk.get("ch/2/fader")) * 127)
        await controller.close()

    asyncio.run(run())


def test_what_a_motor_reports_of_its_own_way_moves_nothing() -> None:
    async def run() -> None:
        desk, wire = new_desk(), Wire()
        controller = await midi.start(desk, settings("bcf2000"), wire)
        wire.state(True)
        for value in (3, 60, 90):  # on the way to where it was told to be at first, from nobody knows where
            wire.cc(81, value)
        assert desk.get("ch/1/fader") == -90.0
        for motor in controller.played[0].motors.values():
            motor.arrived()
        desk.set("ch/1/fader", 0.0, "tablet")
        await until(lambda: bytes((0xB0, 81, 95)) in wire.sent)
        for value in (40, 50, 60, 94, 96, 95):
            wire.cc(81, value)
        assert desk.get("ch/1/fader") == 0.0
        wire.cc(81, 110)
        assert float(desk.get("ch/1/fader")) > 4.0, "away from the goal: a hand"
        await controller.close()

    asyncio.run(run())


def test_every_fault_of_every_map_is_told_at_a_start() -> None:
    async def run() -> None:
        with pytest.raises(surface_files.SurfaceError, match=r"(?s)nanokontrol3.*nearest is nanokontrol2.*another"):
            await midi.start(new_desk(), settings("nanokontrol3", {"name": "another", "port": "x"}), Wire())

    asyncio.run(run())


# -- real ports -------------------------------------------------------------------------------------------------------


class Device:
    """The surface's own process."""

    async def start(self) -> "Device":
        script = servers.ROOT / "tests" / "rigs" / "surface_device.py"
        pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, str(script), stdin=pipe, stdout=pipe, stderr=null
        )
        assert self.process.stdout is not None
        assert await asyncio.wait_for(self.process.stdout.readline(), 10) == b"ready\n"
        self.lamps: dict[int, int] = {}
        self.reader = asyncio.create_task(self._read())
        return self

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            data = bytes.fromhex(line.decode())
            self.lamps[data[1]] = data[2]

    def cc(self, number: int, value: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"b0{number:02x}{value:02x}\n".encode())

    async def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.wait()
        await self.reader


@pytest.mark.parametrize("jack_server", [{"suffix": "-midi", "sync": True, "channels": 2}], indirect=True)
def test_real_ports_carry_eight_faders_and_their_leds_and_survive_a_kill(jack_server: servers.JackServer) -> None:
    async def run() -> None:
        desk, link = new_desk(), Link("jack")
        controller = await midi.start(desk, settings(NANO), link)
        device = await Device().start()  # plugged in after the start
        await until(lambda: len(device.lamps) == LEDS, 40)

        def ride() -> dict[str, Value]:
            for n in range(8):
                device.cc(n, 0)  # where the values are
            for value in range(0, 128, 3):
                for n in range(8):
                    device.cc(n, min(value + n, 127))
            law = desk.registry.find("ch/1/fader")
            return {f"ch/{n + 1}/fader": law.from_turn(min(126 + n, 127) / 127) for n in range(8)}

        goal = ride()
        await until(lambda: all(desk.get(path) == value for path, value in goal.items()))
        device.cc(50, 127)
        await until(lambda: device.lamps[50] == 127)
        assert desk.get("ch/3/mute") == 1
        desk.set("ch/8/arm", 1, "tablet")
        await until(lambda: device.lamps[71] == 127)

        first = link.pid
        os.kill(first, signal.SIGKILL)
        device.lamps.clear()
        await until(lambda: link.pid not in (0, first), 40)
        await until(lambda: len(device.lamps) == LEDS, 40)
        assert device.lamps[50] == device.lamps[71] == 127
        device.cc(50, 0)
        device.cc(50, 127)
        await until(lambda: desk.get("ch/3/mute") == 0)

        os.kill(link.pid, signal.SIGSTOP)  # a driver that hangs
        hung, device.lamps = link.pid, {}
        await until(lambda: link.pid not in (0, hung), 40)
        await until(lambda: len(device.lamps) == LEDS, 40)

        await device.close()  # unplugged, and plugged in again
        device = await Device().start()
        await until(lambda: len(device.lamps) == LEDS, 40)
        last = link.pid
        await controller.close()
        await link.close()
        assert not Path(f"/proc/{last}").exists()
        await device.close()

    asyncio.run(run())


@pytest.mark.alone
def test_a_dead_midi_server_is_told_and_its_successor_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "studiod-test-midi")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")

    async def run() -> None:
        desk, link = new_desk(), Link("jack")
        controller = await midi.start(desk, settings(NANO), link)
        with servers.jack_server(tmp_path, suffix="-midi", sync=True, channels=2) as server:
            device = await Device().start()
            await until(lambda: len(device.lamps) == LEDS, 10)
            server.kill()
            device.process.kill()
            await until(lambda: link.faults, 10)
            assert link.faults[0] == "MIDI: the JACK server has gone; it is tried again"
            await device.process.wait()
        with servers.jack_server(tmp_path, suffix="-midi", sync=True, channels=2):
            device = await Device().start()
            await until(lambda: len(device.lamps) == LEDS, 10)
            await controller.close()
            await link.close()
            await device.close()

    asyncio.run(run())


def test_a_missing_midi_system_is_one_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "studiod-absent")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")

    async def run() -> None:
        link = Link("jack")
        controller = await midi.start(new_desk(), settings(NANO), link)
        await until(lambda: link.faults, 10)
        child = link.pid
        await asyncio.sleep(1.2)  # two more tries
        assert link.faults == ["MIDI: no JACK server; surfaces wait until there is one"]
        assert link.pid == child  # it waits, it does not die
        await controller.close()
        await link.close()

    asyncio.run(run())
