"""Which hosts are this machine, and which two numbers are of one host, as far as a machine can know."""

import socket
import time

from controllers.access import is_loopback
from studiod.desk.identity import plain_host

FORGET_S = 60.0


def same_host(one: str, other: str) -> bool:
    """Whether two numbers are of one machine, as far as this one can know."""
    return plain_host(one) == plain_host(other) or (is_here(one) and is_here(other))


_here: dict[str, tuple[bool, float]] = {}


def is_here(host: str) -> bool:
    """Whether an address is one of this machine's: only those can be bound."""
    if is_loopback(host):
        return True
    now_s = time.monotonic()
    known = _here.get(host)
    if known is not None and now_s - known[1] < FORGET_S:
        return known[0]
    if len(_here) >= 1024:
        _here.clear()
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
            here = True
    except (OSError, OverflowError, UnicodeError):
        here = False
    _here[host] = here, now_s
    return here
