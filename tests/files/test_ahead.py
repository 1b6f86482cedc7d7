"""Work beside the one who waits for it: its order, what is raised there, and an end that leaves nothing running."""

import threading
from collections.abc import Iterator

import pytest

from studiod.files.ahead import MOST, Behind, ahead


def test_items_come_in_their_order_and_are_made_elsewhere() -> None:
    makers = set()

    def items() -> Iterator[int]:
        for n in range(50):
            makers.add(threading.get_ident())
            yield n

    assert list(ahead(items())) == list(range(50))
    assert len(makers) == 1
    assert threading.get_ident() not in makers


def test_no_more_is_made_than_may_wait() -> None:
    made = []

    def items() -> Iterator[int]:
        for n in range(50):
            made.append(n)
            yield n

    coming = ahead(items())
    assert next(coming) == 0
    coming.close()
    assert len(made) <= 1 + MOST


def test_what_is_raised_there_is_raised_here_after_what_came_before() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    coming = ahead(items())
    assert next(coming) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(coming)


def test_closed_it_waits_for_the_one_that_is_being_made() -> None:
    begun, go_on, busy = threading.Event(), threading.Event(), []

    def items() -> Iterator[int]:
        yield 0
        begun.set()
        go_on.wait(30.0)
        busy.append("made")
        yield 1

    coming = ahead(items())
    assert next(coming) == 0
    assert begun.wait(30.0)
    threading.Timer(0.05, go_on.set).start()
    coming.close()
    assert busy == ["made"]


def test_calls_are_carried_out_in_their_order() -> None:
    done: list[int] = []
    behind = Behind()
    for n in range(50):
        behind.do(lambda n=n: done.append(n))
        assert len(done) >= n - MOST
    behind.end()
    behind.close()
    assert done == list(range(50))


def test_a_call_that_fails_is_told_and_nothing_after_the_end_is_carried_out() -> None:
    def full() -> None:
        raise OSError("no room")

    behind = Behind()
    behind.do(full)
    with pytest.raises(OSError, match="no room"):
        behind.end()
    begun, go_on, done = threading.Event(), threading.Event(), []
    behind.do(lambda: (begun.set(), go_on.wait(30.0), None)[2])
    behind.do(lambda: done.append(1))
    assert begun.wait(30.0)
    threading.Timer(0.05, go_on.set).start()
    behind.close()
    assert not done
