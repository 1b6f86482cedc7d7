"""What the words of native OSC mean: each plans its part of a transaction (contract: native OSC)."""

import time
from collections import ChainMap
from collections.abc import Callable, Generator, Iterator
from difflib import get_close_matches
from importlib import metadata
from typing import Any

from controllers.access import Access, refusal
from controllers.osc import commands, meters
from controllers.osc.buttons import NAMED, pressed, word_of
from controllers.osc.client import LEASE_S, Client
from controllers.osc.plan import Matched, Plan, Steps, one
from controllers.osc.presence import iam
from controllers.osc.subscribing import Subscribing
from controllers.osc.subscription import Address
from studiod.desk.desk import Desk
from studiod.net.osc_codec import encode
from studiod.registry import spoken
from studiod.registry.alike import near_path
from studiod.registry.commands import SAID, TALK, WAYS
from studiod.registry.laws import short
from studiod.registry.nearest import PATH_MOST, nearer
from studiod.registry.param import told
from studiod.registry.pattern import is_pattern, shown
from studiod.registry.registry import Param, Refusal, Value

SLICE = 100  # paths
KEPT = 16  # patterns whose parameters are known from the last time
ALONE = frozenset(word for word, one in TALK.items() if not one.takes)  # words that take none
DESK_SAYS = frozenset(SAID)  # only a desk says this: nobody answers it


def _plain(path: str, text: str) -> float:
    """The number that a text means where there is no unit.  Raises Refusal."""
    try:
        found = spoken.number(text, "")
    except spoken.OtherUnit:
        found = None
    if found is None:
        remedy = spoken.POINT if spoken.has_comma(text) else "leave units out"
        raise Refusal(path[:80], "not a turn position", "a number from 0 to 1", told(text), remedy=remedy)
    return found


