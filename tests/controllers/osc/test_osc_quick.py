"""Laws of the short way of one number for one path: it does what the long way does, and says the same."""

import asyncio
import random
from typing import Any

import pytest
from test_osc_order import Table

from controllers.turns import Turns
from library_rig import REGISTRY
from studiod.net.osc_codec import decode, encode

ADDRESS = ("10.0.0.9", 5)
ROLES = ("admin", "mix", "bus:2", "view")


class Port:
    """A table whose packets come by `hear`; short: with the short way, or without it."""

    def __init__(self, role: str, short: bool) -> None:
        self.table = Table(role)
        self.osc, self.sent = self.table.osc, list[Any]()
        self.osc.turns = Turns(lambda: 0.0)  # a turn is never over: no loop runs here
        self.osc.peers.rights = lambda _: role
        if not short:
            self.osc.known.head = lambda _: None  # type: ignore[method-assign]

    def hear(self, packet: bytes) -> None:
        self.osc.hear(packet, ADDRESS, lambda one, _: self.sent.extend(decode(one)[0]))
        while any(line.jobs for line in self.osc.turns.lines.values()):
            self.osc.turns.go()

    def all_of_it(self) -> tuple[Any, ...]:
        rig, history = self.table.rig, self.table.rig.library.history
        steps = [(who, [(s.voice, s.before, s.after) for s in one.done]) for who, one in history.senders.items()]
        return rig.desk.values, rig.desk.heard, rig.engine.posts, rig.told, self.sent, steps


def packets(seed: int) -> list[bytes]:
    """Numbers of all sorts for paths of all kinds, most of them taken; some twice, links, solos and a tempo."""
    chance = random.Random(seed)
    params = list(REGISTRY.params.values())
    some = chance.sample(params, 25) + [
        REGISTRY.params[path] for path in ("ch/1/link", "ch/1/fader", "ch/2/fader", "ch/1/solo", "ch/2/solo", "tempo",
                                           "solo/exclusive", "status/late", "output/1/mute", "ch/1/send/2/level")
    ]  # fmt: skip
    out = []
    for param in chance.choices(some, k=120):
        value = chance.choice((param.low, param.high, chance.uniform(param.low, param.high), 0, 1, 7, -1.5, 1e9))
        value = chance.choice((value, value, value, float("nan"), float("inf"), float("-inf")))
        if isinstance(value, float) and value.is_integer() and chance.random() < 0.5:
            value = int(value)
        out.append(encode(f"/{param.path}", value))
    return out


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("seed", range(4))
def test_the_short_way_does_and_says_what_the_long_way_does(
    role: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("controllers.osc.client.BURST", 10_000)
    short, long = Port(role, True), Port(role, False)

    async def run() -> None:
        for packet in packets(seed):
            short.hear(packet)
            long.hear(packet)
            assert short.sent == long.sent, packet

    asyncio.run(run())
    assert short.all_of_it() == long.all_of_it()
    assert len(short.osc.known) > 10


def test_the_short_way_is_one_step_of_a_turn() -> None:
    port = Port("admin", True)
    port.hear(encode("/ch/1/fader", -1.0))
    steps = port.osc.turns.steps
    for k in range(10):
        port.hear(encode("/ch/1/fader", -2.0 - k))
    assert port.osc.turns.steps == steps + 10
    assert port.table.rig.desk.get("ch/1/fader") == -11.0


def test_what_comes_back_unchanged_is_no_change_on_the_short_way_either() -> None:
    port = Port("admin", True)
    port.hear(encode("/ch/1/fader", -1.0))
    port.table.rig.desk.set("ch/1/fader", -7.0, "midi:x")
    port.osc.clients[ADDRESS].mirror.told([("ch/1/fader", -7.0)])
    port.table.rig.desk.set("ch/1/fader", -9.0, "midi:x")
    port.hear(encode("/ch/1/fader", -7.0))
    assert port.table.rig.desk.get("ch/1/fader") == -9.0


def test_a_fault_on_the_short_way_is_answered_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    port = Port("admin", True)
    port.hear(encode("/ch/1/fader", -1.0))
    port.table.rig.desk.engine.post = lambda *_: 1 / 0  # type: ignore[assignment, method-assign]
    port.hear(encode("/ch/1/fader", -2.0))
    said = "ch/1/fader: a fault of the desk; nothing changed; its log says more"
    assert port.sent == [("/error", ["/ch/1/fader", said])]
    assert "ZeroDivisionError" in caplog.text
    assert port.table.rig.desk.get("ch/1/fader") == -1.0
