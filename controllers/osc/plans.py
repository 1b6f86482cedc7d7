"""What one packet wants, by the times that its bundles are meant for: each time is a transaction of its own."""

from controllers.access import Access
from controllers.osc.client import Client
from controllers.osc.plan import Plan
from studiod.net.osc_codec import AT_ONCE


class Plans:
    """Attributes: of, a plan for each timetag, and the address that it begins with, first things first; first, the
    address that the packet begins with."""

    def __init__(self, client: Client, access: Access, most: int) -> None:
        self._client, self._access, self._most = client, access, most
        self.of: dict[int, tuple[Plan, str]] = {}
        self.first = ""

    def at(self, timetag: int, address: str) -> Plan:
        """The plan that a message belongs to, asked for in the order of their times: what is meant for later goes on
        from what comes before it."""
        held = self.of.get(timetag)
        if held is None:
            plan = Plan(self._client, self._access, self._most, later=timetag > AT_ONCE)
            if self.of:
                last, _ = next(reversed(self.of.values()))
                plan.tally = last.tally
                plan.me = plan.origin = last.me
                plan.now |= last.now  # which has what came before it too
            held = self.of[timetag] = plan, address
        return held[0]
