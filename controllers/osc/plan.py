"""What one packet of OSC wants: changes, questions and deeds.

Nothing is done until every message of the packet has been planned and the desk has accepted all changes.  Planning is
done in slices: whatever takes longer yields, and others go on (controllers/turns.py).
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any

from controllers.access import Access
from controllers.osc.client import Client
from studiod.desk.accepted import Accepted
from studiod.desk.command import Deed
from studiod.registry.registry import Param, Refusal, Value

Steps = Generator[Callable[[], Any] | None, Any, None]


@dataclass(frozen=True, slots=True)
class Recall:
    """A command with values that a desk is to have, whatever it has by then: where they stand among the changes of its
    plan, what these had come to before it, and how often the desk had changed (Desk.moved)."""

    deed: Deed
    first: int
    count: int
    now: dict[str, Value]
    moved: int
    origin: str  # of the plan, before it


class Matched(list[Param]):
    """The parameters of one pattern; nobody changes it."""

    @cached_property
    def alike(self) -> tuple[str, ...]:
        """Their paths, where all take the same values; () where they do not."""
        return tuple(one.path for one in self) if len({one.takes for one in self}) == 1 else ()


@dataclass
class Plan:
    """What one packet wants.  Raises Refusal beyond `most` paths: nothing stalls the desk."""

    client: Client
    access: Access
    most: int = 10_000
    changes: Accepted = field(default_factory=Accepted)
    held: Accepted = field(default_factory=Accepted)  # layers over the values
    asks: list[tuple[str, bool, int]] = field(default_factory=list)  # pattern, turn, how many paths it has
    deeds: list[Callable[[], Steps]] = field(default_factory=list)
    now: dict[str, Value] = field(default_factory=dict)  # values within the plan
    recalls: list[Recall] = field(default_factory=list)
    said: set[str] = field(default_factory=set)  # paths that the peer gave a value, as a mirror would
    later: bool = False  # its bundle has a time: what stands now may not stand then
    me: str = ""  # the sender's origin, which it may say in the packet (/iam)
    origin: str = ""  # whose change it is; a command's own, so that its sender hears of it
    asked: int = 0  # paths
    faded: int = 0  # values that its commands change in their own time
    tally: list[int] = field(default_factory=lambda: [0])  # paths of all plans of the packet
    counted: int = 0  # of these, its own

    def __post_init__(self) -> None:
        self.me = self.origin = self.client.origin

    @property
    def size(self) -> int:
        """How many values wait with it, when it waits for its time."""
        return len(self.changes) + len(self.held) + len(self.asks) + len(self.deeds)

    def put(self, param: Param, value: object, said: bool = False) -> None:
        path = param.path
        if self.client.role != "admin":
            self.access.check(self.client.role, path)
        self.now[path] = accepted = param.accept(value)
        self.changes.append((path, accepted))
        if said:
            self.said.add(path)
        self.bound(path)

    def put_all(self, params: Matched, value: object) -> bool:
        """One value for many that take alike; False: nothing is done, put them one by one.  Raises Refusal."""
        paths = params.alike
        if not paths or self.client.role != "admin" or self.tally[0] + len(paths) > self.most:
            return False
        accepted = params[0].accept(value)
        self.now.update(dict.fromkeys(paths, accepted))
        self.changes.extend(zip(paths, repeat(accepted), strict=False))
        self.said.update(paths)
        self.bound(paths[-1])
        return True

    def hold(self, param: Param, value: object) -> None:
        self.access.check(self.client.role, param.path)
        self.held.append((param.path, param.accept(value)))
        self.bound(param.path)

    def ask(self, pattern: str, turn: bool, count: int) -> None:
        self.asks.append((pattern, turn, count))
        self.asked += count
        self.bound(pattern)

    def bound(self, path: str) -> None:
        mine = len(self.changes) + len(self.held) + self.asked + self.faded
        self.tally[0] += mine - self.counted
        self.counted = mine
        if self.tally[0] > self.most:
            raise Refusal(path[:80], "too much at once", f"at most {self.most} paths a packet", remedy="send less")

    def do(self, deed: Callable[[], None]) -> None:
        """Something to do at once when the changes stand."""

        def steps() -> Steps:
            deed()
            yield None

        self.deeds.append(steps)


def one(path: str, args: list[Any]) -> Any:
    """The one value of a message.  Raises Refusal."""
    if len(args) != 1 or isinstance(args[0], list):
        raise Refusal(path[:80], "not one value", "exactly one value", f"{len(args)} values")
    return args[0]
