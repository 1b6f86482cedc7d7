"""The words of native OSC by which a client asks to be told: subscriptions and meters, to itself or to its own host."""

import time
from collections.abc import Callable, Generator
from typing import Any

from controllers.osc import meters
from controllers.osc.client import LEASE_S, Client
from controllers.osc.feed import Feeds
from controllers.osc.meter_feed import MeterFeeds
from controllers.osc.plan import Plan, Steps
from controllers.osc.subscription import Address, Subscription
from studiod.desk.desk import Desk
from studiod.net.host_port import EXPECTED, joined, numeric, split
from studiod.registry.param import told
from studiod.registry.recent import Recent
from studiod.registry.registry import Param, Refusal

SUBS_MAX = 32  # a client
MOST_HZ = 50.0  # rest


class Subscribing:
    """Over one desk.  match finds the parameters of a pattern in slices."""

    def __init__(
        self,
        desk: Desk,
        match: Callable[[str], Generator[None, Any, list[Param]]],
        own: Callable[[Address], bool],
        room: Callable[[Client], None],
    ) -> None:
        self.desk, self.match, self.own, self.room = desk, match, own, room
        self.feeds, self.meter_feeds = Feeds(desk), MeterFeeds(desk)
        self._paths: Recent[str, tuple[list[Param], frozenset[str]]] = Recent(64, 100_000)  # what subscriptions share

    def subscribe(self, plan: Plan, args: list[Any]) -> Steps:
        """To the sender's own port."""
        yield from self._subscribe(plan, args, plan.client.address)

    def subscribe_to(self, plan: Plan, args: list[Any]) -> Steps:
        """To another port of its host."""
        yield from self._subscribe(plan, args[1:], self._place("subscribe/to", plan.client, args))

    def meters(self, plan: Plan, args: list[Any]) -> None:
        """Meters to the sender's own port."""
        meters.subscribe(self.meter_feeds, plan, args, plan.client.address)

    def meters_to(self, plan: Plan, args: list[Any]) -> None:
        """Meters to another port of its host."""
        meters.subscribe(self.meter_feeds, plan, args[1:], self._place("meters/subscribe/to", plan.client, args))

    def _place(self, word: str, client: Client, args: list[Any]) -> Address:
        """The host:port that a word begins with: only the sender's own host, whoever it is, for senders can be forged.

        Raises Refusal.
        """
        given = args[0] if args else ""
        try:
            host, port = split(str(given))
        except ValueError:
            raise Refusal(word, "not an address", EXPECTED, told(given)) from None
        mine = numeric(client.host)
        named = mine if host == "localhost" else numeric(host)
        if named is None:
            raise Refusal(word, "not an address", "the host as a number", told(given))
        to = (client.host, port)
        if named != mine:
            remedy = "name other hosts in the settings: [[osc.client]]"
            raise Refusal(word, "only to the sender's own host", client.host, host[:60], remedy=remedy)
        if self.own(to):
            raise Refusal(word, "that is this desk's own port", "the port that an app listens on", joined(host, port))
        return to

    def _subscribe(self, plan: Plan, args: list[Any], to: Address) -> Steps:
        if not args or not isinstance(args[0], str) or not args[0].startswith("/"):
            raise Refusal("subscribe", "no pattern", 'a pattern that starts with "/", [lease s, [max Hz]]')
        pattern, numbers = args[0], [*args[1:3], *(LEASE_S, MOST_HZ)[len(args[1:3]) :]]
        for number, low, high, unit in zip(numbers, (0.1, 1.0), (86400.0, 1000.0), ("s", "Hz"), strict=True):
            if isinstance(number, bool) or not isinstance(number, int | float) or not low <= number <= high:
                expected = f"a number from {low:g} to {high:g} {unit}"
                raise Refusal("subscribe", "out of range", expected, ascii(number)[:60])
        yield from self.reach(pattern)

        def act() -> Steps:
            yield from self.follow(plan.client, to, pattern, *numbers)

        plan.deeds.append(act)

    def reach(self, pattern: str) -> Generator[None, Any, tuple[list[Param], frozenset[str], bool]]:
        """The parameters of a pattern, their paths, and whether positions are wanted.  Raises Refusal."""
        turn = pattern.startswith("/turn/")
        path = pattern[6:] if turn else pattern[1:]
        held = self._paths.get(path)
        if held is None:
            found = yield from self.match(path)
            held = found, frozenset(param.path for param in found)
            self._paths.put(path, held, len(found))
        return *held, turn

    def follow(self, client: Client, to: Address, pattern: str, lease_s: float, hz: float) -> Steps:
        """Start or renew a subscription; either way the snapshot goes out.  Raises Refusal."""
        order, paths, turn = yield from self.reach(pattern)
        sub = client.subs.get((to, pattern))
        if sub is None:
            if len(client.subs) >= SUBS_MAX:
                raise Refusal("subscribe", f"more than {SUBS_MAX} subscriptions", remedy="/unsubscribe some")
            self.room(client)
            sub = Subscription(client, to, pattern, paths, turn, self.desk)
            client.subs[to, pattern] = sub
        sub.hz, sub.ends_s = float(hz), time.monotonic() + lease_s
        self.feeds.put(sub, sub.hz)
        client.stream(("sub", (to, pattern)), sub.snapshot(order), to)

    def unsubscribe(self, plan: Plan, args: list[Any]) -> None:
        client = plan.client
        wanted = meters.named("unsubscribe", args, "[a pattern that was subscribed to]")

        def deed() -> None:
            keys = [key for key in client.subs if wanted in (None, key[1])]
            if wanted and not keys:
                raise Refusal("unsubscribe", "not subscribed to", "[a pattern that was]", told(wanted))
            for key in keys:
                client.drop(key)
            if wanted is None:
                client.mute()

        plan.do(deed)
