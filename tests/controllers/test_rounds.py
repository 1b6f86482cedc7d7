"""Timers of several outboxes: those that are due together have one wake, and what they send is one piece."""

import asyncio
import contextlib
from collections.abc import Iterator

import pytest

from controllers.rounds import Rounds
from handed_time import play


class Pieces:
    """What was said, by piece."""

    def __init__(self) -> None:
        self.said: list[list[str]] = []

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        self.said.append([])
        yield

    def say(self, word: str) -> None:
        self.said[-1].append(word)


def test_what_is_due_together_is_one_piece_and_what_is_not_waits_for_its_time() -> None:
    async def law() -> None:
        pieces, loop = Pieces(), asyncio.get_running_loop()
        rounds, now_s = Rounds(pieces.together), loop.time()
        rounds.at(now_s + 0.5, lambda: pieces.say("late"))
        for word in "abc":
            rounds.at(now_s, lambda word=word: pieces.say(word))
        rounds.at(now_s, lambda: pieces.say("never")).cancel()
        await asyncio.sleep(0.1)
        assert pieces.said == [["a", "b", "c"]]
        await asyncio.sleep(0.5)
        assert pieces.said == [["a", "b", "c"], ["late"]]

    play(law())


@pytest.mark.parametrize("first", [True, False])
def test_one_that_fails_costs_no_other_its_turn(first: bool) -> None:
    async def law() -> None:
        pieces, loop = Pieces(), asyncio.get_running_loop()
        loop.set_exception_handler(lambda *_: None)
        rounds, now_s = Rounds(pieces.together), loop.time()
        calls = [lambda: pieces.say("well"), lambda: pieces.said.index(["nothing"])]
        for call in calls[::-1] if first else calls:
            rounds.at(now_s, call)
        await asyncio.sleep(0.1)
        assert [word for piece in pieces.said for word in piece] == ["well"]

    play(law())
