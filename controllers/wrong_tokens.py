"""Wrong tokens, counted by the address that they came from: after five of them it may try none for ten seconds."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

MOST, SHUT_S = 5, 10.0
PLACES_MAX = 1024  # the one that was wrong longest ago is forgotten
V6_NET = 64  # one machine has all the addresses of such a network to choose from


def place(host: str) -> str:
    """What counts as one address: an IPv4 number, or an IPv6 network."""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    mapped = getattr(found, "ipv4_mapped", None)
    if found.version == 4 or mapped:
        return str(mapped or found)
    return str(ipaddress.ip_network((found, V6_NET), strict=False))


class WrongTokens:
    """Of one desk."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of: OrderedDict[str, tuple[int, float]] = OrderedDict()  # how many, and when the last came

    def count(self, host: str) -> None:
        """One more has come from there."""
        where = place(host)
        count, _ = self._of.pop(where, (0, 0.0))
        if count >= MOST:  # it was shut, and may try again
            count = 0
        self._of[where] = count + 1, self._clock()
        if len(self._of) > PLACES_MAX:
            self._of.popitem(last=False)

    def shut_s(self, host: str) -> float:
        """For how many seconds more none may be tried from there; 0.0: one may."""
        count, last_s = self._of.get(place(host), (0, 0.0))
        return max(last_s + SHUT_S - self._clock(), 0.0) if count >= MOST else 0.0
