"""The loop's beat: who looks at all looks at the same time, and nobody twice in one beat."""

import asyncio
import random

import pytest

from studiod.desk.beat import BEAT_S, beat, until_s
from studiod.memory import autotrim
from studiod.multitrack import automation, machine


@pytest.mark.parametrize("every_s", [BEAT_S, machine.TICK_S, automation.IDLE_S, autotrim.LISTEN_S])
def test_every_wait_ends_on_a_beat(every_s: float) -> None:
    for now_s in (random.Random(3).uniform(0.0, 1e6) for _ in range(500)):
        at = (now_s + until_s(every_s, now_s)) / BEAT_S
        assert at == pytest.approx(round(at), abs=1e-6)
        assert 0.0 < until_s(every_s, now_s) <= every_s * (1.0 + 1e-6)


def test_a_timer_that_comes_a_little_early_does_not_come_again_in_the_same_beat() -> None:
    due_s = 50_000 * BEAT_S
    assert until_s(BEAT_S, due_s - 1e-9) > 0.9 * BEAT_S


def test_three_that_look_every_so_often_wake_the_loop_once_a_beat() -> None:
    async def run() -> int:
        loop, wakes = asyncio.get_running_loop(), set[int]()
        rounds = 0

        async def look(every_s: float) -> None:
            while True:
                await beat(every_s)
                wakes.add(rounds)

        select = loop._selector.select  # type: ignore[attr-defined]

        def counted(timeout: float | None = None) -> object:
            nonlocal rounds
            rounds += timeout is None or timeout > 0
            return select(timeout)

        loop._selector.select = counted  # type: ignore[attr-defined]
        await beat()
        tasks = [asyncio.create_task(look(n * BEAT_S)) for n in (1, 1, 2, 5)]
        began_s, before = loop.time(), rounds
        await asyncio.sleep(25 * BEAT_S)
        beats = (loop.time() - began_s) / BEAT_S
        for task in tasks:
            task.cancel()
        assert len(wakes) > 5
        return rounds - before <= 1.2 * beats + 3

    assert asyncio.run(run())
