"""Who changed what: everybody's own steps to undo and redo, and a log of the last changes of all.

A step is a gesture: what one transaction changed, and what the same sender goes on changing of the same paths within
half a second, or under the same touch; each press of a switch is one.  Only what still stands as it was set is taken
back.  Who a sender is, whatever port or wire it used this time, says studiod/desk/identity.py.  Listens to the desk.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from studiod.desk.arguments import Words, nearest
from studiod.desk.command import Answer, Deed, in_order
from studiod.desk.desk import Desk
from studiod.desk.identity import author
from studiod.desk.rules import FOLLOWS
from studiod.registry.param import Value, told
from studiod.texts import plain

GESTURE_NS = 500_000_000
STEPS = 1000  # a sender
SENDERS = 256
VALUES = 400_000  # in all steps of all senders: about 80 MB
LOG = 1000
GESTURES_MAX = 20  # of one question
WHO_MAX = 160  # characters of who did it, which may hold the name of a scene
BACK = ("undo", "redo")


@dataclass(slots=True, eq=False)
class Step:
    """One gesture, or what of it can be done again."""

    voice: str  # its origin, with the identity in it
    before: dict[str, Value]
    after: dict[str, Value]
    last_ns: int
    touch: int = 0
    line: "Line | None" = None  # of the log

    @property
    def what(self) -> str:
        """The command that it was, such as "recall Verse"; "" where values were set."""
        return plain(self.voice.removeprefix(FOLLOWS).rpartition(" for ")[0], WHO_MAX)


@dataclass(slots=True)
class Line:
    """One gesture in the log."""

    unix_s: float
    who: str
    path: str  # the first that changed
    before: Value
    after: Value
    count: int


@dataclass(slots=True)
class Sender:
    """The steps of one identity."""

    host: str = ""
    done: deque[Step] = field(default_factory=deque)
    undone: list[Step] = field(default_factory=list)


class History:
    """Over one desk; made when the desk has its first values."""

    def __init__(self, desk: Desk, wall: Callable[[], float] = time.time) -> None:
        self.desk, self.wall = desk, wall
        self.senders: dict[str, Sender] = {}  # by identity; the one that changed something last is the last
        self.log: deque[Line] = deque(maxlen=LOG)
        self._kept = {path for path, param in desk.registry.params.items() if "volatile" not in param.flags}
        self._switches = {path for path, param in desk.registry.params.items() if param.kind == "switch"}
        self._values = 0
        desk.listen_beneath(self._hear)
        desk.commands |= {"undo": self.undo, "redo": self.redo, "gestures": self.gestures, "log": self.tell}

    # -- what happens ------------------------------------------------------------------------------------------------

    def _hear(self, origin: str, news: dict[str, Value]) -> None:
        after = dict(news) if self._kept.issuperset(news) else {path: news[path] for path in news if path in self._kept}
        before = dict(zip(after, map(self.desk.beneath.was.__getitem__, after), strict=True))
        if not before:
            return
        word, _, rest = origin.removeprefix(FOLLOWS).partition(" for ")
        if word in BACK and rest:
            self._note(origin, self._as_done(word, rest, before), after)
            return
        who, way = self.desk.identities.of(origin), author(origin)
        sender = self.senders.pop(who.id, None) or Sender(who.host)
        self.senders[who.id] = sender
        now_ns = self.desk.clock()
        touch = self.desk.latest_touch(before, way)
        voice = origin[: len(origin) - len(way)] + who.id
        step = self._open(sender, voice, before, now_ns, touch)
        if step is not None and self._turns_back(step, voice, after):
            step = None  # each press of a switch is a step
        if step is None:
            step = Step(voice, before, after, now_ns, touch)
            self._forget_undone(sender)
            sender.done.append(step)
            self._values += len(before)
            step.line = self._note(origin, before, after)
        else:
            self._values -= len(step.before)
            step.before = before | step.before
            self._values += len(step.before)
            step.after |= after
            step.last_ns, step.touch = now_ns, touch or step.touch
            if step.line is not None:
                step.line.after, step.line.count = step.after[step.line.path], len(step.after)
        self._bound(sender)

    def _open(self, sender: Sender, voice: str, before: dict[str, Value], now_ns: int, touch: int) -> Step | None:
        """The step that these changes go on with; None when they begin a new one."""
        if voice.startswith(FOLLOWS) and sender.done and sender.done[-1].voice == voice.removeprefix(FOLLOWS):
            return sender.done[-1]  # of the same transaction
        whole = " for " in voice  # a fade: all that it changes is one step
        (path,) = before if len(before) == 1 else ("",)  # mostly it is one
        for step in reversed(sender.done):
            if step.voice == voice and (whole or (path in step.after if path else before.keys() <= step.after.keys())):
                lasts = now_ns - step.last_ns <= GESTURE_NS or (touch != 0 and touch == step.touch)
                stands = all(step.after.get(path, value) == value for path, value in before.items())
                return step if lasts and stands else None
            if whole:
                continue  # what else its sender does meanwhile is no end of a fade
            if now_ns - step.last_ns > GESTURE_NS and not touch:
                return None
            if path in step.after if path else not before.keys().isdisjoint(step.after):
                return None
        return None

    def _turns_back(self, step: Step, voice: str, after: dict[str, Value]) -> bool:
        """Whether a switch goes back to where a step found it, by a hand: not by a fade, nor by what follows a hand."""
        if " for " in voice or voice.startswith(FOLLOWS) or self._switches.isdisjoint(after):
            return False
        return any(step.before.get(path) == value for path, value in after.items() if path in self._switches)

    def _as_done(self, word: str, origin: str, before: dict[str, Value]) -> dict[str, Value]:
        """What an undo or a redo changed, in the order in which the step changed it: the log names the same path first
        as the step did."""
        sender = self.senders.get(self.desk.identities.of(origin).id)
        pile = sender and (sender.done if word == "undo" else sender.undone)
        return {path: before[path] for path in pile[-1].after if path in before} | before if pile else before

    def _who(self, origin: str) -> str:
        """As people read it."""
        return origin[: len(origin) - len(author(origin))] + str(self.desk.identities.of(origin))

    def _note(self, origin: str, before: dict[str, Value], after: dict[str, Value]) -> Line:
        path = next(iter(before))
        line = Line(self.wall(), self._who(origin), path, before[path], after[path], len(before))
        self.log.append(line)
        return line

    def _forget_undone(self, sender: Sender) -> None:
        self._values -= sum(len(step.before) for step in sender.undone)
        sender.undone.clear()

    def _bound(self, sender: Sender) -> None:
        while len(sender.done) > STEPS:
            self._values -= len(sender.done.popleft().before)
        while len(self.senders) > SENDERS:
            self._leave(self._crowded())
        while self._values > VALUES and len(self.senders) > 1:
            self._leave(next(iter(self.senders)))
        while self._values > VALUES and len(sender.done) > 1:
            self._values -= len(sender.done.popleft().before)

    def _crowded(self) -> str:
        """Of the host that has most senders the one that was silent for longest."""
        count = Counter(sender.host for sender in self.senders.values())
        most = max(count.values())
        return next(who for who, sender in self.senders.items() if count[sender.host] == most)

    def _leave(self, who: str) -> None:
        gone = self.senders.pop(who)
        self._values -= sum(len(step.before) for step in [*gone.done, *gone.undone])

    # -- back and forth ----------------------------------------------------------------------------------------------

    def undo(self, origin: str, *given: object) -> Deed:
        """The sender's last step back: what of it still stands as it was set."""
        Words.of("undo", given).end()
        sender = self.senders.get(self.desk.identities.of(origin).id)
        if sender is None or not sender.done:
            raise Words("undo", "", ()).refuse("nothing of yours to undo")
        step = sender.done[-1]
        return self._turned("undo", origin, step, step.after, step.before, sender.done, sender.undone)

    def redo(self, origin: str, *given: object) -> Deed:
        """The step that was undone last, again: what of it still stands as the undo left it."""
        Words.of("redo", given).end()
        sender = self.senders.get(self.desk.identities.of(origin).id)
        if sender is None or not sender.undone:
            raise Words("redo", "", ()).refuse("nothing of yours to redo")
        step = sender.undone[-1]
        return self._turned("redo", origin, step, step.before, step.after, sender.undone, sender.done)

    def _turned(
        self, word: str, origin: str, step: Step, stands: dict[str, Value], goals: dict[str, Value],
        out: "deque[Step] | list[Step]", into: "deque[Step] | list[Step]",
    ) -> Deed:  # fmt: skip
        values = self.desk.values
        back = self._back(stands)
        if not back:
            self._take(step, out)
            path, held = next(iter(stands.items()))
            reason = f"{path} was changed since you left it at {told(held)}"
            remedy = f"nothing changed; /{word} again goes on with the step before"
            raise Words(word, "", ()).refuse(reason, values[path], remedy=remedy)

        def act(deed: Deed) -> Answer:
            before = {path: step.before[path] for path in back if path in deed.changes}
            if before and self._take(step, out):  # a step that may not be done stays as it is
                after = {path: step.after[path] for path in before}
                into.append(Step(step.voice, before, after, 0))
                self._values += len(before)
            return [(word, next(iter(back)), len(deed.changes), deed.left, step.what)]

        left = len(stands) - len(back)
        return Deed(f"{word} for {origin}", in_order({path: goals[path] for path in back}), act, left=left)

    def _back(self, stands: dict[str, Value]) -> list[str]:
        """The paths of a step that still stand as it left them."""
        return [path for path, value in stands.items() if self.desk.values[path] == value]

    def gestures(self, origin: str, *given: object) -> Deed:
        """What the next undos or redos would do, the first one first."""
        words = Words.of("gestures", given)
        which = words.text("which")
        if which not in BACK:
            raise words.refuse("neither undo nor redo", which, nearest(which, BACK))
        most = round(words.number("how many", 1, GESTURES_MAX, "", 1))
        words.end()
        sender = self.senders.get(self.desk.identities.of(origin).id) or Sender()
        return Deed(origin, {}, lambda _: self._steps(which, sender, most))

    def _steps(self, which: str, sender: Sender, most: int) -> Iterator[tuple[Value, ...]]:
        """Each: its first path, from, to, how many paths would change, how many were changed by others since, and which
        command it was."""
        pile = [*islice(reversed(sender.done if which == "undo" else sender.undone), most)]
        for step in pile:
            stands, goals = (step.after, step.before) if which == "undo" else (step.before, step.after)
            back = self._back(stands)
            path = next(iter(back or stands))
            yield "gestures", which, path, stands[path], goals[path], len(back), len(stands) - len(back), step.what
        yield "gestures/end", which, len(pile)

    def _take(self, step: Step, out: "deque[Step] | list[Step]") -> bool:
        """Off the top of the pile, if it is still there."""
        if not out or out[-1] is not step:
            return False
        out.pop()
        self._values -= len(step.before)
        return True

    # -- the log -----------------------------------------------------------------------------------------------------

    def tell(self, origin: str, *given: object) -> Deed:
        """The last gestures, the oldest first."""
        words = Words.of("log", given)
        most = round(words.number("how many", 1, LOG, "", 20))
        words.end()
        return Deed(origin, {}, lambda _: self._lines(most))

    def _lines(self, most: int) -> Iterator[tuple[Value, ...]]:
        lines = list(self.log)[-most:]
        for line in lines:
            when = datetime.fromtimestamp(line.unix_s).strftime("%Y-%m-%dT%H:%M:%S")
            who = plain(line.who, WHO_MAX)
            yield "log", when, who, line.path, line.before, line.after, line.count
        yield "log/end", len(lines)
