"""Laws of turns: who waits, for how long, and that nothing is lost; time is counted work, never a clock."""

import asyncio
import itertools
import random
import socket
import threading

import pytest

from controllers import turns as t
from controllers.turns import Turns, pause
from studiod.registry.param import Refusal


class Work:
    """A clock that goes on by the work that is done."""

    def __init__(self) -> None:
        self.now_s = self.elsewhere_s = 0.0
        self.turns = Turns(lambda: self.now_s, lambda: self.now_s - self.elsewhere_s)
        self.done: list[tuple[str, float]] = []

    def job(self, name: str, steps: int = 1, step_s: float = 0.0005):
        for _ in range(steps):
            self.now_s += step_s
            yield
        self.done.append((name, self.now_s))

    async def over(self) -> None:
        self.turns.go()
        while self.turns.lines and any(line.jobs for line in self.turns.lines.values()):
            await asyncio.sleep(0)


def test_a_peer_alone_is_served_in_its_order_and_nothing_is_lost() -> None:
    work = Work()

    async def run() -> None:
        for k in range(5000):
            assert work.turns.put("a", work.job(str(k)))
        await work.over()

    asyncio.run(run())
    assert [name for name, _ in work.done] == [str(k) for k in range(5000)]


def test_what_the_machine_did_meanwhile_puts_nobody_behind_who_comes_later() -> None:
    """Twelve programs of one message each, as a script sends them; the second is held up by other programs."""
    work = Work()

    def held_up():
        for _ in range(3):
            work.now_s += 0.1
            work.elsewhere_s += 0.0999
            yield
        work.done.append(("1", work.now_s))

    async def run() -> None:
        for k in range(12):
            work.turns.put(k, held_up() if k == 1 else work.job(str(k), step_s=0.0001))
        await work.over()

    asyncio.run(run())
    assert [name for name, _ in work.done] == [str(k) for k in range(12)]


def test_a_newcomer_waits_for_one_slice_whoever_floods() -> None:
    """However much others have waiting, a quiet peer's job is done after a slice of one of them."""
    work, waits = Work(), []

    async def run() -> None:
        for peer in range(20):
            for _ in range(1000):
                work.turns.put(f"flood {peer}", work.job("flood", steps=20))
        while work.now_s < 20 * t.SLICE_S:
            work.turns.go()  # until each of them has had something
        for _ in range(100):
            for _ in range(7):
                work.turns.go()
            asked_s = work.now_s
            work.done.clear()
            work.turns.put("quiet", work.job("quiet", step_s=0.0001))
            while "quiet" not in (names := [name for name, _ in work.done]):
                work.turns.go()
            waits.append(work.done[names.index("quiet")][1] - asked_s)

    asyncio.run(run())
    assert max(waits) <= 2 * t.SLICE_S + 0.0005 + 0.0001


def test_what_a_socket_brings_goes_before_the_next_turn_of_a_flood() -> None:
    """A fader of a surface comes by a socket; who floods has had a turn already."""
    work, order = Work(), list[str]()

    def flood():
        while len(order) < 20:
            work.now_s += t.TURN_S
            order.append("flood")
            yield

    async def run() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            asyncio.get_running_loop().add_reader(ours, lambda: order.append(ours.recv(9).decode()))
            work.turns.put("flood", flood())
            work.turns.go()
            theirs.send(b"fader")
            while len(order) < 20:
                await asyncio.sleep(0)
            asyncio.get_running_loop().remove_reader(ours)

    asyncio.run(run())
    assert order[:3] == ["flood", "fader", "flood"]


def test_in_one_round_of_the_loop_there_is_one_turn_however_many_timers_end() -> None:
    """What paused for many peers comes back in one round: the loop looks at its sockets after a turn all the same."""
    work, rounds = Work(), []

    def paused(k: int):
        yield pause
        for _ in range(3):
            work.now_s += 0.003
            yield
        work.done.append((str(k), work.now_s))

    async def run() -> None:
        for k in range(60):
            work.turns.put(k, paused(k))
        work.turns.go()
        lines = list(work.turns.lines.values())
        assert all(line.away for line in lines)
        for line in lines:  # as their timers do, all in this round
            work.turns._back(line, None, None)
        while len(work.done) < 60:
            rounds.append(work.now_s)
            await asyncio.sleep(0)
        rounds.append(work.now_s)

    asyncio.run(run())
    assert rounds[0] <= t.TURN_S + 0.003
    assert max(b - a for a, b in itertools.pairwise(rounds)) <= t.TURN_S + 0.003
    assert len(work.done) == 60


def test_those_who_wait_have_equal_shares_of_time_not_of_messages() -> None:
    work = Work()

    async def run() -> None:
        for _ in range(3000):
            work.turns.put("short", work.job("short", step_s=0.0001))
            work.turns.put("long", work.job("long", steps=10, step_s=0.001))
        while work.now_s < 0.2:
            work.turns.go()

    asyncio.run(run())
    short = sum(name == "short" for name, _ in work.done) * 0.0001
    long = sum(name == "long" for name, _ in work.done) * 0.01
    assert short == pytest.approx(long, abs=0.02)


