"""Whose turn it is: the work of many peers on one loop, in slices, shared by the time that each has had of late.

A peer alone has all of the loop.  While others wait, the one that has had least is next; who comes after a silence
begins beside the others and has saved nothing up.  What the machine did with other programs meanwhile counts against
nobody: a short packet that took long by the clock goes before what comes later.  A job is a generator: at each `yield
None` others may go on; what it yields otherwise is a function that waits for the world (a disk), done on a thread of
its own, and its outcome comes back as the value of the yield.  A job may also be a function, which does all of it or
gives the generator of the rest.  Work is never refused because there is much of it: it waits, up to a bound in bytes.

Runs on the desk's loop, like all that it is handed.
"""

import asyncio
import heapq
import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Hashable
from itertools import count
from types import GeneratorType
from typing import Any, cast

from studiod.aside import off_loop
from studiod.registry.param import Refusal

SLICE_S = 0.002  # one peer at a time, while another waits
TURN_S = 0.004  # then the loop looks at its sockets and timers
WAITING_BYTES, CROWDED_BYTES = 4 << 20, 32 << 20  # of one peer; of all: beyond it, each may have a sixteenth
JOB_BYTES = 200  # what a job holds beside its packet
ERRAND_S = 10.0  # after this a disk has not answered
ERRANDS_MAX = 16  # threads; a disk that hangs costs those, and not the desk
PAUSE_S = 0.01
MOST_LINES = 4096
Steps = Generator[Callable[[], Any] | None, Any, None]
Short = Callable[[], Steps | None]
Job = Steps | Short
_log = logging.getLogger(__name__)


def pause() -> None:
    """Yielded by a job: its peer has nothing to do for a moment (its answers have to leave first)."""


class Share:
    """What has an equal part of the loop: the lines of one peer, or of all whom nobody knows yet."""

    __slots__ = ("now_s", "ready", "spent_s", "stands")

    def __init__(self) -> None:
        self.spent_s = self.now_s = 0.0  # it has had so much; and its line that was served last
        self.ready: list[tuple[float, bool, int, Line]] = []  # had so far, goes on, order
        self.stands = False  # among the shares that are ready, or being served


class Line:
    """One peer's jobs, in their order."""

    __slots__ = ("away", "jobs", "outcome", "share", "size", "spent_s", "who")

    def __init__(self, who: Hashable, share: Share) -> None:
        self.who, self.share = who, share
        self.jobs: deque[tuple[Job, int]] = deque()
        self.size = 0  # bytes
        self.spent_s = 0.0
        self.away = False  # its first job waits for the world
        self.outcome: tuple[Any, Exception | None] = (None, None)  # of an errand, for the job that sent it


