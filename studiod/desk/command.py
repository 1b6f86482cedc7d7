"""What a command of the library or the history comes to: changes that are one transaction, and what else it does.

A command is prepared first, which refuses or changes nothing; a controller then makes the changes, with others of its
packet if it has some, and acts.  So all of a packet happens, or none of it.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from studiod.registry.commands import DESK
from studiod.registry.param import Value

Answer = Iterable[tuple[Value, ...]]  # lines, each an address without its "/" and values


@dataclass
class Deed:
    """One command, prepared.  A controller may take changes out that its peer has no right to, and counts them."""

    origin: str  # "recall Verse for osc:…": the asker hears of these changes like everyone else
    changes: dict[str, Value]
    act: Callable[["Deed"], "Answer | Errand | Slices"]
    fade_s: float = 0.0  # more than 0: act makes the changes, in its own time
    left: int = 0  # how many were left out so far
    wanted: dict[str, Value] = field(default_factory=dict)  # its changes, and what stands so already; accepted
    asked: tuple[str, ...] = ()  # paths beside its changes that were asked for: they need their rights too
    moved: int = -1  # Desk.moved when its changes were found; -1: not told
    aim: str = ""  # what a refusal for want of rights names, where nobody has said its paths: "/mix/copy into bus/2"


@dataclass(frozen=True, slots=True)
class Errand:
    """A part of a command that waits for a disk, or counts for long: whoever carries the command out does `work` on a
    thread of its own, then goes on with what it found on the desk's loop.  Both may raise Refusal.

    `then` gives what comes next: a deed while the command is prepared, its answer while it is done, or one more errand.
    """

    work: Callable[[], Any]
    then: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Slices:
    """A part of a command that takes longer than a slice of the loop: `steps` yields wherever others may go on, and
    returns what comes next, as `Errand.then` does.  May raise Refusal.

    What others change meanwhile stands before the command, which is the later one: it looks at the desk once more when
    its changes are made (Deed.wanted).
    """

    steps: Generator[None, None, Any]


def at_once(step: Any) -> Any:
    """What errands and slices come to, run here and now: for callers that may wait.  Raises Refusal."""
    while True:
        if isinstance(step, Errand):
            step = step.then(step.work())
        elif isinstance(step, Slices):
            step = whole(step)
        else:
            return step


def by_turns(step: Any) -> Generator[Any, Any, Any]:
    """What errands and slices come to, for a job of a controller: the work of an errand is yielded, and what it found
    comes back; between slices others go on (controllers/turns.py).  Raises Refusal."""
    while True:
        if isinstance(step, Errand):
            step = step.then((yield step.work))
        elif isinstance(step, Slices):
            step = yield from step.steps
        else:
            return step


def whole(slices: Slices) -> Any:
    """What they come to, in one go.  Raises Refusal."""
    while True:
        try:
            next(slices.steps)
        except StopIteration as end:
            return end.value


class Command(Protocol):
    """Prepares a deed.  Raises Refusal."""

    def __call__(self, origin: str, *words: object) -> Deed | Errand | Slices: ...


class Commands(dict[str, Command]):
    """What a desk can be told to do, by name.  Raises ValueError on a second command of one name, and on one that is
    not declared (studiod/registry/commands.py)."""

    def __setitem__(self, name: str, command: Command) -> None:
        if name in self:
            raise ValueError(f"two commands are called {name}")
        if name not in DESK:
            raise ValueError(f"the command {name} is not declared in studiod/registry/commands.py")
        super().__setitem__(name, command)

    def __ior__(self, more: Mapping[str, Command]) -> Self:  # type: ignore[override,misc]
        for name, command in more.items():
            self[name] = command
        return self

    def whole(self) -> None:
        """Raises ValueError where a command is declared that nobody has registered."""
        if missing := ", ".join(DESK.keys() - self.keys()):
            raise ValueError(f"declared in studiod/registry/commands.py, and on no desk: {missing}")


def in_order(changes: dict[str, Value]) -> dict[str, Value]:
    """The order in which many values are set at once: links first, for they copy odd to even; then from the last
    strip to the first, so that the odd strip of a pair has the last word."""
    links = {path: value for path, value in changes.items() if path.endswith("/link")}
    return links | {path: value for path, value in reversed(changes.items()) if path not in links}


def differing(wanted: Mapping[str, Value], values: Mapping[str, Value]) -> dict[str, Value]:
    """Those of many that do not stand so already."""
    return {path: value for path, value in wanted.items() if value != values[path]}


def counted(*words: Value) -> Callable[[Deed], Answer]:
    """The answer of a deed that only changes: its words, how many values changed, how many were left out."""
    return lambda deed: [(*words, len(deed.changes), deed.left)]