def test_whoever_was_silent_has_saved_nothing_up() -> None:
    work = Work()

    async def run() -> None:
        work.turns.put("old", work.job("old", steps=1))
        await work.over()
        for _ in range(100):
            work.turns.put("busy", work.job("busy", steps=10))
        while work.now_s < 0.1:
            work.turns.go()
        for _ in range(100):
            work.turns.put("old", work.job("old", steps=10))
        began_s = work.now_s
        work.done.clear()
        while work.now_s < began_s + 0.2:
            work.turns.go()

    asyncio.run(run())
    names = [name for name, _ in work.done]
    assert abs(names.count("old") - names.count("busy")) <= 3


def test_what_has_no_room_is_refused_and_counted_and_others_have_theirs() -> None:
    work = Work()

    async def run() -> None:
        taken = sum(work.turns.put("flood", work.job("x"), 60_000) for _ in range(1000))
        assert taken < 100
        assert work.turns.refused == 1000 - taken
        assert work.turns.put("quiet", work.job("quiet"))
        assert work.turns.waiting("flood") <= t.WAITING_BYTES
        await work.over()
        assert work.turns.size == 0

    asyncio.run(run())


def test_an_errand_keeps_its_peer_and_nobody_else() -> None:
    work, gate = Work(), threading.Event()

    def asks():
        found = yield lambda: gate.wait(10) and 7
        work.done.append((f"found {found}", work.now_s))

    async def run() -> None:
        work.turns.put("disk", asks())
        work.turns.put("disk", work.job("after"))
        work.turns.put("other", work.job("other"))
        work.turns.go()
        await asyncio.sleep(0.01)
        assert [name for name, _ in work.done] == ["other"]
        gate.set()
        while len(work.done) < 3:
            await asyncio.sleep(0.001)

    asyncio.run(run())
    assert [name for name, _ in work.done] == ["other", "found 7", "after"]


def test_an_errand_that_fails_or_hangs_is_a_refusal_and_the_peer_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(t, "ERRAND_S", 0.05)
    work, never, heard = Work(), threading.Event(), []

    def asks(errand):
        try:
            yield errand
        except (Refusal, ZeroDivisionError) as fault:
            heard.append(str(fault))

    async def run() -> None:
        work.turns.put("disk", asks(lambda: 1 / 0))
        work.turns.put("disk", asks(lambda: never.wait(10)))
        work.turns.put("disk", work.job("after"))
        work.turns.go()
        while not work.done:
            await asyncio.sleep(0.001)
        never.set()

    asyncio.run(run())
    assert heard == ["division by zero", "disk: no answer within 0.05 s; look after the disk, then try again"]


def test_threads_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(t, "ERRANDS_MAX", 2)
    work, gate, heard = Work(), threading.Event(), []

    def asks():
        try:
            yield lambda: gate.wait(10)
        except Refusal as fault:
            heard.append(str(fault))

    async def run() -> None:
        for peer in range(5):
            work.turns.put(peer, asks())
        work.turns.go()
        while len(heard) < 3:
            await asyncio.sleep(0.001)
        assert sum(thread.name == "studiod-errand" for thread in threading.enumerate()) <= 2
        gate.set()
        await asyncio.sleep(0.05)

    asyncio.run(run())
    assert heard == ["disk: too much waits for it; try again later"] * 3


def test_a_pause_lets_others_on_and_comes_back() -> None:
    work = Work()

    def waits():
        yield pause
        work.done.append(("waited", 0.0))

    async def run() -> None:
        work.turns.put("a", waits())
        work.turns.put("b", work.job("b"))
        work.turns.go()
        assert [name for name, _ in work.done] == ["b"]
        await asyncio.sleep(2 * t.PAUSE_S)
        while len(work.done) < 2:
            await asyncio.sleep(0.001)

    asyncio.run(run())


def test_a_job_that_fails_costs_itself(caplog: pytest.LogCaptureFixture) -> None:
    work = Work()

    def fails():
        yield
        raise ValueError("on purpose")

    async def run() -> None:
        work.turns.put("a", fails())
        work.turns.put("a", work.job("next"))
        await work.over()

    asyncio.run(run())
    assert [name for name, _ in work.done] == ["next"]
    assert "a job of a failed" in caplog.text


def test_random_loads_end_and_lose_nothing() -> None:
    for seed in range(20):
        chance, work, said = random.Random(seed), Work(), 0

        async def run(chance: random.Random = chance, work: Work = work) -> int:
            said = 0
            for _ in range(300):
                peer = chance.randrange(6)
                work.turns.put(peer, work.job(f"{peer}", chance.randrange(5), chance.uniform(0, 0.004)))
                said += 1
                if chance.random() < 0.2:
                    work.turns.go()
                    await asyncio.sleep(0)
            await work.over()
            return said

        said = asyncio.run(run())
        assert len(work.done) == said
        assert not work.turns.size


def test_however_many_timers_bring_work_in_one_round_they_have_one_slice_together() -> None:
    work, done_after = Work(), []

    def timer(name: str) -> None:
        work.turns.put(name, work.job(name))
        work.turns.wake()

    async def rounds() -> None:
        for k in range(100):
            asyncio.get_running_loop().call_soon(timer, str(k))
        while len(work.done) < 100:
            await asyncio.sleep(0)  # in which the loop looks at its sockets
            done_after.append(len(work.done))

    asyncio.run(rounds())
    at_once = t.SLICE_S / 0.0005 + 1
    assert done_after[0] <= at_once, "a slice, and the job that ends it"
    a_turn = (t.SLICE_S + t.TURN_S) / 0.0005 + 1
    assert max(after - before for before, after in itertools.pairwise(done_after)) <= a_turn
