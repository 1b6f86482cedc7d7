"""Real JACK ports that come, go and are renamed while the daemon's ports process looks for its own."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import servers
from midi_parts import until
from studiod.midi_ports.jack.client import Client
from studiod.midi_ports.jack.ends import End
from studiod.midi_ports.link import Link


class Stage:
    """Devices as clients of their own, and one client that sees who is connected to whom."""

    def __init__(self) -> None:
        self.jack = servers.need_module("jack")
        self.devices: dict[str, Any] = {}
        self.eye = self.jack.Client("eye", no_start_server=True)

    def plug(self, name: str, way_out: str = "CTRL", way_in: str = "LED") -> Any:
        client = self.jack.Client(name, no_start_server=True)
        assert client.name == name
        client.midi_outports.register(way_out)
        client.midi_inports.register(way_in)
        client.activate()
        self.devices[name] = client
        return client

    def unplug(self, name: str) -> None:
        client = self.devices.pop(name)
        client.deactivate()
        client.close()

    def wires(self) -> dict[str, list[str]]:
        """Who of ours is connected to each port of the devices: the label, as "one in"."""
        while True:
            out = {}
            with contextlib.suppress(self.jack.JackError):  # a port went between two questions
                for port in self.eye.get_ports(is_midi=True):
                    if port.name.split(":")[0] in self.devices:
                        out[port.name] = [other.name.split(":")[1] for other in self.eye.get_all_connections(port)]
                return out

    def close(self) -> None:
        for name in list(self.devices):
            self.unplug(name)
        self.eye.close()


def played(wanted: dict[str, list[str]], law: Callable[[Stage, Link, dict[str, list[bytes]]], Any]) -> None:
    async def run() -> None:
        stage, link = Stage(), Link("jack")
        heard: dict[str, list[bytes]] = {name: [] for name in wanted}
        for name, patterns in wanted.items():
            link.open(name, patterns, patterns, heard[name].append, lambda up: None)
        try:
            await law(stage, link, heard)
            assert link.faults == []
        finally:
            await link.close()
            stage.close()

    asyncio.run(run())


MIDI_SERVER = pytest.mark.parametrize("jack_server", [{"suffix": "-midi", "sync": True, "channels": 2}], indirect=True)


@MIDI_SERVER
def test_twins_are_told_apart_and_a_third_is_left_alone(jack_server: servers.JackServer) -> None:
    async def law(stage: Stage, link: Link, heard: dict[str, list[bytes]]) -> None:
        stage.plug("twin")
        stage.plug("other")
        await until(lambda: stage.wires()["twin:CTRL"] == ["one in"])
        stage.plug("twin-01")
        stage.plug("twin-02")
        both = {
            "twin:CTRL": ["one in"],
            "twin:LED": ["one out"],
            "twin-01:CTRL": ["two in"],
            "twin-01:LED": ["two out"],
        }
        rest = {"twin-02:CTRL": [], "twin-02:LED": [], "other:CTRL": [], "other:LED": []}
        await until(lambda: stage.wires() == both | rest)

        stage.unplug("twin-02")
        stage.unplug("twin")
        stage.unplug("twin-01")
        await asyncio.sleep(0.5)
        stage.plug("twin-01")  # back in another order, on other numbers of the server
        await asyncio.sleep(0.5)
        assert stage.wires()["twin-01:CTRL"] == ["two in"]
        stage.plug("twin")
        await until(lambda: stage.wires() == both | {"other:CTRL": [], "other:LED": []})

    played({"one": ["^twin"], "two": ["^twin"]}, law)


@MIDI_SERVER
def test_a_surface_that_is_not_there_is_told_once_and_taken_when_it_appears(
    jack_server: servers.JackServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("studiod.midi_ports.link.SETTLE_S", 0.5)

    def told() -> list[str]:
        return [record.message for record in caplog.records if record.levelname == "WARNING"]

    async def law(stage: Stage, link: Link, heard: dict[str, list[bytes]]) -> None:
        stage.plug("deck")
        await until(lambda: bool(told()))
        (line,) = told()
        begin = "MIDI lost: not there: no port matches '*nano*'; this machine has in: "
        assert line.startswith(begin), line
        assert "'deck:CTRL'" in line
        assert "; out: " in line
        assert line.endswith("'deck:LED'; it is taken when it appears")
        stage.plug("nano")
        await until(lambda: stage.wires()["nano:CTRL"] == ["lost in"])
        assert len(told()) == 1

    played({"here": ["^deck"], "lost": ["*nano*"], "nrpn": ["virtual"]}, law)


def test_without_any_midi_system_a_surface_is_told_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "studiod-nowhere")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setattr("studiod.midi_ports.link.SETTLE_S", 0.1)

    async def run() -> None:
        link = Link("jack")
        link.open("lost", ["nano", "kontrol"], ["nano"], lambda data: None, lambda up: None)
        try:
            await until(lambda: "not there" in caplog.text, 10)
        finally:
            await link.close()

    asyncio.run(run())
    assert (
        "MIDI lost: not there: no port matches 'nano' or 'kontrol'; this machine has no MIDI port at all; "
        "it is taken when it appears"
    ) in caplog.text


@MIDI_SERVER
def test_a_virtual_port_carries_both_ways(jack_server: servers.JackServer) -> None:
    async def law(stage: Stage, link: Link, heard: dict[str, list[bytes]]) -> None:
        def ours(label: str) -> list[Any]:
            return stage.eye.get_ports(f":{label}$", is_midi=True)

        await until(lambda: ours("nrpn in") and ours("nrpn out"))
        stage.eye.activate()
        stage.eye.connect(ours("nrpn out")[0], ours("nrpn in")[0])
        said = [bytes((0xB0, n % 128, n // 128)) for n in range(3000)]
        await until(lambda: link.send("nrpn", said[0]))
        assert all(link.send("nrpn", data) for data in said[1:])
        await until(lambda: len(heard["nrpn"]) == len(said))
        assert heard["nrpn"] == said
        assert not link.send("nobody", said[0])

    played({"nrpn": ["virtual"]}, law)


@MIDI_SERVER
def test_a_renamed_port_is_left_and_its_new_name_is_looked_at(jack_server: servers.JackServer) -> None:
    async def law(stage: Stage, link: Link, heard: dict[str, list[bytes]]) -> None:
        client = stage.plug("deck")
        await until(lambda: stage.wires() == {"deck:CTRL": ["one in"], "deck:LED": ["one out"]})
        client.midi_outports[0].shortname = "keys"
        await until(lambda: stage.wires() == {"deck:keys": [], "deck:LED": ["one out"]})
        client.midi_outports[0].shortname = "CTRL"
        await until(lambda: stage.wires() == {"deck:CTRL": ["one in"], "deck:LED": ["one out"]})

    played({"one": ["deck:CTRL", "deck:LED"]}, law)


@MIDI_SERVER
def test_never_the_wrong_port_while_others_come_and_go(jack_server: servers.JackServer) -> None:
    """The server gives numbers of ports that went to ports that come: places in its list change all the time."""

    async def law(stage: Stage, link: Link, heard: dict[str, list[bytes]]) -> None:
        decoy = stage.plug("decoy")
        wrong: list[dict[str, list[str]]] = []

        async def churn() -> None:
            for number in itertools.count():
                out = decoy.midi_outports.register(f"CTRL {number}")
                into = decoy.midi_inports.register(f"LED {number}")
                await asyncio.sleep(0.015)
                out.unregister()
                into.unregister()

        task = asyncio.create_task(churn())
        try:
            for _ in range(12):
                stage.plug("lead")
                await until(lambda: stage.wires().get("lead:CTRL") == ["one in"], 10)
                await until(lambda: stage.wires().get("lead:LED") == ["one out"], 10)
                wires = stage.wires()
                wrong += [wires] if any(ours for name, ours in wires.items() if name.startswith("decoy")) else []
                stage.unplug("lead")
                end_s = time.monotonic() + 0.15
                while time.monotonic() < end_s:  # nobody else is taken for it meanwhile
                    wires = stage.wires()
                    wrong += [wires] if any(wires.values()) else []
                    await asyncio.sleep(0.01)
        finally:
            task.cancel()
            await asyncio.wait([task])
        assert wrong == []

    played({"one": ["^lead:"]}, law)


@MIDI_SERVER
def test_a_surface_that_is_plugged_in_again_at_once_is_connected_again(jack_server: servers.JackServer) -> None:
    """Its name is there at every look: JACK tells that it went."""

    async def law(stage: Stage, link: Link, heard: dict[str, list[bytes]]) -> None:
        both = {"deck:CTRL": ["one in"], "deck:LED": ["one out"]}
        stage.plug("deck")
        await until(lambda: stage.wires() == both)
        for _ in range(12):
            stage.unplug("deck")
            stage.plug("deck")
            await until(lambda: stage.wires() == both, 5)
            await asyncio.sleep(0.25)
            assert stage.wires() == both

    played({"one": ["^deck"]}, law)


def waits(pid: int) -> dict[int, int]:
    """How often each thread of a process has waited so far."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text("ascii").splitlines()
        found[int(task.name)] = next(int(line.split()[1]) for line in lines if line.startswith("voluntary"))
    return found


