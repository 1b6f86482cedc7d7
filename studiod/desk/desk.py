"""The one door for controllers: values, transactions on the audio clock, listeners, touches.

One thread owns a desk: the asyncio loop.  Nothing here may be called from another thread, and nothing here blocks.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from studiod.desk.accepted import Accepted, accepted
from studiod.desk.command import Answer, Commands, Deed, Errand, Slices, at_once
from studiod.desk.engine_protocol import Engine
from studiod.desk.grants import Grants, NoGrants
from studiod.desk.holds import Holds
from studiod.desk.identity import Identities
from studiod.desk.keepings import InMemory, Keepings
from studiod.desk.listeners import News
from studiod.desk.posting import Posting
from studiod.desk.rules import Couplings
from studiod.desk.schedule import Agenda, Plan
from studiod.desk.stored import NOT_STORED, taken
from studiod.desk.touches import Touches
from studiod.desk.transaction import Transaction
from studiod.registry.alike import closest
from studiod.registry.param import Refusal, Value
from studiod.registry.registry import Registry

AHEAD_S = 0.02
SLICE_NS = 5_000_000  # of what is due at once
_log = logging.getLogger(__name__)

Guard = Callable[[Value, Mapping[str, Value]], None]  # a value, and all that is set with it; raises Refusal


class Desk:
    """Holds the values of a console; refuses, never clamps.

    values: as they are stored; heard: as they are asked, told and heard, which differs where somebody holds one
    (studiod/desk/holds.py).  listen: what changes in heard; listen_beneath: what changes in values.
    """

    def __init__(self, registry: Registry, engine: Engine, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self.registry, self.engine, self.clock = registry, engine, clock
        self.values: dict[str, Value] = {path: p.rest for path, p in registry.params.items()}
        self.heard = dict(self.values)
        self._holds = Holds()
        self.unknown: dict[str, object] = {}  # paths of other versions, kept for the next store
        self.identities = Identities()
        self.grants: Grants = NoGrants()  # tokens: the library's
        self.keepings: Keepings = InMemory()  # what controllers keep: in the library's store
        self.late = 0
        self.moved = 0  # how often stored values have changed since the start
        self.period_s: Callable[[], float] = lambda: 0.0  # what the device takes in one go: nothing changes within it
        self._posting = Posting(engine, lambda: self.clock())
        self._agenda = Agenda()
        self._taken: deque[Plan] = deque()  # due, and not applied yet
        self.news = News()
        self.listen = self.news.listen
        self.beneath = News()
        self.listen_beneath = self.beneath.listen
        self.decided: list[Callable[[str, Iterable[str]], None]] = []  # hear all that is set, also what is so already
        self.guards: dict[str, Guard] = {}  # paths whose machinery may refuse what its values' laws allow
        self.live: dict[str, Callable[[], Value]] = {}  # paths whose values are found when they are asked for
        self._touches = Touches()
        self.touched, self.latest_touch, self.release = self._touches.on, self._touches.latest, self._touches.release
        self.commands = Commands()  # what `do` knows: the library's and the history's, set by the daemon
        self._wake: asyncio.Event | None = None
        self._couplings = Couplings(registry)

    # -- values ------------------------------------------------------------------------------------------------------

    def get(self, path: str) -> Value:
        """The value at a path.  Raises Refusal."""
        param = self.registry.find(path)
        if path.startswith("status/"):
            return self.status().get(path[7:], param.rest)
        if path in self.live:
            return param.accept(self.live[path]())
        return self.heard[path]

    def set(self, path: str, value: object, origin: str = "") -> Value:
        """Change one value at once; what is stored comes back.  Raises Refusal."""
        return self.change([(path, value)], origin)[path]

    def change(
        self,
        changes: Iterable[tuple[str, object]],
        origin: str = "",
        when_ns: int = 0,
        ahead_s: float | None = None,
        held: Iterable[tuple[str, object]] = (),
    ) -> dict[str, Value]:
        """One transaction, all of it or (Refusal) nothing; order kept, and what is held comes last.

        when_ns (monotonic) in the future: applies on that sample of the audio clock, posted ahead_s before (None: a
        period of the device and AHEAD_S).
        held: values over others, until let_go; one that is beneath anyhow lets go.
        """
        ready, holds = self.accepted(changes), self.accepted(held)
        if when_ns <= 0 or when_ns <= (now_ns := self.clock()):
            guards = self.guards
            for path, value in ready if guards else ():
                if path in guards:
                    guards[path](value, dict(ready))
            return self._apply(ready, origin, 0, holds)
        ahead_ns = round((self.period_s() + AHEAD_S if ahead_s is None else ahead_s) * 1e9)
        self._agenda.add(Plan(ready, origin, when_ns, holds), ahead_ns)
        if when_ns - ahead_ns <= now_ns:
            self.tick(now_ns)
        elif self._wake is not None:
            self._wake.set()
        return dict(ready)

    def change_at(self, changes: Iterable[tuple[str, object]], frame: int, origin: str = "") -> dict[str, Value]:
        """One transaction at an absolute frame of the audio clock (moves).  Raises Refusal."""
        return self._apply(self.accepted(changes), origin, frame)

    def accepted(self, changes: Iterable[tuple[str, object]]) -> Accepted:
        """The changes as they would be stored.  Raises Refusal of the first that cannot be."""
        return accepted(self.registry, changes)

    def partner(self, path: str) -> str | None:
        """The path that a linked pair keeps equal to this one."""
        return self._couplings.pairs.partner(path, self.values)

    def let_go(self, origin: str, path: str | None = None) -> None:
        """What an origin holds by a path, or all that it holds, falls away; the one who held it hears of it too."""
        holds = self._holds.copy()
        touched = self._holds.release(origin, path)
        news = {at: new for at in touched if (new := self._holds.over(at, self.values[at])) != self.heard[at]}
        before = {at: self.heard[at] for at in news}
        self.heard.update(news)
        if news:
            try:
                self._post(news, 0)
            except BaseException:
                self.heard.update(before)
                self._holds.layers = holds
                self._posting.take_back(news, self.heard)
                raise
            self.news.tell(f"let go for {origin}", news, before, 0)

    def _apply(
        self, changes: list[tuple[str, Value]], origin: str, frame: int, holds: Iterable[tuple[str, Value]] = ()
    ) -> dict[str, Value]:
        one = Transaction(self.values, self.heard, self._holds, self._couplings, self.live, origin, self.clock())
        one.set_all(changes)
        for path, value in holds:
            one.hold(path, value)
        news = one.news()
        stored = news if one.unheld and not holds else one.stored()
        if news or stored:
            self.moved += 1
        if news:
            try:
                self._post(news, frame)
            except BaseException:
                one.take_back()
                self._posting.take_back(news, self.heard)
                raise
        for channel, changed, was in ((self.news, news, one.heard_before), (self.beneath, stored, one.before)):
            channel.tell_apart(origin, changed, was, one.follow, frame)
        for hear in self.decided:
            hear(origin, one.done)
        return one.done

    def _post(self, news: dict[str, Value], frame: int) -> None:
        self._posting.post(news, self.heard, frame)

    # -- time --------------------------------------------------------------------------------------------------------

    def next_due_ns(self) -> int | None:
        """When tick has something to do; None when nothing waits."""
        return self._agenda.next_ns()

    def tick(self, now_ns: int) -> None:
        """Apply and post what is due soon, each at its own frame."""
        for _ in self._due(now_ns):
            pass

    def _due(self, now_ns: int) -> Iterator[None]:
        """One transaction a step: others may go on in between, and whoever ticks meanwhile goes on from there."""
        self._taken.extend(self._agenda.take(now_ns))
        while self._taken:
            plan = self._taken.popleft()
            try:
                self._apply(plan.changes, plan.origin, max(self.engine.frame_at(plan.due_ns), 0), plan.holds)
            except Exception:
                _log.exception("a transaction of %s was lost", plan.origin or "the desk")
            yield

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
                began_ns = self.clock()
                for _ in self._due(began_ns):
                    if self.clock() - began_ns > SLICE_NS:
                        await asyncio.sleep(0)  # much is due at once: others have their turns in between
                        began_ns = self.clock()
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
        live = {path.removeprefix("status/"): ask() for path, ask in self.live.items() if path.startswith("status/")}
        words = self.engine.words()
        return {**words, "late": self.late + float(words.get("late", 0.0)), **live}

    # -- listeners and fingers ---------------------------------------------------------------------------------------

    def report(self, origin: str, found: Mapping[str, Value]) -> None:
        """What the machinery says of itself, read-only paths too: stored and told, not posted."""
        news = {path: value for path, value in found.items() if self.values[path] != value}
        before = {path: self.values[path] for path in news}
        self.values.update(news)
        self.heard.update(news)
        if news:
            self.moved += 1
            self.news.tell(origin, news, before, 0)
            self.beneath.tell(origin, news, before, 0)

    def touch(self, path: str, down: bool, origin: str) -> None:
        """A finger is down on a control, or up again.  Raises Refusal."""
        self.registry.find(path)
        self._touches.put(path, down, origin)

    def under_fingers(self) -> frozenset[str]:
        """The paths that anyone touches, their partners in linked pairs included."""
        paths = self._touches.paths()
        return frozenset(paths | {other for other in map(self.partner, paths) if other is not None})

    # -- commands ----------------------------------------------------------------------------------------------------

    def prepare(self, command: str, origin: str, *words: object) -> Deed | Errand | Slices:
        """A command's changes, and what it does once they stand, or a way there; nothing is done yet.

        Raises Refusal.
        """
        if command not in self.commands:
            raise Refusal(command[:80], "no such command on this desk", nearest=closest(command, self.commands))
        return self.commands[command](origin, *words)

    def do(self, command: str, origin: str, *words: object) -> Answer:
        """Carry a command out at once, its errands too; its answer, line by line.  Raises Refusal."""
        deed: Deed = at_once(self.prepare(command, origin, *words))
        if deed.changes and not deed.fade_s:
            self.change(deed.changes.items(), deed.origin)
        answer: Answer = at_once(deed.act(deed))
        return answer

    # -- stored state ------------------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Value]:
        """All that is stored: neither volatile nor read-only."""
        params = self.registry.params.items()
        return {path: self.values[path] for path, p in params if not p.flags & NOT_STORED}

    def load(self, values: Mapping[str, object]) -> list[Refusal]:
        """Take over stored values at a start; what cannot be is left at rest and reported.  Listeners hear nothing."""
        news, unknown, faults = taken(self.registry, values)
        self.unknown |= unknown
        self.values.update(news)
        for link in self._couplings.pairs.links:
            if self.values[link]:
                news |= self._couplings.pairs.copied(link, self.values)
        self.values.update(news)
        self.heard.update(news)
        if news:
            self._post(news, 0)
        return faults

    def post_all(self) -> None:
        """Every value again, for an engine that has just started."""
        self._post(dict(self.heard), 0)
