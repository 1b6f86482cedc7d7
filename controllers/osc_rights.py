"""Who may do what over a network: a role for an address, and what a role may touch."""

import ipaddress
import re
from typing import Any

from studiod.desk import Desk

ROLES = ("none", "view", "mix", "admin")
_ADMIN = ("scene/delete", "take/delete", "take/open", "recorder/measure")  # the last two reach files and outputs
_OWN = ("fader", "mute", "eq", "balance")


def allowed(address: str, settings: Any) -> str:
    """The role of a host: admin on loopback, else the first rule that holds it, else `lan` on private networks."""
    try:
        host: Any = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "none"
    host = getattr(host, "ipv4_mapped", None) or host
    if host.is_loopback:
        return "admin"
    for rule in getattr(settings.access, "rules", ()):
        if rule.address and host in ipaddress.ip_network(rule.address, strict=False):
            return str(rule.role)
    return str(settings.access.lan) if host.is_private else "none"


def needed(role: str, path: str, desk: Desk) -> str:
    """The role that writing to a path would need; "" when this one may."""
    if role == "admin" or (role == "mix" and not path.startswith(("output/", "input/", "config/"))):
        return ""
    if role == "mix":
        return "admin"
    if role.startswith("bus:"):
        mine = _buses(int(role[4:]), desk)
        send = re.search(r"/send/(\d+)/", path)
        if send and int(send[1]) in mine:
            return ""
        parts = path.split("/")
        if parts[0] == "bus" and int(parts[1]) in mine and parts[2] in _OWN:
            return ""
    return "admin" if path.startswith(("output/", "input/", "config/")) else "mix"


def _buses(bus: int, desk: Desk) -> set[int]:
    odd = bus if bus % 2 else bus - 1
    link = f"bus/{odd}/link"
    return {odd, odd + 1} if link in desk.registry.params and desk.get(link) else {bus}


def required(role: str, word: str) -> str:
    """The role that a command would need; "" when this one may.  What it changes is looked at path by path."""
    if role == "admin" or word.endswith(("/list", "/diff", "/export")) or word == "log":
        return ""
    if word in _ADMIN:
        return "admin"
    return "" if role == "mix" or (role.startswith("bus:") and word in ("undo", "redo")) else "mix"
