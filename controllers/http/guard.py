"""Who may ask the web port at all: by the name that it is called, and by the page that the request comes from.

Loopback has every right, so a web page that somebody opens on the studio machine must not pass for its user.  A browser
says in Host by which name it calls the desk, and in Origin which page asks.  Comparing the two with each other proves
nothing: after DNS rebinding both are the attacker's name.  So names are compared with those that this machine has.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import urlsplit

# what proxies say of those behind them, in small letters: how a name begins, and whole names
FORWARDED = ("forwarded", "x-forwarded", "x-original-forwarded")
BEHIND = frozenset({"via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip"})
NAMES_MOST = 255  # characters of a name
LETTERS = re.compile(r"[A-Za-z0-9._:%\[\]-]+")  # of Host: what it says goes into the policy of the page


@lru_cache(1)
def own_names() -> frozenset[str]:
    """This machine's names, and what a studio's network calls it."""
    name = socket.gethostname().lower().rstrip(".")
    short = name.partition(".")[0]
    return frozenset({"localhost", name, short, f"{short}.local"}) - {""}


def address_of(host: str) -> str:
    """The number that a host is given by, as text; "" for a name."""
    plain = host.removeprefix("[").removesuffix("]") if host.startswith("[") else host
    try:
        return str(ipaddress.ip_address(plain))  # only one of IPv6 may have a zone ("%eth0") behind it
    except ValueError:
        return ""


def split_host(text: str) -> tuple[str, int | None] | None:
    """Name or number, in small letters, and port, of what stands in Host; None for what is neither."""
    if len(text) > NAMES_MOST + 6 or not LETTERS.fullmatch(text):
        return None
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    return (host.rstrip("."), port) if host else None


class Guard:
    """Over the settings of one web port."""

    def __init__(self, hosts: Iterable[str], origins: Iterable[str]) -> None:
        self.hosts = frozenset(host.lower().rstrip(".") for host in hosts)
        self.origins = frozenset(origin.lower().rstrip("/") for origin in origins)

    def called_right(self, host: str) -> bool:
        """Whether Host is an address or one of this machine's names: not that of a page that has been rebound here."""
        found = split_host(host)
        if found is None:
            return False
        name, _ = found
        return bool(address_of(name)) or name in own_names() or name in self.hosts

    def from_here(self, origin: str | None, scheme: str, host: str) -> bool:
        """Whether a page that asks is ours, or one that the settings name; what comes from no page has no Origin.

        host: as Host says it, after it was found right.
        """
        if origin is None:
            return True
        asked = origin.lower().rstrip("/")
        if asked in self.origins:
            return True
        try:
            parts = urlsplit(asked)
            theirs = parts.hostname, parts.port or _standard(parts.scheme)
        except ValueError:
            return False
        ours = split_host(host)
        if ours is None or parts.scheme != scheme or parts.path or parts.query:
            return False
        return theirs == (ours[0], ours[1] or _standard(scheme))


def _standard(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def forwarded(headers: Mapping[str, str]) -> bool:
    """Whether somebody else stands behind a request: then a proxy on this machine is not this machine."""
    return any(name.startswith(FORWARDED) or name in BEHIND for name in map(str.lower, headers))
