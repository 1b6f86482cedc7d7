"""Who is behind a change: one identity in every tongue, made here of the origin that the change carries.

An origin is a text, and says by which way a change came: "osc:10.0.0.7:53012" (a socket), "osc:mix/pad@10.0.0.7" (a
name), "midi:nanokontrol2", "nrpn", "automation"; what a command changes is "undo for …" that origin.  An identity is
who answers for it: undo, redo and the log go by identities.  A socket that has neither a name nor a subscription is its
host: who sends each message from another port can still take back what it did.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from secrets import token_bytes
from urllib.parse import quote, unquote

from studiod.desk.grants import Grant
from studiod.net.host_port import bracketed, joined, numeric

KEPT = 512  # origins and hosts whose parts are known; a socket of each new client is one more
WIRES = ("tcp", "ws")  # connections that have a client each
NAME_MAX = 32  # characters of the name that a sender gives itself
_KEY = token_bytes(16)  # of this process


@dataclass(frozen=True, slots=True)
class Identity:
    """id: what it is known by, and nobody else is; name and host: "" for none; role: "" where nobody was asked; grant:
    what its token gives, if it has one."""

    id: str
    name: str
    role: str
    host: str
    tongue: str
    grant: Grant | None = None

    def __str__(self) -> str:
        """As people read it in the log."""
        if self.name and self.host:
            return f"{self.name}@{bracketed(self.host)}"
        return self.id or "studiod"


def author(origin: str) -> str:
    """Who is behind a change: of "recall Verse for osc:…" the one after the last "for"."""
    return origin.rpartition(" for ")[2]


def socket(host: object, port: object, wire: str = "") -> str:
    """The origin of what comes from a socket; wire: "tcp", "ws", or "" for UDP."""
    return f"osc:{f'{wire}:' if wire else ''}{joined(host, port)}"


def named(role: str, host: str, name: str) -> str:
    """The origin, and the identity, of a sender with a name; letters that could be mistaken for more are spelt out."""
    return f"osc:{role}/{quote(name, safe='')}@{bracketed(plain_host(host))}"


def joined_as(role: str, id: str) -> str:
    """The origin, and the identity, of who joins by an id of its own: of one role, whatever its host.  What it says to
    others is no way back to the id, which lets its holder take this one's place."""
    return f"osc:{role}/~{blake2b(id.encode(), digest_size=8, key=_KEY).hexdigest()}@"


@lru_cache(KEPT)
def place_of(origin: str) -> tuple[str, int, str] | None:
    """Host, port and wire of a socket's origin; None for any other."""
    tongue, _, rest = origin.partition(":")
    wire = next((wire for wire in WIRES if rest.startswith(f"{wire}:")), "")
    host, _, port = rest.removeprefix(f"{wire}:").rpartition(":")
    if tongue != "osc" or not host or not port.isdecimal() or "/" in host or " " in host:
        return None
    return host.removeprefix("[").removesuffix("]"), int(port), wire


@lru_cache(KEPT)
def plain_host(host: str) -> str:
    """One form of a host's number: an IPv4 one within IPv6 is that IPv4 one."""
    return str(numeric(host) or host)


@lru_cache(KEPT)
def said_by(origin: str) -> Identity:
    """What an origin says of itself."""
    tongue, _, rest = origin.partition(":")
    place = place_of(origin)
    if place is not None:
        host = plain_host(place[0])
        return Identity(f"osc:{bracketed(host)}", "", "", host, "osc")
    head, at, host = rest.rpartition("@")
    role, slash, name = head.partition("/")
    if tongue == "osc" and at and slash:
        return Identity(origin, unquote(name), role, host.removeprefix("[").removesuffix("]"), "osc")
    return Identity(origin, rest, "" if tongue == "osc" else "admin", "", tongue or "desk")


class Identities:
    """Over one desk.  Attribute known: by tongue, who knows more of an origin than it says, such as a subscription."""

    def __init__(self) -> None:
        self.known: dict[str, Callable[[str], Identity]] = {}

    def of(self, origin: str) -> Identity:
        """Who is behind a change."""
        who = author(origin)
        return self.known.get(who.partition(":")[0], said_by)(who)

    def voice(self, origin: str) -> str:
        """An origin with the identity in place of the way by which it came: "undo for osc:10.0.0.7"."""
        who = author(origin)
        return origin[: len(origin) - len(who)] + self.of(who).id