@MIDI_SERVER
def test_at_rest_jack_wakes_one_thread_for_each_way_in_and_one_for_all_ways_out_and_the_rest_sleeps(
    jack_server: servers.JackServer,
) -> None:
    """Counted in threads and wakes; those of rtmidi were two for each port, and two that listed."""

    async def law(stage: Stage, link: Link, heard: dict[str, list[bytes]]) -> None:
        await until(lambda: len(stage.eye.get_ports("studiod.*:", is_midi=True)) == 6)
        await asyncio.sleep(1.0)
        before, began_s = waits(link.pid), time.monotonic()
        await asyncio.sleep(2.0)
        after, took_s = waits(link.pid), time.monotonic() - began_s
        rates = {thread: (after[thread] - before[thread]) / took_s for thread in after}
        assert rates[link.pid] < 15, "a sign of life four times a second"
        assert sum(rate > 500 for rate in rates.values()) == 4, f"of 750 periods a second: {rates}"

    played({"one": ["virtual"], "two": ["virtual"], "three": ["virtual"]}, law)


@MIDI_SERVER
def test_a_device_that_stands_still_costs_no_other(jack_server: servers.JackServer) -> None:
    """JACK wakes whom a client is connected to after it; one without a process of its own never lets it."""

    async def law(stage: Stage, link: Link, heard: dict[str, list[bytes]]) -> None:
        await until(lambda: len(stage.eye.get_ports("studiod.*:", is_midi=True)) == 2)
        stage.eye.activate()
        stage.eye.connect(stage.eye.get_ports(":nrpn out$")[0], stage.eye.get_ports(":nrpn in$")[0])
        stage.plug("still")
        await until(lambda: stage.wires() == {"still:CTRL": ["one in"], "still:LED": ["one out"]})
        await until(lambda: link.send("nrpn", b"\xb0\x07\x40"))
        await until(lambda: heard["nrpn"] == [b"\xb0\x07\x40"])

    played({"one": ["^still"], "nrpn": ["virtual"]}, law)


