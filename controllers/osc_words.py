"""What the words of native OSC mean: each plans its part of a transaction (contract: native OSC)."""

import ipaddress
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from typing import Any

from controllers import osc_deeds, osc_meters
from controllers.osc_client import LEASE_S, Address, Client, Subscription, message
from controllers.osc_codec import encode
from controllers.osc_plan import Plan, one
from controllers.osc_rights import needed
from studiod.desk import Desk
from studiod.laws import short
from studiod.params import Param, Refusal, Value

SUBS_MAX = 32  # a client
WILD = frozenset("*?[{")


def is_pattern(path: str) -> bool:
    return path.startswith("/") or "//" in path or not WILD.isdisjoint(path)


class Words:
    """The vocabulary, over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.params = desk.registry.params
        self.paths: dict[str, frozenset[str]] = {}  # by pattern
        self.words: dict[str, Callable[[Plan, list[Any]], None]] = {
            "subscribe": self.subscribe, "subscribe/to": self.subscribe_to, "unsubscribe": self.unsubscribe,
            "echo": self.echo, "ping": self.ping, "info": self.info, "status": self.status,
            "meters/subscribe": lambda plan, args: osc_meters.subscribe(self.desk, plan, args, plan.client.address),
            "meters/subscribe/to": self.meters_to,
            "meters/unsubscribe": osc_meters.unsubscribe,
            "meters/reset": lambda plan, _: osc_meters.reset(self.desk, plan),
        }  # fmt: skip
        for word in osc_deeds.WORDS:
            self.words[word] = partial(self.deed, word)
        self.leads: dict[str, Callable[[Plan, str, list[Any]], None]] = {
            "turn": self.turn, "toggle": self.toggle, "by": self.by, "touch": self.touch, "hold": self.hold,
        }  # fmt: skip

    def plan(self, plan: Plan, address: str, args: list[Any]) -> None:
        """Add one message to a plan.  Raises Refusal."""
        path = address[1:]
        if path not in self.params:
            word = self.words.get(path)
            if word is not None:
                return word(plan, args)
            head, _, rest = path.partition("/")
            lead = self.leads.get(head)
            if lead is not None:
                return lead(plan, rest, args)
        params = self.match(path)
        if not args:
            plan.asks += [(param, False) for param in params]
        else:
            value = one(path, args)
            for param in params:
                plan.put(self.desk, param, value)

    def match(self, path: str) -> list[Param]:
        param = self.params.get(path)
        if param is not None:
            return [param]
        if not is_pattern(path):
            return [self.desk.registry.find(path)]
        found = self.desk.registry.match(path)
        if not found:
            raise Refusal(path[:80], "no path matches", remedy="`studiod params` lists them all")
        return found

    def deed(self, word: str, plan: Plan, args: list[Any]) -> None:
        osc_deeds.plan_deed(self.desk, plan, word, args)

    def turn(self, plan: Plan, path: str, args: list[Any]) -> None:
        params = self.match(path)
        if is_pattern(path):
            params = [param for param in params if param.kind != "text"]
        for param in params:
            if not args:
                param.to_turn(self.desk.get(param.path))
                plan.asks.append((param, True))
                continue
            at = short(one(path, args))  # who sends 0.7 means 0.7, not the float32 beside it
            if isinstance(at, int | float) and not 0 <= at <= 1 and at == at:
                raise Refusal(param.path, "out of range", "a turn from 0 to 1", f"{at:g}", f"{min(max(at, 0), 1)}")
            plan.put(self.desk, param, param.from_turn(at))

    def _get(self, plan: Plan, param: Param) -> Value:
        return plan.now[param.path] if param.path in plan.now else self.desk.get(param.path)

    def toggle(self, plan: Plan, path: str, args: list[Any]) -> None:
        for param in self.match(path):
            if param.kind != "switch":
                raise Refusal(param.path, "not a switch", "a switch", f"a {param.kind}", remedy="set it by value")
            plan.put(self.desk, param, 1 - int(self._get(plan, param)))

    def by(self, plan: Plan, path: str, args: list[Any]) -> None:
        delta = short(one(path, args))
        if isinstance(delta, bool) or not isinstance(delta, int | float) or not abs(delta) < 1e30:
            raise Refusal(path[:80], "not a step", "a finite number to add", ascii(delta)[:60])
        for param in self.match(path):
            now = self._get(plan, param)
            if param.kind == "number":
                value: Value = min(max(float(short(now)) + delta, param.low), param.high)
            elif param.kind == "switch":
                value = int(min(max(int(now) + delta, 0), 1) >= 0.5)
            elif param.items:
                value = param.items[round(min(max(param.items.index(str(now)) + delta, 0), len(param.items) - 1))]
            else:
                raise Refusal(param.path, "text has no steps", remedy="set it by value")
            plan.put(self.desk, param, value)

    def touch(self, plan: Plan, path: str, args: list[Any]) -> None:
        param, down = self.desk.registry.find(path), one(path, args)
        if isinstance(down, str | bytes | list) or down not in (0, 1):
            raise Refusal(param.path, "not a finger", "1 for down or 0 for up", ascii(down)[:60])
        if plan.client.role != "admin" and (need := needed(plan.client.role, path, self.desk)):
            raise Refusal(path, f"needs the role {need}", got=f"the role {plan.client.role}")
        plan.deeds.append(lambda: plan.client.touch(self.desk, param.path, bool(down), time.monotonic()))

    def hold(self, plan: Plan, path: str, args: list[Any]) -> None:
        param = self.desk.registry.find(path)
        held = plan.client.holds.get(path)
        before = held[0] if held else self._get(plan, param)
        plan.put(self.desk, param, one(path, args))
        value = plan.now[path]

        def deed() -> None:
            if value == before:
                plan.client.holds.pop(path, None)  # let go by hand
            else:
                plan.client.holds[path] = (before, value, time.monotonic() + LEASE_S)

        plan.deeds.append(deed)

    # -- subscriptions ---------------------------------------------------------------------------------------------

    def subscribe(self, plan: Plan, args: list[Any]) -> None:
        self._subscribe(plan, args, plan.client.address)

    def subscribe_to(self, plan: Plan, args: list[Any]) -> None:
        self._subscribe(plan, args[1:], self._place("subscribe/to", plan, args))

    def meters_to(self, plan: Plan, args: list[Any]) -> None:
        osc_meters.subscribe(self.desk, plan, args[1:], self._place("meters/subscribe/to", plan, args))

    def _place(self, word: str, plan: Plan, args: list[Any]) -> Address:
        """The host:port that a word begins with.  Raises Refusal."""
        host, _, port = str(args[0] if args else "").rpartition(":")
        host = plan.client.address[0] if host == "localhost" else host
        try:
            ipaddress.ip_address(host)
            to = (host, int(port))
            if not 0 < to[1] < 65536:
                raise ValueError
        except ValueError:
            got = ascii(args[0] if args else "")[:60]
            raise Refusal(word, "not an address", "host:port, the host as a number", got) from None
        if plan.client.role != "admin" and host != plan.client.address[0]:
            raise Refusal(word, "only to the sender's own host", plan.client.address[0], host)
        return to

    def _subscribe(self, plan: Plan, args: list[Any], to: Address) -> None:
        if not args or not isinstance(args[0], str) or not args[0].startswith("/"):
            raise Refusal("subscribe", "no pattern", 'a pattern that starts with "/", [lease s, [max Hz]]')
        pattern, numbers = args[0], [*args[1:3], *(30.0, 50.0)[len(args[1:3]) :]]
        for number, low, high, unit in zip(numbers, (0.1, 1.0), (86400.0, 1000.0), ("s", "Hz"), strict=True):
            if isinstance(number, bool) or not isinstance(number, int | float) or not low <= number <= high:
                expected = f"a number from {low:g} to {high:g} {unit}"
                raise Refusal("subscribe", "out of range", expected, ascii(number)[:60])
        key = (to, pattern)
        if key not in plan.client.subs and len(plan.client.subs) >= SUBS_MAX:
            raise Refusal("subscribe", f"more than {SUBS_MAX} subscriptions", remedy="/unsubscribe some")
        self.reach(pattern)
        plan.deeds.append(lambda: self.follow(plan.client, to, pattern, *numbers))

    def reach(self, pattern: str) -> tuple[frozenset[str], bool]:
        """The paths of a pattern, and whether positions are wanted.  Raises Refusal."""
        turn = pattern.startswith("/turn/")
        path = pattern[6:] if turn else pattern[1:]
        if path not in self.paths:
            if len(self.paths) >= 256:
                self.paths.clear()
            self.paths[path] = frozenset(param.path for param in self.match(path))
        return self.paths[path], turn

    def follow(self, client: Client, to: Address, pattern: str, lease_s: float, hz: float) -> None:
        """Start or renew a subscription; either way the snapshot goes out."""
        paths, turn = self.reach(pattern)
        sub = client.subs.get((to, pattern))
        if sub is None:
            sub = Subscription(client, to, pattern, paths, turn, self.desk)
            client.subs[to, pattern] = sub
        sub.hz, sub.ends_s = float(hz), time.monotonic() + lease_s
        order = [param for param in self.match(pattern[6 if turn else 1 :]) if not (turn and param.kind == "text")]

        def snapshot() -> Iterator[bytes]:
            for param in order:
                yield message(param, self.desk.get(param.path), turn)
            yield encode("/snapshot/end", pattern, len(order))

        client.stream(("sub", (to, pattern)), snapshot(), to)

    def unsubscribe(self, plan: Plan, args: list[Any]) -> None:
        client = plan.client
        wanted = str(args[0]) if args else None

        def deed() -> None:
            for key in [key for key in client.subs if wanted in (None, key[1])]:
                client.drop(key)
            if wanted is None:
                client.mute()

        plan.deeds.append(deed)

    # -- small talk ------------------------------------------------------------------------------------------------

    def echo(self, plan: Plan, args: list[Any]) -> None:
        on = one("echo", args)
        if isinstance(on, str | bytes | list) or on not in (0, 1):
            raise Refusal("echo", "not a switch position", "0 or 1", ascii(on)[:60])
        plan.deeds.append(lambda: setattr(plan.client.hand, "own", bool(on)))

    def ping(self, plan: Plan, args: list[Any]) -> None:
        told = [value for value in args if isinstance(value, bool | int | float | str)]
        plan.deeds.append(lambda: plan.client.reply(encode("/pong", *told)))

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
        plan.deeds.append(lambda: plan.client.reply(encode("/info", *flat)))

    def status(self, plan: Plan, args: list[Any]) -> None:
        def told() -> Iterator[bytes]:
            for name, value in self.desk.status().items():
                yield encode(f"/status/{name}", value)

        def deed() -> None:
            plan.client.stream("status", told())

        plan.deeds.append(deed)
