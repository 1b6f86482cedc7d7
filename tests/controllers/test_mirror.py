"""Laws of the mirror guard: echoes are no changes, crossing values settle, and a hand is never taken for an echo."""

import asyncio
import random

import pytest
from test_osc import Rig

from controllers import mirror as m
from controllers.mirror import Mirror
from studiod.net.osc_codec import encode


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def made(again=lambda paths: None):
    clock = Clock()
    return Mirror(lambda _, a, b: a == b, again, clock), clock


def test_what_comes_back_unchanged_within_a_second_is_no_change() -> None:
    mirror, clock = made()
    mirror.told([("ch/1/fader", -6.0)])
    clock.now_s += 0.9
    assert mirror.returns("ch/1/fader", -6.0)
    assert mirror.returns("ch/1/fader", -6.0)  # a second copy of it too
    assert not mirror.returns("ch/2/fader", -6.0)
    clock.now_s += 0.2
    assert not mirror.returns("ch/1/fader", -6.0)  # by now it is somebody's wish


def test_a_hand_that_goes_away_and_back_is_no_echo() -> None:
    async def run() -> None:
        mirror, clock = made()
        mirror.told([("ch/1/fader", -6.0)])
        clock.now_s += 0.3
        assert not mirror.returns("ch/1/fader", -5.0)
        assert not mirror.returns("ch/1/fader", -6.0)

    asyncio.run(run())


def test_a_value_that_crosses_another_is_said_once_more_unless_the_listener_speaks(monkeypatch) -> None:
    monkeypatch.setattr(m, "STEP_S", 0.001)
    said: list[str] = []

    async def run() -> None:
        mirror, clock = made(said.extend)
        mirror.told([("b", 1)])
        clock.now_s += 0.1
        mirror.told([("a", 1), ("c", 1)])
        clock.now_s += 0.15
        assert not any(mirror.returns(path, 2) for path in "abc")  # b was told 250 ms ago: that is an answer
        assert not mirror.returns("c", 3)  # spoke again: no second word needed
        await asyncio.sleep(0.01)
        assert said == []  # 50 ms at the least
        clock.now_s += 0.2
        while not said:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)

    asyncio.run(run())
    assert said == ["a"]


def test_what_was_told_long_ago_is_not_kept() -> None:
    mirror, clock = made()
    for k in range(20_000):
        clock.now_s += 0.01
        mirror.told([(str(k), k)])
    assert len(mirror._told.of) <= m.KEPT + 1


def pair():
    """Two desks, each subscribed to all of the other over UDP, from its own port."""
    one, other = Rig(), Rig()
    for here, there in ((one, other), (other, one)):
        packet = encode("/subscribe", "/**", 60.0)
        here.loop.call_soon_threadsafe(here.osc.udp.send, packet, ("127.0.0.1", there.osc.address[1]))
    return one, other


async def _nothing() -> None: ...


def settle(rigs) -> None:
    for rig in rigs:
        rig.on(_nothing())


def test_a_listener_that_is_told_nothing_more_costs_nothing() -> None:
    mirror, clock = made()
    mirror.told((f"ch/{n}/fader", 0.0) for n in range(500))
    mirror.rest()
    assert mirror.returns("ch/1/fader", 0.0)
    clock.now_s += m.BACK_S + 0.1
    mirror.rest()
    assert not mirror._told.of
    assert not mirror.returns("ch/1/fader", 0.0)


def test_two_desks_that_mirror_each_other_end_on_one_value_and_are_quiet() -> None:
    one, other = rigs = pair()
    chance = random.Random(11)
    waits = []
    try:
        deadline = lambda s: asyncio.run(asyncio.sleep(s))  # noqa: E731
        while not (one.osc.clients and other.osc.clients):
            deadline(0.01)
        deadline(1.5)  # snapshots cross, and settle
        assert one.desk.values == other.desk.values
        for k in range(100):
            path = f"ch/{chance.randrange(1, 9)}/fader"
            mine, yours = -k / 4, -50.0 - k / 4
            one.loop.call_soon_threadsafe(one.desk.set, path, mine, "hand")
            other.loop.call_soon_threadsafe(other.desk.set, path, yours, "hand")
            for tick in range(200):
                deadline(0.005)
                settle(rigs)
                if tick > 5 and one.desk.values[path] == other.desk.values[path]:
                    break
            waits.append(tick)
            assert one.desk.values[path] == other.desk.values[path], f"after {tick} looks: round {k}"
        deadline(0.5)
        before = [rig.osc.turns.steps for rig in rigs]
        deadline(1.0)
        quiet = [rig.osc.turns.steps - steps for rig, steps in zip(rigs, before, strict=True)]
        assert one.desk.values == other.desk.values
        assert max(quiet) < 30, "only signs of life pass between them"
    finally:
        for rig in rigs:
            rig.close()


@pytest.mark.parametrize("seed", range(3))
def test_two_desks_moved_at_random_for_a_while_end_equal(seed: int) -> None:
    one, other = rigs = pair()
    chance = random.Random(seed)
    try:
        asyncio.run(asyncio.sleep(1.5))
        for _ in range(300):
            rig = chance.choice(rigs)
            path = f"ch/{chance.randrange(1, 4)}/fader"
            rig.loop.call_soon_threadsafe(rig.desk.set, path, -chance.randrange(80) / 2, "hand")
            asyncio.run(asyncio.sleep(chance.choice((0.0, 0.001, 0.01))))
        asyncio.run(asyncio.sleep(1.0))
        assert one.desk.values == other.desk.values
    finally:
        for rig in rigs:
            rig.close()
