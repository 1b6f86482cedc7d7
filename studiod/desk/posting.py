"""Changes on their way to the engine: each at its frame, and the newest of a strip last, whatever was posted ahead."""

import contextlib
from collections.abc import Callable, Iterable
from functools import lru_cache

from studiod.desk.engine_protocol import Engine
from studiod.registry.param import Value

_SETTLED_NS = 200_000_000  # after this even the longest block has been drained, whatever the clock's estimate was
_SHARED = ("link", "balance", "solo", "insert", "dca")  # below a strip: others hang on them


@lru_cache(1 << 16)  # the paths of the largest console
def strip_of(path: str) -> str:
    """The strip whose goals hang on a path; "" where those of others do too."""
    kind, _, rest = path.partition("/")
    index, _, tail = rest.partition("/")
    if kind == "main":
        return kind
    alone = index.isdigit() and kind not in ("dca", "mutegroup") and tail.split("/")[0] not in _SHARED
    return f"{kind}/{index}" if alone else ""


class Posting:
    """Into one engine; clock: monotonic ns.  half: at which frame a part of the last post stands, of which the rest
    failed; None: of none."""

    def __init__(self, engine: Engine, clock: Callable[[], int]) -> None:
        self.engine, self.clock = engine, clock
        self.half: int | None = None
        self._ahead: dict[str, int] = {}  # the latest frame posted for each strip

    def post(self, news: dict[str, Value], heard: dict[str, Value], frame: int) -> None:
        """Post; and again at the latest posted frame that may undo it, so that the newest change wins there too."""
        ahead = self._ahead
        if ahead and self.engine.frame_at(self.clock() - _SETTLED_NS) >= max(ahead.values()):
            ahead.clear()
        self.half = None
        self.engine.post(news, heard, frame)
        if not (ahead or frame):
            return
        strips = {strip_of(path) for path in news}
        reach = [ahead[s] for s in ahead if s in strips or "" in strips or s == ""] if ahead else []
        again = max(reach, default=0)
        if frame < again:
            self.half = frame
            self.engine.post(news, heard, again)
            self.half = None
        if frame:
            for strip in strips:
                ahead[strip] = max(frame, ahead.get(strip, 0))

    def take_back(self, paths: Iterable[str], heard: dict[str, Value]) -> None:
        """After a post that failed: what stands of it is followed by what is heard again."""
        if self.half is not None:
            with contextlib.suppress(Exception):  # the first failure is told
                self.engine.post({path: heard[path] for path in paths}, heard, self.half)