class Turns:
    """Attributes: refused (jobs for which there was no room), steps (how often any job went on)."""

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, worked: Callable[[], float] = time.thread_time
    ) -> None:
        """clock: s; worked: s that this thread has had of a processor, asked for only where a slice takes long."""
        self.clock, self.worked = clock, worked
        self.refused = self.steps = 0
        self.lines: dict[Hashable, Line] = {}
        self.size = 0
        self.answers: Counter[Hashable] = Counter()  # of commands, on their way, by peer
        self._shares: dict[Hashable, Share] = {}
        self._ready: list[tuple[float, bool, int, Share]] = []  # had so far, goes on, order
        self._order = count()
        self._now_s = 0.0  # what the share that was served last had had
        self._running = False
        self._again: asyncio.Handle | None = None
        self._worked_s = 0.0  # by `worked`, when the turn began
        self._woken_s = 0.0  # worked by wake() since the loop last looked at its sockets, at the most
        self._errands = 0

    def put(self, who: Hashable, job: Job, size: int = 0, within: Hashable = None) -> bool:
        """A job of a peer, behind its others; False when it has too much waiting already, and the job is dropped.

        within: the share that it has a part of; default: one of its own.
        """
        line = self.lines.get(who)
        if line is None:
            key = who if within is None else within
            share = self._shares.get(key)
            if share is None:
                share = self._shares[key] = Share()
            line = self.lines[who] = Line(who, share)
        size += JOB_BYTES
        most = WAITING_BYTES if self.size < CROWDED_BYTES else WAITING_BYTES // 16
        if line.size + size > most and line.jobs:
            self.refused += 1
            return False
        line.jobs.append((job, size))
        line.size += size
        self.size += size
        if len(line.jobs) == 1:
            self._stand(line)
        return True

    def waiting(self, who: Hashable) -> int:
        """Bytes of a peer that wait."""
        line = self.lines.get(who)
        return line.size if line else 0

    def wake(self) -> None:
        """There is work: a turn now, or where one is due in the loop's next round, then.

        However many timers and packets say so in one round, and however little each of them brings, they have one
        slice together; then the loop looks at its sockets.
        """
        if self._again is not None:
            return
        began_s = self.clock()
        self.go()
        self._woken_s += self.clock() - began_s
        if self._again is None and self._woken_s > SLICE_S:
            self._again = asyncio.get_running_loop().call_later(0, self._next)  # after what the sockets bring

    def go(self) -> None:
        """Work until nothing is left, or for a turn; then again in the loop's next round."""
        if self._running:
            return  # called by a job
        self._running = True
        try:
            until_s, self._worked_s = self.clock() + TURN_S, self.worked()
            while self._ready and self.clock() < until_s:
                self._serve(heapq.heappop(self._ready)[3])
        finally:
            self._running = False
        if self._ready and self._again is None:
            self._again = asyncio.get_running_loop().call_later(0, self._next)  # after what the sockets bring

    def close(self) -> None:
        if self._again is not None:
            self._again.cancel()
        for line in self.lines.values():
            for job, _ in line.jobs:
                if isinstance(job, GeneratorType):
                    job.close()
        self.lines.clear()
        self._shares.clear()
        self._ready.clear()

    def _next(self) -> None:
        self._again, self._woken_s = None, 0.0
        self.go()

    def _stand(self, line: Line, goes_on: bool = False) -> None:
        """In the order of what each has had; who comes anew before those that go on and have had as much."""
        share = line.share
        if not goes_on:
            line.spent_s = max(line.spent_s, share.now_s)
        heapq.heappush(share.ready, (line.spent_s, goes_on, next(self._order), line))
        if not share.stands:
            share.stands = True
            share.spent_s = max(share.spent_s, self._now_s)
            heapq.heappush(self._ready, (share.spent_s, False, next(self._order), share))

    def _serve(self, share: Share) -> None:
        """One slice of one peer of a share: its jobs in their order, until one waits or its time is up."""
        line = heapq.heappop(share.ready)[3]
        began_s, had_s = self.clock(), 0.0
        self._now_s, share.now_s = share.spent_s, line.spent_s
        while line.jobs and not line.away and had_s < SLICE_S:
            self._step(line)
            had_s = self.clock() - began_s
            if had_s >= SLICE_S:
                had_s = min(had_s, self.worked() - self._worked_s)
        line.spent_s += had_s
        share.spent_s += had_s
        if line.jobs and not line.away:
            self._stand(line, goes_on=True)
        share.stands = bool(share.ready)
        if share.ready:
            heapq.heappush(self._ready, (share.spent_s, True, next(self._order), share))
        if not self._ready or len(self.lines) > MOST_LINES:  # nobody waits: what each has had is past
            self.lines = {who: kept for who, kept in self.lines.items() if kept.jobs}
            held = {id(kept.share) for kept in self.lines.values()}
            self._shares = {key: kept for key, kept in self._shares.items() if id(kept) in held}

    def _step(self, line: Line) -> None:
        job, size = line.jobs[0]
        (value, fault), line.outcome = line.outcome, (None, None)
        self.steps += 1
        try:
            if isinstance(job, GeneratorType):
                errand = job.send(value) if fault is None else job.throw(fault)
                if errand is None:
                    return
            else:
                rest = cast(Short, job)()
                if rest is not None:
                    line.jobs[0] = rest, size
                    return
                errand = None
        except StopIteration:
            errand = None
        except Exception:
            _log.exception("a job of %s failed", line.who)
            errand = None
        if errand is not None:
            line.away = True
            if errand is pause:
                asyncio.get_running_loop().call_later(PAUSE_S, self._back, line, None, None)
            else:
                self._send_out(line, errand)
            return
        line.jobs.popleft()
        line.size -= size
        self.size -= size

    def _back(self, line: Line, value: Any, fault: Exception | None) -> None:
        line.away, line.outcome = False, (value, fault)
        if line.jobs:
            self._stand(line)
            self.wake()

    def _send_out(self, line: Line, errand: Callable[[], Any]) -> None:
        """Do it on a thread; one that does not come back in time is given up, and holds nothing but its thread."""
        loop = asyncio.get_running_loop()
        if self._errands >= ERRANDS_MAX:
            loop.call_soon(self._back, line, None, Refusal("disk", "too much waits for it", remedy="try again later"))
            return
        given_up = False

        def give_up() -> None:
            nonlocal given_up
            given_up = True
            remedy = "look after the disk, then try again"
            self._back(line, None, Refusal("disk", f"no answer within {ERRAND_S:g} s", remedy=remedy))

        def end(value: Any, fault: Exception | None) -> None:
            self._errands -= 1
            if not given_up:
                late.cancel()
                self._back(line, value, fault)

        late = loop.call_later(ERRAND_S, give_up)
        self._errands += 1
        off_loop(errand, end)
