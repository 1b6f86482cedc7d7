"""Tokens at the web port: the one that a request shows, and where a tablet can show one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from controllers.access import TooManyWrong, is_loopback
from controllers.osc.server import Osc
from controllers.wrong_tokens import place
from studiod.desk.grants import Door, Grant
from studiod.net.host_port import joined
from studiod.net.own_addresses import own_addresses
from studiod.registry.param import Refusal

ANY = {"0.0.0.0": False, "::": True}  # every network; whether IPv6 too
STRANGERS_MAX, STRANGERS_OF, JOIN_S = 8, 2, 5.0  # sockets without a role: in all, of one host; by then they have joined


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.  here: it is this machine itself, forwarded by nothing; grant: what its token gives, if it has one."""

    role: str
    here: bool
    grant: Grant | None = None


class Denied(Exception):
    """A token that gives nothing.  status: of HTTP; reason: in words, without the token."""

    def __init__(self, fault: Refusal) -> None:
        super().__init__(str(fault))
        self.status, self.reason = 429 if isinstance(fault, TooManyWrong) else 401, str(fault)


def shown(osc: Osc, host: str, here: bool, headers: Mapping[str, str]) -> Grant | None:
    """What the token of a request gives; None: it shows none.  Raises Denied."""
    scheme, _, token = headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    try:
        return osc.rights.grant(host, token.strip(), here)
    except Refusal as fault:
        raise Denied(fault) from None


def admits(osc: Osc, host: str) -> bool:
    """Whether one more socket of a host without a role may stay for a while, to join with a token, if there is any.

    Of too many the one that came first gives way: whoever has a token shows it sooner than seven others come.
    """
    here = [client for client in osc.clients.values() if client.role == "none" and client.address[-1] == "ws"]
    if not osc.rights.tokens() or [place(client.host) for client in here].count(place(host)) >= STRANGERS_OF:
        return False
    if len(here) >= STRANGERS_MAX:
        min(here, key=lambda client: client.since_unix_s).hang_up("others without a role wait to join")
    return True


def door(scheme: str, settings: Any, port: int, trouble: str) -> Door:
    """Where the port takes tokens: by each address that a tablet could reach, and by the names of the settings."""
    listen = settings.listen
    if trouble:
        return Door((), f"the web port is not open: {trouble}")
    if listen == "localhost" or is_loopback(listen):
        told = f"http.listen is {json.dumps(listen)}, which reaches this machine alone"
        remedy = 'set listen = "0.0.0.0" under [http], and start studiod again'
        return Door((f"{scheme}://{joined(listen, port)}",), f"{told}; {remedy}")
    hosts = own_addresses(ANY[listen]) if listen in ANY else [listen]
    addresses = tuple(f"{scheme}://{joined(host, port)}" for host in [*hosts, *settings.hosts])
    if not addresses:
        told = "this machine has no address on any network; connect it to the tablets' network"
        return Door((f"{scheme}://{joined('127.0.0.1', port)}",), told)
    return Door(addresses)