@MIDI_SERVER
def test_a_port_that_the_server_does_not_take_or_connect_is_told(jack_server: servers.JackServer) -> None:
    with contextlib.closing(Client("studiod")) as client:
        first, second = End(client, "out"), End(client, "out")
        first.open_virtual_port("one out")
        with pytest.raises(OSError, match=r"^the JACK server takes no port 'one out'$"):
            second.open_virtual_port("one out")
        second.get_ports = lambda: ["nobody:LED"]  # type: ignore[method-assign]
        with pytest.raises(OSError, match=r"^the JACK server does not connect 'nobody:LED'$"):
            second.open_port(0, "two out")
        second.open_virtual_port("two out")  # its slot and its name are free again


@MIDI_SERVER
def test_a_server_that_ends_is_known_at_once(jack_server: servers.JackServer) -> None:
    async def run() -> None:
        link, up = Link("jack"), list[bool]()
        link.open("nrpn", ["virtual"], ["virtual"], lambda data: None, up.append)
        try:
            await until(lambda: up == [True], 20)
            jack_server.kill()
            began_s = time.monotonic()
            await until(lambda: up == [True, False], 20)
            assert time.monotonic() - began_s < 1.5, (
                "a quarter of a second between two signs of life, and a busy machine"
            )
            assert link.faults[0] == "MIDI: the JACK server has gone; it is tried again"
        finally:
            await link.close()

    asyncio.run(run())
