"""Every numbered parameter of the real daemon set and read back over JACK MIDI, from a process of its own."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable

import pytest

import servers
from controllers.midi.messages import Decoder, Message
from controllers.midi.nrpn import TOP
from controllers.midi.positions import raw
from studiod.client.client import ask
from studiod.registry.registry import Console, Param, Registry
from studiod.settings.schema import Settings

DEVICE = servers.ROOT / "tests" / "rigs" / "surface_device.py"
MESSAGES_PER_S = 8000  # of the far side, as fast as a USB cable; 60,000 were lossless here


class Tablet:
    """The far side: what it has heard, by message."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(DEVICE), "tablet", str(MESSAGES_PER_S)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ}, bufsize=0,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == b"ready\n"
        self.values: dict[Message, int] = {}
        self.sysex: list[bytes] = []
        self.heard: list[bytes] = []
        self._decoder = Decoder(nrpn=range(16))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in iter(self.process.stdout.readline, b""):
            data = bytes.fromhex(line.decode())
            self.heard.append(data)
            if data[:1] == b"\xf0":
                self.sysex.append(data)
            for heard in self._decoder.hear(data):
                self.values[heard.message] = heard.value

    def send(self, messages: Iterable[bytes]) -> None:
        self.process.stdin.write("".join(f"{message.hex()}\n" for message in messages).encode())

    def state(self, channel: int = 0x7F) -> dict[Message, int]:
        """The state as the daemon tells it, counted by its end marker."""
        self.values.clear()
        self.sysex.clear()
        self.send([bytes((0xF0, 0x7D, 0x73, 1, channel, 0xF7))])
        assert until(lambda: self.sysex, 60)
        end = self.sysex[0]
        assert end[:5] == bytes((0xF0, 0x7D, 0x73, 3, channel))
        assert len(self.values) == end[5] << 14 | end[6] << 7 | end[7], "as many as it says"
        return dict(self.values)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join()
        self.process.stdin.close()
        self.process.stdout.close()


def until(true: Callable[[], object], within_s: float = 20.0) -> bool:
    end_s = time.monotonic() + within_s
    while time.monotonic() < end_s:
        if true():
            return True
        time.sleep(0.02)
    return False


MOVERS = ("/solo", "/insert/fx", "solo/clear", "solo/exclusive", "tap", "transport/state", "transport/position")
MOVERS += ("recorder/state",)


def of(param: Param) -> Message:
    return Message("nrpn", param.nrpn[0] - 1, param.nrpn[1])


@pytest.mark.parametrize("jack_server", [{"sync": True, "channels": 4, "suffix": "-midi"}], indirect=True)
def test_every_numbered_path_is_set_and_read_back_over_a_real_port(
    jack_server: servers.JackServer, make_daemon
) -> None:
    registry = Registry(Console(**Settings().console.model_dump()))
    numbered = [p for p in registry.params.values() if p.kind != "text"]
    dice = random.Random(1)
    tablet = Tablet()
    try:
        nrpn = {"enabled": True, "port": "tablet", "bytes_per_s": 100_000}
        daemon = make_daemon({"midi": {"api": "jack", "nrpn": nrpn}})
        daemon.wait_for("MIDI nrpn: in tablet")
        at_rest = tablet.state()
        assert at_rest.keys() == {of(p) for p in numbered}
        steady = [p for p in numbered if "read-only" not in p.flags]
        assert all(at_rest[of(p)] == raw(p, p.rest, TOP) for p in steady)

        links = [p for p in steady if p.path.endswith("/link")]
        for turn in (TOP, 0):
            tablet.send(part for p in links for part in of(p).parts(turn))
            now = tablet.state()
            assert [p.path for p in links if now[of(p)] != turn] == []

        # what moves others, or by itself, is walked apart
        steady = [p for p in steady if not p.path.endswith(MOVERS)]
        goals: dict[Message, int] = {}
        for p in steady:
            rest = raw(p, p.rest, TOP)
            if p.law == "whole":
                places = [raw(p, float(n), TOP) for n in (2, int(p.high))]
            elif p.kind == "number":
                places = [dice.randrange(TOP + 1) for _ in range(2)]
            else:
                places = [raw(p, item, TOP) for item in p.items or (0, 1)]
            goals[of(p)] = dice.choice([place for place in places if place != rest])
        goals = {of(p): goals[of(p)] if p not in links else 0 for p in steady}
        tablet.send(part for message, value in goals.items() for part in message.parts(value))
        now = tablet.state()
        wrong = [p.path for p in steady if now[of(p)] != goals[of(p)]]
        assert wrong == []

        solos = [p for p in numbered if p.path.endswith("/solo")]
        inserts = [registry.params[f"ch/{n}/insert/fx"] for n in range(1, 5)]
        tablet.send(part for p in solos for part in of(p).parts(TOP))
        tablet.send(part for n, p in enumerate(inserts, 1) for part in of(p).parts(raw(p, str(n), TOP)))
        now = tablet.state()
        assert all(now[of(p)] == TOP for p in solos)
        assert [now[of(p)] for p in inserts] == [raw(p, str(n), TOP) for n, p in enumerate(inserts, 1)]
        tablet.send(of(registry.params["solo/clear"]).parts(TOP))
        now = tablet.state()
        assert not any(now[of(p)] for p in [*solos, registry.params["solo/clear"], registry.params["solo/any"]])

        # the same by OSC, both ways: what NRPN says is where the value is
        for p in dice.sample(steady, 50):
            value = ask(daemon.host, daemon.osc_port, p.path)
            assert raw(p, value, TOP) == goals[of(p)], p.path
        tablet.values.clear()
        for p in dice.sample([p for p in steady if p.kind == "number"], 20):
            moved = p.from_turn((goals[of(p)] + 5000) % TOP / TOP)
            ask(daemon.host, daemon.osc_port, p.path, str(moved))
            assert until(lambda: tablet.values.get(of(p)) == raw(p, moved, TOP)), p.path  # noqa: B023
        assert len(tablet.values) == 20
    finally:
        tablet.close()
