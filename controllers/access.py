"""The role of an address or a token, and what it may do on this console: the table of studiod/registry/roles.py, made
quick."""

import hmac
import ipaddress
from collections.abc import Iterable, Set
from functools import lru_cache
from hashlib import blake2b
from secrets import token_bytes
from typing import Any

from controllers.wrong_tokens import WrongTokens
from studiod.desk.desk import Desk
from studiod.desk.grants import Grant
from studiod.registry import roles
from studiod.registry.param import Refusal

RULE = "rule:"  # before what a token of the settings is known by
_KEY = token_bytes(16)  # of this process


def _mark(token: str) -> str:
    """What tells one token from another, and leads back to none."""
    return blake2b(token.encode("utf-8", "replace"), digest_size=16, key=_KEY).hexdigest()


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
    """The role of a host: admin on loopback, else the first rule without a token that holds it, else `lan` on private
    networks."""
    host = _host(address)
    if host is None:
        return "none"
    if host.is_loopback:
        return "admin"
    for rule in getattr(settings.access, "rules", ()):
        if not rule.token and holds(rule, address):
            return str(rule.role)
    return str(settings.access.lan) if host.is_private else "none"


def holds(rule: Any, address: str) -> bool:
    """Whether an address is of a rule's range."""
    host = _host(address)
    return bool(rule.address) and host is not None and host in ipaddress.ip_network(rule.address, strict=False)


class TooManyWrong(Refusal):
    """No token of an address is looked at for a while, right or wrong."""


class Rights:
    """Who may come in: the role of a host, and that of a token, which replaces it.  Attribute settings: as they stand.

    A token is the desk's own (/token/new) or stands in a rule of the settings; with a range beside it, it counts from
    there alone.
    """

    def __init__(self, desk: Desk, settings: Any) -> None:
        self.desk, self.settings = desk, settings
        self._wrong = WrongTokens()

    def role_of(self, host: str, token: str = "", here: bool | None = None) -> str:
        """The role of who speaks from a host, with a token or without.  Raises Refusal: as `grant`."""
        if token:
            return self.grant(host, token, here).role
        here = is_loopback(host) if here is None else here
        return allowed(host, self.settings) if here or not is_loopback(host) else "none"

    def grant(self, host: str, token: str, here: bool | None = None) -> Grant:
        """What a token gives to who shows it.  here: whether it comes from this machine itself, and was forwarded by
        nothing (None: as the host says).

        Raises Refusal, which never has the token in it: it gives nothing, or too many wrong ones came from there.
        """
        here = is_loopback(host) if here is None else here
        if not here and (wait_s := self._wrong.shut_s(host)) > 0.0:
            remedy = f"try again in {wait_s:.0f} s"
            raise TooManyWrong("token", "too many wrong tokens came from this address", "the right one", remedy=remedy)
        found = self.desk.grants.find(token) or self._settled(host, token)
        if found is None:
            if not here:
                self._wrong.count(host)
            expected = "a token that `studiod join` or /token/new gave"
            raise Refusal(
                "token", "it gives no role here: it is wrong, was revoked or is over", expected, "another",
                remedy="ask for a new one",
            )  # fmt: skip
        return found

    def still(self, grant: Grant, host: str) -> bool:
        """Whether what a token gave to a host still stands: it was not revoked, is not over, and its rule is there."""
        if not grant.id.startswith(RULE):
            return self.desk.grants.holds(grant)
        return any(grant == made for made, rule in self._rules() if not rule.address or holds(rule, host))

    def tokens(self) -> bool:
        """Whether there is any token that somebody could show."""
        return len(self.desk.grants) > 0 or bool(self._rules())

    def _rules(self) -> list[tuple[Grant, Any]]:
        """The rules that have a token; what each gives changes with its token."""
        rules = (rule for rule in getattr(self.settings.access, "rules", ()) if rule.token)
        return [(Grant(f"{RULE}{_mark(rule.token)}", str(rule.role)), rule) for rule in rules]

    def _settled(self, host: str, token: str) -> Grant | None:
        """What a token of the settings gives; the first rule counts.  Takes as long whichever it is."""
        given, found = _mark(token), None
        for grant, rule in reversed(self._rules()):
            same = hmac.compare_digest(grant.id.encode(), f"{RULE}{given}".encode())
            if same and (not rule.address or holds(rule, host)):
                found = grant
        return found


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