class Words:
    """The vocabulary, over one desk."""

    def __init__(
        self,
        desk: Desk,
        access: Access,
        own: Callable[[Address], bool],
        room: Callable[[Client], None] = lambda _: None,
    ) -> None:
        """own: whether an address is this port; room: makes room for one more subscription, or raises Refusal."""
        self.desk, self.access = desk, access
        self.params = desk.registry.params
        self._matched: dict[str, Matched] = {}
        self.subscribing = Subscribing(desk, self.match, own, room)
        self.words: dict[str, Callable[[Plan, list[Any]], Steps | None]] = {
            "subscribe": self.subscribing.subscribe, "subscribe/to": self.subscribing.subscribe_to,
            "unsubscribe": self.subscribing.unsubscribe,
            "iam": iam, "echo": self.echo, "ping": self.ping, "info": self.info, "status": self.status,
            "meters/subscribe": self.subscribing.meters,
            "meters/subscribe/to": self.subscribing.meters_to,
            "meters/unsubscribe": meters.unsubscribe,
            "meters/reset": lambda plan, _: meters.reset(self.desk, plan),
        }  # fmt: skip
        self.known = ChainMap[str, Any](self.words, desk.commands)
        self.leads: dict[str, Callable[[Plan, str, list[Any]], Steps]] = {lead: getattr(self, lead) for lead in WAYS}

    def desk_says(self, address: str, args: list[Any]) -> bool:
        """Whether only another desk can have said this."""
        path = address[1:]
        if path in DESK_SAYS:
            return True
        if path == "info":  # asked with at most one word, answered with several
            return len(args) > 1 and all(isinstance(arg, str) for arg in args)
        return path.removeprefix("turn/").startswith("meters/") and path not in self.words

    def needs(self, address: str, sets: bool) -> str:
        """The role that a message needs, its address known alone; "" when only another desk can have said it."""
        if self.desk_says(address, []):
            return ""
        path = address[1:]
        if path not in self.params:
            if word := word_of(path, self.known)[0]:
                return self.access.lacks_for("none", word)
            head, _, rest = path.partition("/")
            if head in self.leads:
                sets, path = sets or head != "turn", rest
        return self.access.lacks("none", path) if sets else "view"

    def is_command(self, address: str) -> bool:
        return address[1:] not in self.params and word_of(address[1:], self.known)[0] in self.desk.commands

    def plan(self, plan: Plan, address: str, args: list[Any]) -> Steps:
        """Add one message to a plan.  Raises Refusal."""
        path = address[1:]
        if path not in self.params:
            word, named = word_of(path, self.known)
            if word:
                yield from self._word(plan, word, named, args)
                return
            head, _, rest = path.partition("/")
            lead = self.leads.get(head)
            if lead is not None:
                yield from lead(plan, rest, args)
                return
        params = yield from self.match(path)
        if not args:
            plan.ask(path, False, len(params))
            return
        value = one(path, args)
        if isinstance(params, Matched) and plan.put_all(params, value):
            return
        for k, param in enumerate(params):
            plan.put(param, value, said=True)
            if k % SLICE == SLICE - 1:
                yield None

    def _word(self, plan: Plan, word: str, named: list[str], args: list[Any]) -> Steps:
        """named: those of its words that stood in the address."""
        role = plan.client.role
        if need := self.access.lacks_for(role, word):
            raise refusal(word, need, role)
        given = pressed(word, args, bool(named))
        if given is None:
            return
        if word not in self.words:
            yield from commands.plan_command(self.desk, plan, word, [*named, *given])
            return
        if given and word in ALONE:
            raise Refusal(word, "more words than it takes", "no words", told(given[0]))
        steps = self.words[word](plan, given)
        if steps is not None:
            yield from steps

    def match(self, path: str) -> Generator[None, Any, list[Param]]:
        """The parameters of a path or pattern, found in slices, which nobody may change.  Raises Refusal when there is
        none."""
        param = self.params.get(path)
        if param is not None:
            return [param]
        if path in self._matched:
            return self._matched[path]
        if not is_pattern(path):
            if (fault := self.desk.registry.elsewhere(path)) is not None:
                raise fault
            expected, remedy = "a path or a word of this console", "`studiod params` lists all paths"
            raise Refusal(shown(path), "no such path", expected, nearest=lambda: self._nearest(path), remedy=remedy)
        found = Matched()
        for step in self.desk.registry.matching(path):
            if step is None:
                yield None
            else:
                found.append(step)
        if not found:
            registry, remedy = self.desk.registry, "`studiod params` lists them all"
            raise Refusal(shown(path), "no path matches", nearest=lambda: registry.near(path), remedy=remedy)
        if len(self._matched) >= KEPT:
            self._matched.clear()
        self._matched[path] = found
        return found

    def _nearest(self, path: str) -> str:
        """The path, the pattern or the word that a mistaken one most likely means."""
        if path and self.desk.registry.match(f"{path[:PATH_MOST]}/*"):
            return f"{path[:PATH_MOST]}/*"
        parts = path[:PATH_MOST].split("/")
        words = list(self.known)
        for depth in range(1, min(len(parts), 3)):
            heads = [word for word in NAMED if word.count("/") == depth - 1]
            near = get_close_matches("/".join(parts[:depth]), heads, 1, 0.7)
            words += ["/".join([word, *parts[depth:]]) for word in near]
        words += [f"{lead}/{rest}" for lead in self.leads if (rest := "/".join(parts[1:])) in self.params]
        found = self.desk.registry.near(path)
        if is_pattern(found):
            return found
        word = nearer(path, found, words)
        return found if word == found else f"/{word}" if near_path(path, word) else ""

    def turn(self, plan: Plan, path: str, args: list[Any]) -> Steps:
        params = yield from self.match(path)
        if is_pattern(path):
            params = [param for param in params if param.kind != "text"]
        if not args:
            for param in params[:1]:
                param.to_turn(self.desk.get(param.path))
            plan.ask(path, True, len(params))
            return
        at = short(one(path, args))  # who sends 0.7 means 0.7, not the float32 beside it
        if isinstance(at, str):
            at = _plain(path, at)
        for k, param in enumerate(params):
            if isinstance(at, int | float) and not 0 <= at <= 1 and at == at:
                raise Refusal(param.path, "out of range", "a turn from 0 to 1", f"{at:g}", f"{min(max(at, 0), 1)}")
            plan.put(param, param.from_turn(at), said=True)
            if k % SLICE == SLICE - 1:
                yield None

    def _get(self, plan: Plan, param: Param) -> Value:
        return plan.now[param.path] if param.path in plan.now else self.desk.get(param.path)

    def toggle(self, plan: Plan, path: str, args: list[Any]) -> Steps:
        given = pressed("toggle", args)
        if given:
            raise Refusal(path[:80], "more words than a toggle takes", "none, or 1 for pressed", told(given[0]))
        if given is None:
            yield from self.match(path)  # refuses one that there is not
            return
        for param in (yield from self.match(path)):
            if param.kind != "switch":
                raise Refusal(param.path, "not a switch", "a switch", f"a {param.kind}", remedy="set it by value")
            plan.put(param, 1 - int(self._get(plan, param)))

    def by(self, plan: Plan, path: str, args: list[Any]) -> Steps:
        given = short(one(path, args))
        for param in (yield from self.match(path)):
            delta = param.number_of(given) if isinstance(given, str) else given
            if isinstance(delta, bool) or not isinstance(delta, int | float) or not abs(delta) < 1e30:
                raise Refusal(path[:80], "not a step", "a finite number to add", told(given))
            now = self._get(plan, param)
            if param.kind == "number":
                value: Value = min(max(float(short(now)) + delta, param.low), param.high)
            elif param.kind == "switch":
                value = int(min(max(int(now) + delta, 0), 1) >= 0.5)
            elif param.items:
                value = param.items[round(min(max(param.items.index(str(now)) + delta, 0), len(param.items) - 1))]
            else:
                raise Refusal(param.path, "text has no steps", remedy="set it by value")
            plan.put(param, value)

    def touch(self, plan: Plan, path: str, args: list[Any]) -> Steps:
        param, down = self.desk.registry.find(path), one(path, args)
        if isinstance(down, str | bytes | list) or down not in (0, 1):
            raise Refusal(param.path, "not a finger", "1 for down or 0 for up", ascii(down)[:60])
        self.access.check(plan.client.role, param.path)
        plan.do(lambda: plan.client.presence.touch(param.path, bool(down), time.monotonic() + LEASE_S))
        yield None

    def hold(self, plan: Plan, path: str, args: list[Any]) -> Steps:
        param = self.desk.registry.find(path)
        plan.hold(param, one(path, args))
        plan.do(lambda: plan.client.presence.hold(param.path, time.monotonic() + LEASE_S, plan.origin))
        yield None

    # -- small talk ------------------------------------------------------------------------------------------------

    def echo(self, plan: Plan, args: list[Any]) -> None:
        on = one("echo", args)
        if isinstance(on, str | bytes | list) or on not in (0, 1):
            raise Refusal("echo", "not a switch position", "0 or 1", ascii(on)[:60])
        plan.do(lambda: setattr(plan.client.hand, "own", bool(on)))

    def ping(self, plan: Plan, args: list[Any]) -> None:
        told = [value for value in args if isinstance(value, bool | int | float | str)]
        plan.do(lambda: plan.client.reply(encode("/pong", *told)))

    def info(self, plan: Plan, args: list[Any]) -> None:
        try:
            version = metadata.version("studiod")
        except metadata.PackageNotFoundError:
            version = "0"
        pairs = {"name": "studiod", "version": version}
        console = self.desk.registry.console
        for name in getattr(type(console), "__dataclass_fields__", ()):
            pairs[name] = str(getattr(console, name))
        flat = [text for pair in pairs.items() for text in pair]
        plan.do(lambda: plan.client.reply(encode("/info", *flat)))

    def status(self, plan: Plan, args: list[Any]) -> None:
        def told() -> Iterator[bytes]:
            for name, value in self.desk.status().items():
                yield encode(f"/status/{name}", value)

        plan.do(lambda: plan.client.stream("status", told()))
