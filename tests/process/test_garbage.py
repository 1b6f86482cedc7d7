"""Garbage is looked for every ten seconds, what takes long the less often; what holds each other goes all the same."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from studiod.process import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    held = gc.get_threshold()
    yield
    gc.set_threshold(*held)
    gc.unfreeze()


class Knot:
    """It holds itself."""

    def __init__(self) -> None:
        self.me = self


def test_what_was_there_stays_and_what_comes_later_goes() -> None:
    garbage.settle()
    assert gc.get_freeze_count() > 1000
    late = weakref.ref(Knot())
    assert late() is not None
    assert garbage.look() > 0
    assert late() is None


@pytest.mark.parametrize(("took_s", "waits_s"), [(0.001, 10.0), (0.005, 10.0), (0.04, 80.0), (1.0, 2000.0)])
def test_the_longer_a_look_takes_the_less_often_it_is_made(
    took_s: float, waits_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(garbage.asyncio, "sleep", sleep)
    monkeypatch.setattr(garbage, "look", lambda: took_s)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(garbage.run())
    assert waited == [10.0, waits_s, waits_s]
