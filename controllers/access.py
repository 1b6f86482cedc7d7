"""The role of an address, and what it may do on this console: the table of studiod/registry/roles.py, made quick."""

import ipaddress
from collections.abc import Iterable, Set
from functools import lru_cache
from typing import Any

from studiod.desk.desk import Desk
from studiod.registry import roles
from studiod.registry.param import Refusal


@lru_cache(4096)
def _host(address: str) -> Any:
    try:
        host: Any = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(host, "ipv4_mapped", None) or host


@lru_cache(4096)
def is_loopback(address: str) -> bool:
    host = _host(address)
    return host is not None and bool(host.is_loopback)


def allowed(address: str, settings: Any) -> str:
    """The role of a host: admin on loopback, else the first rule that holds it, else `lan` on private networks."""
    host = _host(address)
    if host is None:
        return "none"
    if host.is_loopback:
        return "admin"
    for rule in getattr(settings.access, "rules", ()):
        if rule.address and host in ipaddress.ip_network(rule.address, strict=False):
            return str(rule.role)
    return str(settings.access.lan) if host.is_private else "none"


class Access:
    """What each role may do on one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        match = desk.registry.match
        self._above = {param.path: role for role, pattern in reversed(roles.ABOVE_MIX) for param in match(pattern)}
        self._buses: dict[int, frozenset[str]] = {}
        self._mixed: frozenset[str] | None = None  # what mix may set, once somebody has asked

    def lacks(self, role: str, path: str) -> str:
        """The role that setting a path would need; "" when this one may."""
        if role == "admin":
            return ""
        need = self._above.get(path) or roles.need_of(path)
        if role == need or (role.startswith("bus:") and path in self._own(int(role[4:]))):
            return ""
        return need

    def barred(self, role: str, paths: Iterable[str]) -> list[str]:
        """Those of many paths that a role may not set, in their order."""
        if role == "admin":
            return []
        if role == "mix":
            if self._mixed is None:
                self._mixed = frozenset(path for path in self.desk.registry.params if not self.lacks(role, path))
            free: Set[str] = self._mixed
        else:
            free = self._own(int(role[4:])) if role.startswith("bus:") else frozenset()
        return [path for path in paths if path not in free and self.lacks(role, path)]

    def lacks_for(self, role: str, word: str) -> str:
        """The role that a word or command would need; "" when this one may.  What it changes is asked path by path."""
        need = roles.COMMANDS.get(word, "admin")
        return "" if roles.reaches(role, need) else "bus:N" if need == "bus" else need

    def check(self, role: str, path: str) -> None:
        """Raises Refusal when a role may not set a path."""
        if role != "admin" and (need := self.lacks(role, path)):
            raise refusal(path, need, role)

    def _own(self, bus: int) -> frozenset[str]:
        """What belongs to a musician's bus, its linked partner's included."""
        odd = bus if bus % 2 else bus - 1
        link = f"bus/{odd}/link"
        if link in self.desk.registry.params and self.desk.get(link):
            return self._of(odd) | self._of(odd + 1)
        return self._of(bus)

    def _of(self, bus: int) -> frozenset[str]:
        if bus not in self._buses:
            match = self.desk.registry.match
            found = (param.path for pattern in roles.BUS for param in match(pattern.replace("N", str(bus))))
            self._buses[bus] = frozenset(found)
        return self._buses[bus]


def refusal(where: str, need: str, role: str) -> Refusal:
    """Names the role that is needed, and the one that was there."""
    return Refusal(where, f"needs the role {need}", got=f"the role {role}", remedy="grant it in [access]")
