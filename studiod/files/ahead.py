"""Work beside the one who waits for it: items made ahead of their reader, and a queue of writes behind their author.

One thread each, which reads or writes files; libsndfile and numpy let the interpreter go meanwhile.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

MOST = 3  # items that wait
Item = TypeVar("Item")


def ahead(items: Iterator[Item], most: int = MOST) -> Generator[Item, None, None]:
    """The same items, made on a thread of its own, so many ahead; what is raised there is raised here.

    Closed, it waits until nothing is made any more: then what the items are made of may be closed too.
    """
    with ThreadPoolExecutor(1, "ahead") as maker:
        coming = deque(maker.submit(next, items, None) for _ in range(most))
        try:
            while (item := coming.popleft().result()) is not None:
                coming.append(maker.submit(next, items, None))
                yield item
        finally:
            for one in coming:
                one.cancel()


class Behind:
    """Calls, carried out in their order on a thread of its own, at most so many behind."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._thread = ThreadPoolExecutor(1, "behind")
        self._waiting: deque[Future[None]] = deque()

    def do(self, call: Callable[[], None]) -> None:
        """One more.  Raises what an earlier one has raised."""
        self._waiting.append(self._thread.submit(call))
        while len(self._waiting) > self._most:
            self._waiting.popleft().result()

    def end(self) -> None:
        """Wait for all.  Raises what one of them has raised."""
        while self._waiting:
            self._waiting.popleft().result()

    def close(self) -> None:
        """Wait for the one that is being carried out; the others fall away."""
        self._thread.shutdown(cancel_futures=True)
