"""The one door for controllers: values, transactions on the audio clock, listeners, touches.

One thread owns a desk: the asyncio loop.  Nothing here may be called from another thread, and nothing here blocks.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from itertools import count

from studiod.agenda import Agenda, Plan
from studiod.couplings import FOLLOWS, Couplings
from studiod.deed import Answer, Command, Deed
from studiod.news import News
from studiod.param import Refusal, Value, told
from studiod.params import Registry
from studiod.sound import Engine

AHEAD_S = 0.02
_SETTLED_NS = 200_000_000  # after this even the longest block has been drained, whatever the clock's estimate was
_NOT_STORED = {"volatile", "read-only"}
_log = logging.getLogger(__name__)


_SHARED = ("link", "balance", "solo", "insert", "dca")  # below a strip: others hang on them


def strip_of(path: str) -> str:
    """The strip whose goals hang on a path; "" where those of others do too."""
    kind, _, rest = path.partition("/")
    index, _, tail = rest.partition("/")
    if kind == "main":
        return kind
    alone = index.isdigit() and kind not in ("dca", "mutegroup") and tail.split("/")[0] not in _SHARED
    return f"{kind}/{index}" if alone else ""


class Desk:
    """Holds the values of a console; refuses, never clamps."""

    def __init__(self, registry: Registry, engine: Engine, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self.registry, self.engine, self.clock = registry, engine, clock
        self.values: dict[str, Value] = {path: p.rest for path, p in registry.params.items()}
        self.unknown: dict[str, object] = {}  # paths of other versions, kept for the next store
        self.late = 0
        self.ahead_s = AHEAD_S  # how long before its time a transaction is posted: more than a block of the device
        self._agenda = Agenda()
        self._ahead: dict[str, int] = {}  # the latest frame posted for each strip
        self.news = News()
        self.listen = self.news.listen
        self.live: dict[str, Callable[[], Value]] = {}  # paths whose values are found when they are asked for
        self._touches: dict[tuple[str, str], int] = {}  # path and origin: which touch, counted from 1
        self._touch = count(1)
        self.commands: dict[str, Command] = {}  # what `do` knows: the library's and the history's, set by the daemon
        self._wake: asyncio.Event | None = None
        self._couplings = Couplings(registry)

    # -- values ------------------------------------------------------------------------------------------------------

    def get(self, path: str) -> Value:
        """The value at a path.  Raises Refusal."""
        param = self.registry.find(path)
        if path in self.live:
            return param.accept(self.live[path]())
        if path.startswith("status/"):
            return self.status().get(path[7:], param.rest)
        return self.values[path]

    def set(self, path: str, value: object, origin: str = "") -> Value:
        """Change one value at once; what is stored comes back.  Raises Refusal."""
        return self.change([(path, value)], origin)[path]

    def change(
        self, changes: Iterable[tuple[str, object]], origin: str = "", when_ns: int = 0, ahead_s: float | None = None
    ) -> dict[str, Value]:
        """One transaction, all of it or (Refusal) nothing; order kept.

        when_ns (monotonic) in the future: applies on that sample of the audio clock, posted ahead_s before.
        """
        accepted = self.accepted(changes)
        if when_ns <= 0 or when_ns <= (now_ns := self.clock()):
            return self._apply(accepted, origin, 0)
        ahead_ns = round((self.ahead_s if ahead_s is None else ahead_s) * 1e9)
        self._agenda.add(Plan(accepted, origin, when_ns), ahead_ns)
        if when_ns - ahead_ns <= now_ns:
            self.tick(now_ns)
        elif self._wake is not None:
            self._wake.set()
        return dict(accepted)

    def change_at(self, changes: Iterable[tuple[str, object]], frame: int, origin: str = "") -> dict[str, Value]:
        """One transaction at an absolute frame of the audio clock (moves).  Raises Refusal."""
        return self._apply(self.accepted(changes), origin, frame)

    def accepted(self, changes: Iterable[tuple[str, object]]) -> list[tuple[str, Value]]:
        """The changes as they would be stored.  Raises Refusal of the first that cannot be."""
        out: list[tuple[str, Value]] = []
        for path, value in changes:
            param = self.registry.find(path)
            if "read-only" in param.flags:
                raise Refusal(path, "read-only", got=told(value), remedy="ask for it without a value")
            out.append((path, param.accept(value)))
        return out

    def partner(self, path: str) -> str | None:
        """The path that a linked pair keeps equal to this one."""
        return self._couplings.pairs.partner(path, self.values)

    def _apply(self, changes: list[tuple[str, Value]], origin: str, frame: int) -> dict[str, Value]:
        values, now_ns = self.values, self.clock()
        before: dict[str, Value] = {}
        done: dict[str, Value] = {}
        follow: set[str] = set()

        def put(path: str, value: Value) -> None:
            before.setdefault(path, self.live[path]() if path in self.live else values[path])
            done[path] = values[path] = value

        for path, value in changes:
            put(path, value)
            follow.discard(path)
            for other, held in self._couplings.after(path, value, values, now_ns):
                put(other, self.registry.params[other].accept(held))
                follow.add(other)
        news = {path: value for path, value in done.items() if value != before[path]}
        if news:
            try:
                self._post(news, frame)
            except BaseException:
                values.update(before)
                raise
            told = {path: value for path, value in news.items() if path not in follow}
            if told:
                self.news.tell(origin, told, frame)
            if len(told) < len(news):
                followed = {path: value for path, value in news.items() if path in follow}
                self.news.tell(FOLLOWS + origin, followed, frame)
        return done

    def _post(self, news: dict[str, Value], frame: int) -> None:
        """Post; and again at the latest posted frame that may undo it, so that the newest change wins there too."""
        if self._ahead and self.engine.frame_at(self.clock() - _SETTLED_NS) >= max(self._ahead.values()):
            self._ahead.clear()
        self.engine.post(news, self.values, frame)
        strips = {strip_of(path) for path in news}
        reach = [self._ahead[s] for s in self._ahead if s in strips or "" in strips or s == ""] if self._ahead else []
        again = max(reach, default=0)
        if frame < again:
            self.engine.post(news, self.values, again)
        if frame:
            for strip in strips:
                self._ahead[strip] = max(frame, self._ahead.get(strip, 0))

    # -- time --------------------------------------------------------------------------------------------------------

    def next_due_ns(self) -> int | None:
        """When tick has something to do; None when nothing waits."""
        return self._agenda.next_ns()

    def tick(self, now_ns: int) -> None:
        """Apply and post what is due soon, each at its own frame."""
        for plan in self._agenda.take(now_ns):
            try:
                self._apply(plan.changes, plan.origin, max(self.engine.frame_at(plan.due_ns), 0))
            except Exception:
                _log.exception("a transaction of %s was lost", plan.origin or "the desk")

    async def run(self) -> None:
        """Tick whenever something is due, until cancelled."""
        self._wake = asyncio.Event()
        try:
            while True:
                self._wake.clear()
                due_ns = self.next_due_ns()
                wait_s = None if due_ns is None else max(due_ns - self.clock(), 0) / 1e9
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):  # wait_for may lose a cancellation that comes with the event
                        await self._wake.wait()
                self.tick(self.clock())
        finally:
            self._wake = None

    def tell_late(self, origin: str, path: str, ms: float) -> None:
        """A message came after its time (it was applied at once): count it."""
        self.late += 1
        _log.debug("late by %.1f ms: %s from %s", ms, path, origin)

    def meters(self, bank: str, since: int = -1) -> tuple[list[float], int]:
        """The most of a bank of meters since a reader's last look (-1: now), and where it goes on.  Raises Refusal."""
        return self.engine.meters(bank, since)

    def reset_meters(self) -> None:
        """Begin integrated loudness and its range anew."""
        self.engine.reset_meters()

    def status(self) -> dict[str, Value]:
        """The runner's words and the desk's own."""
        return {**self.engine.words(), "late": self.late}

    # -- listeners and fingers ---------------------------------------------------------------------------------------

    def report(self, origin: str, found: Mapping[str, Value]) -> None:
        """What the machinery says of itself, read-only paths too: stored and told, not posted."""
        news = {path: value for path, value in found.items() if self.values[path] != value}
        self.values.update(news)
        if news:
            self.news.tell(origin, news, 0)

    def touch(self, path: str, down: bool, origin: str) -> None:
        """A finger is down on a control, or up again.  Raises Refusal."""
        self.registry.find(path)
        if down:
            self._touches.setdefault((path, origin), next(self._touch))
        else:
            self._touches.pop((path, origin), None)

    def touched(self, path: str) -> bool:
        return any(held == path for held, _ in self._touches)

    def touch_of(self, path: str, origin: str) -> int:
        """Which touch an origin has on a path; 0: none."""
        return self._touches.get((path, origin), 0)

    def under_fingers(self) -> frozenset[str]:
        """The paths that anyone touches, their partners in linked pairs included."""
        paths = {path for path, _ in self._touches}
        return frozenset(paths | {other for other in map(self.partner, paths) if other is not None})

    def release(self, origin: str) -> None:
        """All fingers of an origin are up: it is gone."""
        self._touches = {touch: number for touch, number in self._touches.items() if touch[1] != origin}

    # -- commands ----------------------------------------------------------------------------------------------------

    def prepare(self, command: str, origin: str, *words: object) -> Deed:
        """A command's changes, and what it does once they stand; nothing is done yet.  Raises Refusal."""
        if command not in self.commands:
            near = get_close_matches(command[:40], self.commands, 1, 0.0)
            raise Refusal(command[:80], "no such command on this desk", nearest=near[0] if near else "")
        return self.commands[command](origin, *words)

    def do(self, command: str, origin: str, *words: object) -> Answer:
        """Carry a command out at once; its answer, line by line.  Raises Refusal."""
        deed = self.prepare(command, origin, *words)
        if deed.changes and not deed.fade_s:
            self.change(deed.changes.items(), deed.origin)
        return deed.act(deed)

    # -- stored state ------------------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Value]:
        """All that is stored: neither volatile nor read-only."""
        params = self.registry.params.items()
        return {path: self.values[path] for path, p in params if not p.flags & _NOT_STORED}

    def load(self, values: Mapping[str, object]) -> list[Refusal]:
        """Take over stored values at a start; what cannot be is left at rest and reported.  Listeners hear nothing."""
        faults: list[Refusal] = []
        news: dict[str, Value] = {}
        for path, value in values.items():
            try:
                param = self.registry.find(path)
            except Refusal as fault:
                self.unknown[path] = value
                faults.append(fault)
                continue
            try:
                if param.flags & _NOT_STORED:
                    raise Refusal(path, "never stored", got=told(value), remedy="take it out of the scene")
                news[path] = param.accept(value)
            except Refusal as fault:
                faults.append(fault)
        self.values.update(news)
        for link in self._couplings.pairs.links:
            if self.values[link]:
                news |= self._couplings.pairs.copied(link, self.values)
        self.values.update(news)
        if news:
            self._post(news, 0)
        return faults

    def post_all(self) -> None:
        """Every value again, for an engine that has just started."""
        self._post(dict(self.values), 0)
